"""Where the conversations of a training file begin and end, for files of any size.

Nothing is parsed here: brackets and strings alone say where a member of `conversations` ends,
so that its text can be cut out letter by letter and a broken one does not hide the others.
"""

import os
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

CHUNK = 1 << 18
LONGEST_KEY = 64
LONGEST_GAP = 1000

_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_TOKEN = re.compile(rb"(?:" + _STRING + rb'|[^"{}\[\]]++)*+([{}\[\]"])', re.DOTALL)
"""All up to the next bracket; or up to a quote that opens a string which does not end here."""
_REST_OF_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_NAMES_THE_LIST = re.compile(rb'"conversations"\s*:\s*\Z')
_QUOTE = b'"'
_CLOSES = {ord("}"): ord("{"), ord("]"): ord("[")}
_BEGINS = re.compile(rb'\{\s*"conversation_metadata"\s*:\s*\{\s*"(?:conversation_id|source_file)"')
"""How a member of `conversations` begins. No string can hold this, since its quotes would be
escaped: where it stands inside a conversation, that one lacks a bracket or a quote."""
_BETWEEN = re.compile(rb"\s*,?\s*")


class Span(NamedTuple):
    """A stretch of bytes, and whether its brackets and quotes are in order."""

    start: int
    end: int
    kind: str = "conversation"
    """`conversation`, `broken` for one that does not end, `stray` for what is none."""


class Frame(NamedTuple):
    """Where the list of conversations stands; what is outside of it is the head."""

    start: int
    """Just behind its bracket."""
    end: int | None
    """At its closing bracket; None when the file ends before."""


class Bracket(NamedTuple):
    """One bracket, and the end of what stands before it: its key where it has one."""

    place: int
    token: bytes
    before: bytes


def brackets(file: int, at: int) -> Iterator[Bracket]:
    """Every bracket from byte `at` on that stands in no string."""
    window, base, position, before = b"", at, 0, b""
    is_inside = False  # of a string that does not end in the window
    while True:
        more = os.pread(file, CHUNK, base + len(window))
        window, base, position = window[position:] + more, base + position, 0
        if is_inside:
            position = _end_of_rest(window, 0)
            is_inside = window[position : position + 1] != _QUOTE
            position += not is_inside
        while not is_inside and (match := _TOKEN.match(window, position)):
            place, position = match.end() - 1, match.end()
            if match[1] == _QUOTE:
                is_inside, position, before = True, _end_of_rest(window, position), b""
            else:
                begin = max(match.start(), place - LONGEST_KEY)
                yield Bracket(base + place, match[1], before + window[begin:place])
                before = b""
        if not is_inside:
            before = (before + window[max(position, len(window) - LONGEST_KEY) :])[-LONGEST_KEY:]
            position = len(window)
        if not more:
            return


def _end_of_rest(window: bytes, start: int) -> int:
    match = _REST_OF_STRING.match(window, start)
    return match.end() if match else start


@dataclass(slots=True)
class Structure:
    """The conversations of one file, in order; `frame` is known once the list began."""

    file: int
    limit: int
    """Bytes of a conversation up to which nobody asks whether it should have ended."""
    frame: Frame | None = None
    stop: int | None = None
    """Where the file's own brackets stop making sense, when they do."""
    _open: bytearray = field(default_factory=bytearray)
    _begun: int | None = None
    _last_end: int = 0
    _is_long: bool = False

    def spans(self) -> Iterator[Span]:
        """Every member of `conversations`, and what stands between them and is none."""
        at = 0
        while True:
            again = yield from self._from(at)
            if again is None:
                return
            at = again

    def _from(self, at: int) -> Generator[Span, None, int | None]:
        """Follow the brackets from byte `at` on; where to go on when they make no sense."""
        for place, token, before in brackets(self.file, at):
            if token in b"{[":
                yield from self._opened(place, token, before)
            elif not self._fits(token):
                return (yield from self._broken(place))
            else:
                yield from self._closed(place)
            if self._has_outgrown(place) and (found := self._next_begin(place)) is not None:
                return (yield from self._resume(found))
        if self._begun is not None or (self.frame and self.frame.end is None):
            return (yield from self._broken(os.fstat(self.file).st_size))
        return None

    def _opened(self, place: int, token: bytes, before: bytes) -> Iterator[Span]:
        depth = len(self._open)
        if depth == 2 and self._is_in_list():
            yield from self._stray(place)
            self._begun, self._is_long = place, False
        self._open += token
        is_list = depth == 1 and token == b"[" and self.frame is None
        if is_list and _NAMES_THE_LIST.search(before):
            self.frame = Frame(place + 1, None)
            self._last_end = place + 1

    def _closed(self, place: int) -> Iterator[Span]:
        self._open.pop()
        depth = len(self._open)
        if depth == 2 and self._begun is not None:
            yield Span(self._begun, place + 1)
            self._begun, self._last_end = None, place + 1
        elif depth == 1 and self._is_in_list() and self.frame:
            yield from self._stray(place)
            self.frame = Frame(self.frame.start, place)

    def _is_in_list(self) -> bool:
        return self.frame is not None and self.frame.end is None

    def _fits(self, token: bytes) -> bool:
        return bool(self._open) and self._open[-1] == _CLOSES[token[0]]

    def _stray(self, until: int) -> Iterator[Span]:
        """What stands since the last conversation, when it is more than a comma."""
        start = self._last_end
        between = os.pread(self.file, min(until - start, LONGEST_GAP), start)
        if not _BETWEEN.fullmatch(between):
            yield Span(start, until, "stray")

    def _has_outgrown(self, place: int) -> bool:
        if self._begun is None or self._is_long or place - self._begun < self.limit:
            return False
        self._is_long = True
        return True

    def _broken(self, place: int) -> Generator[Span, None, int | None]:
        """The brackets make no sense at `place`: go on at the next conversation, if any."""
        if not self._is_in_list():
            self.stop = place
            return None
        following = self._next_begin(None)
        if following is None:
            start = self._last_end if self._begun is None else self._begun
            size = os.fstat(self.file).st_size
            yield Span(start, size, "broken")
            self.stop = place
            return None
        return (yield from self._resume(following))

    def _resume(self, following: int) -> Generator[Span, None, int | None]:
        start = self._last_end if self._begun is None else self._begun
        yield Span(start, following, "broken")
        self._open, self._begun, self._last_end = bytearray(b"{["), None, following
        return following

    def _next_begin(self, until: int | None) -> int | None:
        """Where the next conversation begins behind the beginning of the current one."""
        at = (self._last_end if self._begun is None else self._begun) + 1
        overlap = 4 * LONGEST_KEY
        while until is None or at < until:
            window = os.pread(self.file, CHUNK, at)
            if match := _BEGINS.search(window):
                place = at + match.start()
                return place if until is None or place < until else None
            if len(window) <= overlap:
                return None
            at += len(window) - overlap
        return None
