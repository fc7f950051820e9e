"""A rendering as tokens, each with its characters and whether it carries loss."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from lorewright.templates.rendering import Rendered

_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
"""Characters of these categories take no room, move others, or turn the writing round."""


class Token(NamedTuple):
    """One token of a rendering."""

    number: int
    """In the vocabulary."""
    start: int
    end: int
    """Its characters `[start, end)`; several tokens may share one that takes several bytes."""
    carries_loss: bool
    is_control: bool


@dataclass(frozen=True, slots=True)
class Masked:
    """A rendering and its tokens."""

    rendered: Rendered
    tokens: tuple[Token, ...]

    @property
    def loss_tokens(self) -> int:
        """How many tokens carry loss."""
        return sum(token.carries_loss for token in self.tokens)


class Piece(NamedTuple):
    """The smallest part of a rendering that can be shown by itself."""

    text: str
    numbers: tuple[int, ...]
    """Its tokens; none for white space that a control token swallows."""
    carries_loss: bool
    is_control: bool


def pieces(masked: Masked) -> Iterator[Piece]:
    """Cut a rendering where its tokens begin and end; joined again they are its text.

    Tokens that share a character form one piece.
    """
    text, at = masked.rendered.text, 0
    for group in _groups(masked.tokens):
        start, end = group[0].start, group[-1].end
        if at < start:
            yield Piece(text[at:start], (), carries_loss=False, is_control=False)
        yield Piece(
            text[max(at, start) : end],
            tuple(token.number for token in group),
            carries_loss=any(token.carries_loss for token in group),
            is_control=any(token.is_control for token in group),
        )
        at = max(at, end)
    if at < len(text):
        yield Piece(text[at:], (), carries_loss=False, is_control=False)


def _groups(tokens: tuple[Token, ...]) -> Iterator[list[Token]]:
    """Tokens that share characters; one without any joins the token after it."""
    group: list[Token] = []
    for token in tokens:
        if group and group[-1].end > group[0].start and token.start >= group[-1].end:
            yield group
            group = []
        group.append(token)
    if group:
        yield group


def visible(text: str) -> str:
    """`text` with what nobody would see: a line break as ↵ and a break, others by their number."""
    return "".join(_seen(one) for one in text)


def _seen(one: str) -> str:
    if one == "\n":
        return "↵\n"
    return f"[U+{ord(one):04X}]" if unicodedata.category(one) in _UNSEEN else one
