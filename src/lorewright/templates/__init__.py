"""Chat templates: where every turn stands in a rendering, and which tokens carry loss."""

from lorewright.templates.checks import check_begin_token, check_trained_text
from lorewright.templates.labels import token_labels
from lorewright.templates.rendering import (
    Message,
    Rendered,
    Renderer,
    Span,
    TurnSpan,
    last_answer,
    prompt_of,
    renderings,
)

__all__ = [
    "Message",
    "Rendered",
    "Renderer",
    "Span",
    "TurnSpan",
    "check_begin_token",
    "check_trained_text",
    "last_answer",
    "prompt_of",
    "renderings",
    "token_labels",
]
