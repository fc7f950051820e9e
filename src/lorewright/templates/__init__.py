"""Chat templates: where every turn stands in a rendering, and which tokens carry loss."""

from lorewright.templates.checks import check_begin_token, check_trained_text
from lorewright.templates.fixed_date import TEMPLATE_DATE, asks_the_date, with_fixed_date
from lorewright.templates.labels import token_labels
from lorewright.templates.masked import Masked, Piece, Token, pieces, visible
from lorewright.templates.rendering import (
    Rendered,
    Span,
    last_answer,
    prompt_of,
    renderings,
)
from lorewright.templates.written import Message, Renderer, TurnSpan

__all__ = [
    "TEMPLATE_DATE",
    "Masked",
    "Message",
    "Piece",
    "Rendered",
    "Renderer",
    "Span",
    "Token",
    "TurnSpan",
    "asks_the_date",
    "check_begin_token",
    "check_trained_text",
    "last_answer",
    "pieces",
    "prompt_of",
    "renderings",
    "token_labels",
    "visible",
    "with_fixed_date",
]
