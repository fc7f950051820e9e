"""On which line of a JSON text a field stands."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[{}\[\],]', re.DOTALL)
"""Strings, brackets and commas: what tells the place of everything else."""


@dataclass(slots=True)
class _Open:
    """An object or a list that is not closed yet."""

    path: str
    is_object: bool
    index: int = 0
    inner: str = ""
    """Of an object: the path of the member whose value is awaited; empty before its key."""

    def next_path(self) -> str:
        return self.inner if self.is_object else f"{self.path}[{self.index}]"


def lines_of(raw: str, fields: Iterable[str]) -> dict[str, int]:
    """The line, counted from 1, on which each of `fields` begins.

    A field is a path such as `turns[2].content`. One that is absent has the line of the nearest
    thing around it that is there; one that is no path into the text has none.
    """
    found = list(fields)
    if "\n" not in raw:
        return dict.fromkeys(found, 1)
    offsets = _offsets_of(raw, set(found))
    lines: dict[str, int] = {}
    for field in dict.fromkeys(found):
        offset = _nearest(field, offsets)
        if offset is not None:
            lines[field] = raw.count("\n", 0, offset) + 1
    return lines


def _offsets_of(raw: str, wanted: set[str]) -> dict[str, int]:
    """The places of all things, at the least up to the last of those that are wanted."""
    offsets: dict[str, int] = {}
    for path, at in _offsets(raw):
        offsets[path] = at
        wanted.discard(path)
        if not wanted:
            break
    return offsets


def _nearest(field: str, offsets: dict[str, int]) -> int | None:
    while field:
        if field in offsets:
            return offsets[field]
        field = field[: max(field.rfind("."), field.rfind("["), 0)]
    return offsets.get("")


def _offsets(raw: str) -> Iterator[tuple[str, int]]:
    """Every object, list, member and text in a list, with the place where it begins."""
    open_ = list[_Open]()
    for token in _TOKEN.finditer(raw):
        said, top = token[0], open_[-1] if open_ else None
        if said in "{[":
            path = top.next_path() if top else ""
            if not (top and top.is_object):
                yield path, token.start()
            open_.append(_Open(path, said == "{"))
        elif said in "}]":
            if open_:
                open_.pop()
        elif top is not None:
            yield from _in_a_container(token, top)


def _in_a_container(token: re.Match[str], top: _Open) -> Iterator[tuple[str, int]]:
    if token[0] == ",":
        top.index += 1
        top.inner = ""
    elif not top.is_object:
        yield top.next_path(), token.start()
    elif not top.inner:
        key = _text(token[0])
        top.inner = f"{top.path}.{key}" if top.path else key
        yield top.inner, token.start()


def _text(token: str) -> str:
    if "\\" not in token:
        return token[1:-1]
    try:
        return str(json.loads(token, strict=False))
    except ValueError:
        return token[1:-1]
