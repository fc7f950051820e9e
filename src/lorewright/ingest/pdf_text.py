"""From the blocks of a PDF to canonical Markdown with the range of every page."""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import chain, pairwise
from typing import NamedTuple

from lorewright.ingest.escaping import escaped
from lorewright.ingest.line_wrapping import joined
from lorewright.ingest.pdf_layout import BlockForm, PageBlock
from lorewright.ingest.pdf_lines import SOFT_BREAK
from lorewright.records import PageRange


class PagedText(NamedTuple):
    """A text and where its pages stand."""

    text: str
    pages: tuple[PageRange, ...]


def written(blocks: list[PageBlock], *, page_count: int) -> PagedText:
    """`blocks` as Markdown, with a range for each of `page_count` pages."""
    words = _words_of(blocks)
    writer = _Writer(page_count)
    above: PageBlock | None = None
    for block in blocks:
        if above:
            is_list = above.form is block.form is BlockForm.ITEM
            writer.add("\n" if is_list else "\n\n")
        _write(block, writer, words)
        above = block
    if above:
        writer.add("\n")
    return writer.finished()


class _Writer:
    """The text so far, and what of it stands on which page."""

    def __init__(self, page_count: int) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._starts: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        self._page_count = page_count

    def add(self, words: str, page: int | None = None) -> None:
        """Add words of a page, or what stands between two."""
        self._pieces.append(words)
        if page is not None and words:
            self._starts.setdefault(page, self._length)
            self._ends[page] = self._length + len(words)
        self._length += len(words)

    def finished(self) -> PagedText:
        ranges: list[PageRange] = []
        at = 0
        for number in range(1, self._page_count + 1):
            start = max(at, self._starts.get(number, at))
            at = max(start, self._ends.get(number, start))
            ranges.append(PageRange(number=number, start=start, end=at))
        return PagedText("".join(self._pieces), tuple(ranges))


def _write(block: PageBlock, writer: _Writer, words: Counter[str]) -> None:
    lines = [line.words for line in block.lines]
    mended = [
        *(_mended(above, below, words) for above, below in pairwise(lines)),
        lines[-1].replace(SOFT_BREAK, "-"),
    ]
    first = mended[0]
    match block.form:
        case BlockForm.HEADING:
            writer.add(f"{'#' * block.level} ", block.pages[0])
        case BlockForm.ITEM:
            first = _BULLET.sub("- ", first)
        case BlockForm.PROSE:
            first = escaped(first)
    pieces = [first, *mended[1:]]
    for number, (piece, page) in enumerate(zip(pieces, block.pages, strict=True)):
        glue = _glue(lines[number - 1], pieces[number - 1], piece) if number else ""
        writer.add(glue)
        writer.add(piece, page)


def _mended(line: str, below: str, words: Counter[str]) -> str:
    """`line` with the hyphen at its end settled, given what goes on below."""
    if not line.endswith(SOFT_BREAK):
        return line
    body = line[:-1]
    first = _LAST_WORD.search(body)
    second = _FIRST_WORD.match(below)
    if first is None or second is None or not second[0][:1].islower():
        return f"{body}-"
    halves = (first[0].casefold(), second[0].casefold())
    if words["".join(halves)]:
        return body
    are_words = all(words[half] > 1 for half in halves)
    return f"{body}-" if are_words or words["-".join(halves)] else body


def _glue(raw: str, above: str, below: str) -> str:
    """What stands between two lines that were one paragraph."""
    if raw.endswith(SOFT_BREAK):
        return ""
    ending, beginning = above[-3:].strip(), below[:3].strip()
    return "" if joined([ending, beginning]) == ending + beginning else " "


def _words_of(blocks: Iterable[PageBlock]) -> Counter[str]:
    """How often each word occurs that no line end breaks."""
    lines = chain.from_iterable(block.lines for block in blocks)
    return Counter(chain.from_iterable(map(_WORD.findall, (one.words.casefold() for one in lines))))


_BULLET = re.compile(r"[•◦▪‣●○■–\uf0b7\u2043*-]\s+")  # noqa: RUF001 - bullets look like other letters
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*(?!\w*\u00ad)")  # noqa: RUF001 - an apostrophe
_LAST_WORD = re.compile(r"[^\W\d_]+$")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
