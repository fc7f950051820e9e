"""One conversation after the other out of a training file, in memory that does not grow."""

import json
import os
import re
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

from lorewright.conversations.brightrun.format_fields import PAIR_KEYS
from lorewright.conversations.brightrun.found import LIMIT, Found, Head, Place, Unusable
from lorewright.conversations.brightrun.json_text import is_object, read_json
from lorewright.conversations.brightrun.pair_lines import conversations_in_lines, head_of_lines
from lorewright.conversations.brightrun.scanning import CHUNK, Span, Structure
from lorewright.errors import Unreadable

MEBIBYTE = 1 << 20
_FIRST_KEY = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"([^"\\]*)"')
_IN_LINES = {".jsonl", ".ndjson"}
LONGEST_HEAD = 8 * MEBIBYTE


def conversations_in(path: Path, *, limit: int) -> Iterator[Found | Unusable]:
    """Every conversation of a training file, JSON or JSONL, in order, letter by letter.

    Args:
        path: the file.
        limit: the most bytes that one conversation may have; a longer one is told and left in
            the file.

    Raises:
        Unreadable: when the file cannot be read, or is no training file.
    """
    if is_in_lines(path):
        with _errors_told(path), path.open("rb") as file:
            yield from conversations_in_lines(file, limit=limit)
        return
    with _opened(path) as file:
        structure, lines = Structure(file, limit), _Lines(file)
        number = 0
        for number, span in enumerate(structure.spans(), start=1):
            yield _taken(file, span, Place(number, lines.at(span.start), *span[:2]), limit)
        if structure.frame is None:
            raise _no_list(path)
        if structure.frame.end is not None and structure.stop is not None:
            rest = Place(number + 1, lines.at(structure.stop), structure.stop, _size_of(file))
            said = "the brackets behind the list of conversations do not belong to it"
            yield Unusable(rest, "no_conversation", said)


def head_of(path: Path) -> Head:
    """What a training file says about all of its conversations.

    Raises:
        Unreadable: when the file cannot be read, or is no training file.
    """
    if is_in_lines(path):
        with _errors_told(path), path.open("rb") as lines:
            head = head_of_lines(lines)
        if head is None:
            raise _no_file(path, "none of its lines is a training pair")
        return head
    with _opened(path) as file:
        structure = Structure(file, LONGEST_HEAD)
        spans = structure.spans()
        next(spans, None)
        if structure.frame is None:
            raise _no_list(path)
        start = structure.frame.start
        if start > LONGEST_HEAD:
            return Head()
        before = os.pread(file, start, 0) + b"]}"
        head = _head(before)
        # The order of members means nothing in JSON: the head may stand behind.
        if head.metadata:
            return head
        deque(spans, maxlen=0)
        end = structure.frame.end
        if end is None:
            return head
        whole = os.pread(file, start, 0) + os.pread(file, LONGEST_HEAD, end)
        return _head(whole, otherwise=head)


def is_in_lines(path: Path) -> bool:
    """Whether a file holds one pair a line: by its suffix, else by the key it begins with.

    Raises:
        Unreadable: when the file cannot be read.
    """
    with _opened(path) as file:
        begin = os.pread(file, CHUNK, 0)
    _refuse_other_encodings(path, begin[:4])
    if path.suffix.lower() in _IN_LINES:
        return True
    match = _FIRST_KEY.match(begin)
    return bool(match) and match[1].decode(errors="replace") in PAIR_KEYS


def _head(text: bytes, *, otherwise: Head | None = None) -> Head:
    try:
        value = read_json(text.decode("utf-8-sig")).value
    except ValueError:
        return otherwise or Head()
    return Head.of(value) if is_object(value) else Head()


def _taken(file: int, span: Span, place: Place, limit: int) -> Found | Unusable:
    size = span.end - span.start
    if span.kind == "stray":
        said = os.pread(file, min(size, 80), span.start).decode(errors="replace").strip(" \n\r\t,")
        return Unusable(place, "no_conversation", f"{json.dumps(said)} is no conversation")
    if size > limit:
        return Unusable(
            place,
            "too_large",
            f"it has {size:,} bytes, and {LIMIT} allows {limit:,}",
        )
    raw = os.pread(file, size, span.start)
    try:
        text = raw.decode().rstrip(" \n\r\t,")
    except UnicodeDecodeError as error:
        return Unusable(
            place, "no_utf8", f"byte {span.start + error.start:,} of the file is not UTF-8"
        )
    if not text.strip():
        return Unusable(place, "cut_off", "the file ends before its list of conversations does")
    if span.kind == "broken" and '"' not in text:
        return Unusable(place, "no_conversation", f"{json.dumps(text.strip()[:80])} is left over")
    return Found(place, text, place.line - 1)


def _size_of(file: int) -> int:
    return os.fstat(file).st_size


class _Lines:
    """Counts lines of a file from its beginning on; places must ascend."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._line, self._at = 1, 0

    def at(self, place: int) -> int:
        """The line of a byte."""
        while self._at < place:
            read = os.pread(self._file, min(MEBIBYTE, place - self._at), self._at)
            if not read:
                break
            self._line += read.count(b"\n")
            self._at += len(read)
        return self._line


@contextmanager
def _opened(path: Path) -> Generator[int]:
    with _errors_told(path):
        file = os.open(path, os.O_RDONLY)
        try:
            yield file
        finally:
            os.close(file)


@contextmanager
def _errors_told(path: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise Unreadable(
            f"the file cannot be read: {(error.strerror or 'unknown reason').lower()}",
            where=str(path),
            hint="check its name and its rights, then run the same command again",
        ) from error


def _no_list(path: Path) -> Unreadable:
    return _no_file(path, "it has no list called conversations")


def _refuse_other_encodings(path: Path, begin: bytes) -> None:
    """What is not UTF-8 is told by its first bytes, before every line of it is complained of."""
    if not begin:
        raise _no_file(path, "it is empty")
    if begin.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in begin:
        raise Unreadable(
            "the file is not in UTF-8, but in UTF-16 or UTF-32",
            where=str(path),
            hint=f"write it anew: iconv -f UTF-16 -t UTF-8 {path.name} > anew{path.suffix}",
        )


def _no_file(path: Path, why: str) -> Unreadable:
    return Unreadable(
        f"this is no training file: {why}",
        where=str(path),
        hint="name a file in the format brightrun-lora-v4 or v5, as JSON or as JSONL",
    )
