"""Which blocks of a PDF are headings, and of what level."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from lorewright.ingest.pdf_layout import BlockForm, PageBlock, Typography, is_set_larger


class Bookmark(NamedTuple):
    """An entry of the outline that a PDF shows beside its pages."""

    title: str
    depth: int
    """0 for the outermost."""
    page: int


def with_headings(
    blocks: Iterable[PageBlock], type_: Typography, bookmarks: Sequence[Bookmark]
) -> list[PageBlock]:
    """`blocks` with the form and the level of headings settled.

    What a bookmark names on its page is a heading. So is what is set larger than the text, and
    a short line in bold that stands alone. Sizes give the levels, the largest the first; an
    outline with several depths gives them where it knows better.
    """
    all_ = list(blocks)
    named = _Named(bookmarks)
    depths: dict[int, int] = {}
    for number, block in enumerate(all_):
        depth = named.depth_of(block)
        if depth is not None:
            depths[number] = depth
        is_heading = depth is not None or _is_heading(all_, number, type_)
        if is_heading:
            block.form = BlockForm.HEADING
        elif block.form is BlockForm.HEADING:
            block.form = BlockForm.PROSE
    levels = _levels_by_size(all_)
    outline = _levels_by_depth(all_, depths, levels)
    for number, block in enumerate(all_):
        if block.form is BlockForm.HEADING:
            block.level = outline.get(depths.get(number, -1)) or levels[_look(block)]
    return list(_joined(all_))


class _Named:
    """What the bookmarks name, by page."""

    def __init__(self, bookmarks: Sequence[Bookmark]) -> None:
        self._depths: defaultdict[str, dict[int, int]] = defaultdict(dict)
        for bookmark in bookmarks:
            if title := _plain(bookmark.title):
                self._depths[title].setdefault(bookmark.page, bookmark.depth)

    def depth_of(self, block: PageBlock) -> int | None:
        if not self._depths or len(block.lines) > _MOST_LINES:
            return None
        pages = self._depths.get(_plain(block.words))
        # A heading that would begin at the foot of a page is moved to the next by some writers.
        near = (block.pages[0], block.pages[0] - 1)
        return next((pages[page] for page in near if page in pages), None) if pages else None


def _is_heading(blocks: list[PageBlock], number: int, type_: Typography) -> bool:
    block = blocks[number]
    if len(block.lines) > _MOST_LINES or len(block.words) > _LONGEST:
        return False
    if not _LETTER.search(block.words):
        return False
    if is_set_larger(block.lines[0], type_):
        return True
    return _is_bold_heading(block, type_) and _has_text_below(blocks, number)


def _is_bold_heading(block: PageBlock, type_: Typography) -> bool:
    return (
        not type_.is_bold
        and all(line.is_bold and line.size >= type_.size * 0.95 for line in block.lines)
        and len(block.words) <= 120
        and block.words[-1] not in ",;:"
    )


def _has_text_below(blocks: list[PageBlock], number: int) -> bool:
    """Whether something follows that is not bold too: rows of a table are set alike."""
    return number + 1 < len(blocks) and not all(line.is_bold for line in blocks[number + 1].lines)


def _look(block: PageBlock) -> float:
    """What orders headings: their size; bold ones of the size of the text come last."""
    return block.lines[0].size


def _levels_by_size(blocks: list[PageBlock]) -> dict[float, int]:
    """The level for each size of headings.

    Sizes that occur on the first page alone are those of a title page; only the largest of
    them takes a level of its own.
    """
    headings = [block for block in blocks if block.form is BlockForm.HEADING]
    later = Counter(_look(block) for block in headings if block.pages[0] > 1)
    sizes = sorted({_look(block) for block in headings}, reverse=True)
    kept = [size for number, size in enumerate(sizes) if not number or later[size]]
    levels: dict[float, int] = {}
    for size in sizes:
        smaller = sum(other > size for other in kept)
        levels[size] = min(6, smaller + 1)
    return levels


def _levels_by_depth(
    blocks: list[PageBlock], depths: Mapping[int, int], levels: Mapping[float, int]
) -> dict[int, int]:
    """The level for each depth of an outline; empty where it is flat, or matches little."""
    if len(depths) < 2 or len(set(depths.values())) < 2:
        return {}
    outermost = min(depths.values())
    first = min(levels[_look(blocks[n])] for n, depth in depths.items() if depth == outermost)
    return {depth: min(6, first + depth - outermost) for depth in set(depths.values())}


def _joined(blocks: list[PageBlock]) -> Iterator[PageBlock]:
    """Headings of one size and page that follow each other, with lines between them, are one."""
    held: PageBlock | None = None
    for block in blocks:
        if held and _continues(held, block):
            held.lines += block.lines
            held.pages += block.pages
            continue
        if held:
            yield held
        held = block
    if held:
        yield held


def _continues(above: PageBlock, block: PageBlock) -> bool:
    if not (above.form is block.form is BlockForm.HEADING and above.level == block.level == 1):
        return False
    last, first = above.lines[-1], block.lines[0]
    step = last.baseline - first.baseline
    return (
        above.pages[-1] == block.pages[0]
        and last.size == first.size
        and 0 < step < last.size * 2.6
        and len(above.lines) + len(block.lines) <= _MOST_LINES
    )


def _plain(words: str) -> str:
    return _NO_WORD.sub("", words.casefold())


_MOST_LINES = 5
_LONGEST = 250
_NO_WORD = re.compile(r"[\W_]+")
_LETTER = re.compile(r"[^\W\d_]")
