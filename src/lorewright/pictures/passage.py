"""A passage as a page shows it, with the quoted words marked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from markupsafe import Markup

from lorewright.pictures.letters import BOLD, shorten, width_of
from lorewright.pictures.markup import element, text

_CONTEXT = 380
"""Characters shown before and after the quote."""
_MOST_QUOTED = 1_400
"""Characters of the quote that are shown; of a longer one the beginning and the end."""
_PADDING = 16
_PITCH = 21
_PARAGRAPH = 8


@dataclass(frozen=True, slots=True)
class Passage:
    """Quoted words in their context, and where they stand."""

    before: str
    """The text of the section up to the quote; as much as fits is shown."""
    quote: str
    after: str
    start: int
    """Where the quote begins in the canonical text."""
    end: int
    heading: str = ""
    """The section, as a title for the page."""


class DrawnPassage(NamedTuple):
    """A passage on the page."""

    drawing: Markup
    bottom: float
    quote_at: float
    """The height of the first quoted line."""


class _Piece(NamedTuple):
    """A word, or the part of a word that is or is not quoted."""

    words: str
    is_quoted: bool
    x: float
    end: float
    line: int


def passage(shown: Passage, *, x: float, y: float, width: float) -> DrawnPassage:
    """Set `shown` into a panel; marks fit their words whatever font the reader has.

    Words are placed by estimated widths, and `textLength` makes the font keep to them.
    """
    before, quote, after = _clipped(shown)
    room = width - 2 * _PADDING
    top = y + _PADDING
    head = Markup("")
    if shown.heading:
        head = text(shorten(shown.heading, room, size=BOLD), x + _PADDING, top + 12, "strong")
        top += 28
    breaks, pieces = _set(before, quote, after, room)
    marks, words, quote_at = Markup(""), Markup(""), top
    for number, run in groupby(pieces, key=lambda piece: (piece.line, piece.is_quoted)):
        on_line = list(run)
        start, end = x + _PADDING + on_line[0].x, x + _PADDING + on_line[-1].end
        middle = top + number[0] * _PITCH + breaks[number[0]] * _PARAGRAPH + 8
        if number[1]:
            quote_at = middle if not marks else quote_at
            marks += element(
                "rect", x=start - 2, y=middle - 9, width=end - start + 4, height=19, class_="quoted"
            )
        words += text(
            " ".join(piece.words for piece in on_line),
            start,
            middle + 5,
            "page-quote" if number[1] else "page",
            textLength=max(end - start, 1),
        )
    bottom = top + (pieces[-1].line + 1) * _PITCH + breaks[-1] * _PARAGRAPH + _PADDING - 4
    panel = element(
        "rect", x=x + 0.5, y=y + 0.5, width=width - 1, height=bottom - y, class_="panel"
    )
    return DrawnPassage(panel + head + marks + words, bottom + 1, quote_at)


def _clipped(shown: Passage) -> tuple[str, str, str]:
    before, quote, after = shown.before, shown.quote, shown.after
    if len(before) > _CONTEXT:
        before = "… " + before[-_CONTEXT:].partition(" ")[2]
    if len(after) > _CONTEXT:
        after = after[:_CONTEXT].rpartition(" ")[0] + " …"
    if len(quote) > _MOST_QUOTED:
        half = _MOST_QUOTED // 2
        left_out = len(quote) - 2 * half
        quote = f"{quote[:half]} [… {left_out:,} characters …] {quote[-half:]}"
    return before, quote, after


def _set(before: str, quote: str, after: str, room: float) -> tuple[list[int], list[_Piece]]:
    """Break the text into lines: how many paragraphs ended before each, and its pieces."""
    whole, first, last = before + quote + after, len(before), len(before) + len(quote)
    space = width_of(" ")
    pieces, breaks = list[_Piece](), [0]
    x, reached = 0.0, 0
    for found in re.finditer(r"\S+", whole):
        is_paragraph = bool(pieces) and "\n" in whole[reached : found.start()].replace("\n", "", 1)
        is_full = x > 0 and x + space + width_of(found.group()) > room
        if is_paragraph or is_full:
            breaks.append(breaks[-1] + is_paragraph)
            x = 0.0
        elif pieces:
            x += space
        for words, is_quoted in _parts(found.group(), first - found.start(), last - found.start()):
            fitting = words if x + width_of(words) <= room else shorten(words, room - x)
            end = x + width_of(fitting)
            pieces.append(_Piece(fitting, is_quoted, x, end, len(breaks) - 1))
            x = end
        reached = found.end()
    return breaks, pieces


def _parts(word: str, first: int, last: int) -> Iterator[tuple[str, bool]]:
    """The parts of `word` before, inside and after the quoted `[first, last)`."""
    first, last = max(first, 0), max(last, 0)
    for words, is_quoted in (
        (word[:first], False),
        (word[first:last], True),
        (word[max(first, last) :], False),
    ):
        if words:
            yield words, is_quoted
