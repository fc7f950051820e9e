"""The outline of a plain text: which of the lines that look like headings are some."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from lorewright.ingest.gutenberg import TITLE_PAGE, is_credit
from lorewright.ingest.passages import Form, Passage
from lorewright.ingest.text_headings import (
    Heading,
    heading_in,
    is_contents,
    joined_headings,
    opens_back_matter,
)


def outlined(source: Iterable[Passage], length: int) -> Iterator[Passage | Heading]:
    """`source` with its headings found.

    A heading needs something under it, so the last lines of a text are none. In a table of
    contents, and where headings follow upon each other without end, only the last can be one.

    Args:
        source: the passages of a text, in order.
        length: of the text, in characters; notes count as its end only in the last third.
    """
    outline = _Outline(length)
    pending: list[_Pending] = []
    for passage in source:
        heading = heading_in(passage, after_a_break=passage.gap >= 2 or passage.start == 0)
        if heading:
            pending.append(_Pending(heading, passage))
            continue
        yield from outline.settled(pending, passage)
        pending = []
        yield passage
    yield from (candidate.passage for candidate in pending)


def with_title_page(
    source: Iterable[Passage], length: int, *, title: str
) -> Iterator[Passage | Heading]:
    """`outlined`, with all that stands before the first paragraph under a heading of its own.

    The `title` stands above the rest, so that nothing of it counts as title page.
    """
    rest = iter(source)
    front: list[Passage] = []
    for passage in rest:
        front.append(passage)
        if _is_long_prose(passage):
            break
    else:
        yield from outlined(front, length)
        return
    above = _headings_above(front)
    page, body = front[: len(front) - above - 1], front[len(front) - above - 1 :]
    if page:
        yield Heading(TITLE_PAGE, 1, opens_a_chapter=True)
        yield from page
    yield Heading(title, 1, opens_a_chapter=True)
    yield from outlined(chain(body, rest), length)


class _Pending(NamedTuple):
    """A passage that looks like a heading, until we see what follows."""

    heading: Heading
    passage: Passage


class _Outline:
    """What has been seen of the outline so far."""

    def __init__(self, length: int) -> None:
        self._length = length
        self._is_in_contents = False
        self._is_in_back_matter = False
        self._has_begun = False

    def settled(self, pending: list[_Pending], below: Passage) -> Iterator[Passage | Heading]:
        """Say which of the `pending` are headings over `below`, and of what level."""
        if not pending:
            self._has_begun = True
            return
        first_kept = self._first_heading(pending, below)
        yield from (candidate.passage for candidate in pending[:first_kept])
        position = pending[-1].passage.start
        for heading in joined_headings([heading for heading, _ in pending[first_kept:]]):
            yield self._levelled(heading, position)
            self._has_begun = True

    def _first_heading(self, pending: list[_Pending], below: Passage) -> int:
        """The first of `pending` that is a heading, given what stands below the last."""
        count = len(pending)
        if self._is_in_contents and not _is_long_prose(below):
            named = [n for n, c in enumerate(pending) if opens_back_matter(c.heading)]
            return named[0] if named else count
        lines = sum(not c.heading.is_sidenote for c in pending)
        kept = 0
        if self._is_in_contents or lines > 4:
            kept = _last_heading([c.heading for c in pending])
        while kept < count and not _holds(pending, kept, below):
            kept += 1
        return kept

    def _levelled(self, heading: Heading, position: int) -> Heading:
        self._is_in_contents = is_contents(heading)
        if opens_back_matter(heading):
            self._is_in_back_matter = position * 3 > self._length * 2
        elif heading.opens_a_chapter and not self._is_in_contents:
            self._is_in_back_matter = False
        elif self._is_in_back_matter:
            return heading._replace(level=max(3, heading.level))
        if not self._has_begun and not heading.opens_a_chapter:
            return heading._replace(level=1)
        return heading


def _holds(pending: list[_Pending], number: int, below: Passage) -> bool:
    """Whether what follows `pending[number]` lets it be a heading."""
    candidate, follower = pending[number], pending[number + 1 :]
    if not candidate.heading.needs_prose:
        return True
    if (
        candidate.passage.form is Form.ITEM
        and number
        and pending[number - 1].passage.form is Form.ITEM
    ):
        return False
    if follower:
        return follower[0].passage.form is Form.SIDENOTE
    return below.form is Form.PROSE and (below.lines > 1 or len(below.text) > 80)


def _headings_above(front: list[Passage]) -> int:
    """How many passages before the last of `front` are the heading above it."""
    found: list[Heading] = []
    for passage in front[-2::-1]:
        heading = heading_in(passage, after_a_break=passage.gap >= 2)
        if heading is None:
            break
        found.insert(0, heading)
    return len(found) - _last_heading(found)


def _last_heading(headings: list[Heading]) -> int:
    """Where the last heading begins, with the sidenotes below it and the lines it began on."""
    number = len(headings) - 1
    while number > 0 and headings[number].is_sidenote:
        number -= 1
    while number > 0 and len(joined_headings(headings[number - 1 : number + 1])) == 1:
        number -= 1
    return number


def _is_long_prose(passage: Passage) -> bool:
    return (
        passage.form is Form.PROSE
        and (passage.lines > 2 or len(passage.text) > 150)
        and not is_credit(passage.text)
        and not passage.text.startswith("[")
    )
