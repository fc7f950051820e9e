"""From the lines of PDF pages to paragraphs, items of lists and headings."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from lorewright.ingest.pdf_lines import SOFT_BREAK, Line


class BlockForm(StrEnum):
    """What a block of a page is."""

    PROSE = "prose"
    ITEM = "item"
    HEADING = "heading"


@dataclass(slots=True)
class PageBlock:
    """Lines that belong together, and the page on which each stands."""

    form: BlockForm
    lines: list[Line] = field(default_factory=list[Line])
    pages: list[int] = field(default_factory=list[int])
    level: int = 0
    """Of a heading."""

    def add(self, line: Line, page: int) -> None:
        """Take one more line."""
        self.lines.append(line)
        self.pages.append(page)

    @property
    def words(self) -> str:
        """What it says, on one line."""
        return " ".join(line.words.replace(SOFT_BREAK, "-") for line in self.lines)


class Typography(NamedTuple):
    """How the running text of a file is set."""

    size: float
    leading: float
    """From one baseline to the next."""
    is_bold: bool
    paragraphs_are_set_in: bool
    """Whether a paragraph begins with an indent rather than below a gap."""

    @classmethod
    def of(cls, pages: Iterable[list[Line]]) -> "Typography":
        """Most characters have the size and the weight of the running text."""
        sizes: Counter[tuple[float, bool]] = Counter()
        steps: Counter[float] = Counter()
        indents = 0
        for lines in pages:
            for line in lines:
                sizes[line.size, line.is_bold] += len(line.words)
            for above, below in pairwise(lines):
                step = above.baseline - below.baseline
                if above.size == below.size and 0 < step < 4 * above.size:
                    steps[round(step / above.size, 1)] += 1
                    indents += above.size * 0.8 < below.left - above.left < above.size * 4
        (size, is_bold), _ = sizes.most_common(1)[0] if sizes else ((10.0, False), 0)
        factor = steps.most_common(1)[0][0] if steps else 1.2
        return cls(size, factor * size, is_bold, indents * 40 > steps.total())


def blocks_of(pages: Iterable[tuple[int, list[Line]]], type_: Typography) -> Iterator[PageBlock]:
    """The blocks of all pages in order; a paragraph that goes on over a page stays one."""
    block: PageBlock | None = None
    for number, lines in pages:
        edges = _right_edges(lines, type_)
        for line in lines:
            marker = _MARKER.match(line.words)
            if block and _goes_on(block, line, number, _Setting(type_, edges, bool(marker))):
                block.add(line, number)
                continue
            if block:
                yield block
            block = PageBlock(_form(line, marker, type_))
            block.add(line, number)
    if block:
        yield block


class _Setting(NamedTuple):
    """What decides whether a line goes on, beside the two lines themselves."""

    type: Typography
    edges: dict[tuple[int, float], float]
    has_marker: bool


def _form(line: Line, marker: re.Match[str] | None, type_: Typography) -> BlockForm:
    if is_set_larger(line, type_):
        return BlockForm.HEADING
    return BlockForm.ITEM if marker else BlockForm.PROSE


def is_set_larger(line: Line, type_: Typography) -> bool:
    """Whether a line is set clearly larger than the running text."""
    return line.size >= type_.size * 1.12 and any(map(str.isalnum, line.words))


def _goes_on(block: PageBlock, line: Line, page: int, setting: _Setting) -> bool:
    """Whether `line` belongs to the paragraph, item or heading that stands above it."""
    above = block.lines[-1]
    if abs(above.size - line.size) > max(0.6, above.size * 0.06) and not _stands_beside(
        above, line
    ):
        return False
    if block.form is BlockForm.HEADING:
        return page == block.pages[-1] and _is_next_line(above, line, above.size * 1.9)
    if setting.has_marker and _begins_an_item(block, line, setting):
        return False
    if above.is_bold != line.is_bold and len(block.lines) == 1 and above.is_bold:
        return _stands_beside(above, line)
    if page != block.pages[-1] or line.baseline > above.baseline + above.size:
        return _goes_on_elsewhere(block, line, setting)
    return _goes_on_below(block, line, setting)


def _stands_beside(above: Line, line: Line) -> bool:
    return abs(above.baseline - line.baseline) < above.size * 0.4 and line.left >= above.right - 2


def _is_next_line(above: Line, line: Line, furthest: float) -> bool:
    step = above.baseline - line.baseline
    return _stands_beside(above, line) or 0 < step <= furthest


def _begins_an_item(block: PageBlock, line: Line, setting: _Setting) -> bool:
    """A bullet always begins one; a number may also begin a wrapped line of prose."""
    if line.words[0] in _BULLETS:
        return True
    return block.form is BlockForm.ITEM or not _is_full(block.lines[-1], setting)


def _goes_on_elsewhere(block: PageBlock, line: Line, setting: _Setting) -> bool:
    """Whether a paragraph goes on at the top of the next page or column."""
    words = block.lines[-1].words
    if words.endswith(SOFT_BREAK):
        return True
    if _SENTENCE_END.search(words):
        return False
    return _is_full(block.lines[-1], setting) or line.words[:1].islower()


def _goes_on_below(block: PageBlock, line: Line, setting: _Setting) -> bool:
    above, type_ = block.lines[-1], setting.type
    if not _is_next_line(above, line, max(type_.leading, above.size * 1.15) * 1.28):
        return False
    if _stands_beside(above, line) or above.words.endswith(SOFT_BREAK):
        return True
    if block.form is BlockForm.ITEM:
        return line.left >= block.lines[0].left - 2
    is_set_in = line.left > above.left + above.size * 0.8
    if is_set_in and type_.paragraphs_are_set_in and len(block.lines) > 1:
        return False
    if is_set_in and type_.paragraphs_are_set_in and _SENTENCE_END.search(above.words):
        return False
    ends = bool(_SENTENCE_END.search(above.words))
    return _is_full(above, setting) or not (ends or line.words[:1].isupper())


def _is_full(line: Line, setting: _Setting) -> bool:
    """Whether no further word would have fitted on `line`; one of medium length is allowed."""
    edge = setting.edges.get(_column(line), line.right)
    return line.right >= edge - max(line.size * 5, (edge - line.left) * 0.12)


def _right_edges(lines: list[Line], type_: Typography) -> dict[tuple[int, float], float]:
    """How far lines reach to the right, for each place where lines begin and each size."""
    edges: dict[tuple[int, float], float] = {}
    for line in lines:
        if not is_set_larger(line, type_):
            column = _column(line)
            edges[column] = max(edges.get(column, 0.0), line.right)
    # A first line that is set in has a column of its own, with the edge of its neighbours.
    return {
        (column, size): max(
            edge for (c, s), edge in edges.items() if abs(c - column) <= 4 and s == size
        )
        for column, size in edges
    }


def _column(line: Line) -> tuple[int, float]:
    return round(line.left / 9), line.size


_BULLETS = frozenset("•◦▪‣●○■–\uf0b7\u2043*")  # noqa: RUF001 - bullets look like other letters
_MARKER = re.compile(r"([•◦▪‣●○■–\uf0b7\u2043*-])\s+(?=\S)|(\d{1,3}[.)])\s+(?=\S)")  # noqa: RUF001 - as above
_SENTENCE_END = re.compile(r"[.!?:;。！？…][\"'”’)\]]*(?:\[\d+\])?$")  # noqa: RUF001 - full stops of other scripts
