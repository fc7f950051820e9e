"""What a PDF page shows round its text: running heads, running feet and page numbers."""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from lorewright.ingest import gutenberg
from lorewright.ingest.pdf_lines import Line, PageLines


def without_furniture(pages: list[PageLines], *, body_size: float) -> Iterator[list[Line]]:
    """The lines of each page without what only repeats round its edge.

    A line counts as furniture where its words, numbers aside, stand at the same height near the
    edge of at least three pages, and of two pages in five between the first and the last; and
    it is set no larger than the text. So a heading that recurs is kept.
    """
    places: defaultdict[_Look, list[int]] = defaultdict(list)
    for page in pages:
        for look, _ in _edge(page, body_size):
            places[look].append(page.number)
    repeated = {look for look, numbers in places.items() if _is_repeated(look, numbers)}
    for page in pages:
        dropped = {id(line) for look, line in _edge(page, body_size) if look in repeated}
        yield [line for line in page.lines if id(line) not in dropped and not is_mark(line)]


def is_mark(line: Line) -> bool:
    """Whether a line is the mark of a printed page, as transcribers set it between paragraphs."""
    return bool(gutenberg.PAGE_MARK.match(line.words))


class _Look(NamedTuple):
    """What furniture has in common from page to page."""

    words: str
    height: int
    """In steps of four points."""


def _edge(page: PageLines, body_size: float) -> Iterator[tuple[_Look, Line]]:
    """The lines nearest to the upper and the lower edge, if they may be furniture."""
    if not page.lines:
        return
    ranked = sorted(page.lines, key=lambda line: -line.baseline)
    upper, lower = page.height * 0.86, page.height * 0.14
    heads = (line for line in ranked[:2] if line.baseline > upper)
    feet = (line for line in ranked[-2:] if line.baseline < lower)
    for line in chain(heads, feet):
        if line.size <= body_size * 1.15 and len(line.words) <= 120:
            words = _NUMBER.sub("#", line.words.casefold())
            yield _Look(words, round(line.baseline / 4)), line


def _is_repeated(look: _Look, numbers: list[int]) -> bool:
    stretch = numbers[-1] - numbers[0] + 1
    fewest = 2 if _ONLY_A_NUMBER.fullmatch(look.words) else 3
    return len(set(numbers)) >= fewest and len(set(numbers)) * 5 >= stretch * 2


_NUMBER = re.compile(r"\d+|(?<![^\W\d_])[ivxlcdm]+(?![^\W\d_])")
_ONLY_A_NUMBER = re.compile(r"(?:page|p\.)?\W*#\W*(?:(?:of|/)\W*#\W*)?")
