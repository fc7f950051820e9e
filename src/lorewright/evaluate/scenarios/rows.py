"""Rows out of a file: JSON lines, one JSON list, or a table with commas."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any, NamedTuple

from lorewright.errors import Unreadable

ENDINGS = (".jsonl", ".json", ".csv")
LONGEST_CELL = 1_000_000
GUARD = "'"
"""Stands before a cell that a spreadsheet would take for a formula."""


class Row(NamedTuple):
    """One entry as it stands in the file."""

    number: int
    """The line of a JSONL file; else the place in the list or table, from 1."""
    values: Mapping[str, Any]


class BadRow(NamedTuple):
    """One entry that cannot be used; the others go on."""

    number: int
    reason: str
    """A short key, the same for all alike."""
    detail: str


def rows_in(content: bytes, file_name: str) -> Iterator[Row | BadRow]:
    """The rows of a file by its ending, in order.

    Raises:
        Unreadable: when nothing of it can be read: another ending, no text, no list, no row.
    """
    ending = PurePath(file_name).suffix.lower()
    if ending not in ENDINGS:
        raise Unreadable(
            "scenarios are read from a file that ends with .jsonl, .json or .csv",
            where=file_name,
            hint="write them as one of these, a scenario a line, an entry or a row",
        )
    text = _text(content, file_name)
    if ending == ".jsonl":
        return _of_lines(text)
    return _of_list(text, file_name) if ending == ".json" else _of_table(text, file_name)


def _text(content: bytes, file_name: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"the file is not UTF-8 text at byte {error.start:,}", where=file_name
        ) from error
    if "\x00" in text:
        raise Unreadable("the file holds bytes that no text has", where=file_name)
    if not text.strip():
        raise Unreadable(
            "the file is empty", where=file_name, hint="write at least one scenario into it"
        )
    return text


def _of_lines(text: str) -> Iterator[Row | BadRow]:
    # JSON holds no bare line feed; other separators of lines may stand in its strings.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield BadRow(number, "not_json", f"the line is no JSON: {error}")
            continue
        yield _row(number, values)


def _of_list(text: str, file_name: str) -> Iterator[Row | BadRow]:
    try:
        whole: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"the file is no JSON: {error}", where=file_name) from error
    match whole:
        case {"scenarios": found}:
            pass
        case found:
            pass
    if not isinstance(found, list) or not found:
        raise Unreadable(
            "the file holds no list of scenarios, alone or as `scenarios`", where=file_name
        )
    listed: list[Any] = [*found]
    return (_row(number, one) for number, one in enumerate(listed, start=1))


def _of_table(text: str, file_name: str) -> Iterator[Row | BadRow]:
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        header = [name.strip().lower() for name in next(reader)]
    except csv.Error as error:
        raise Unreadable(f"the table cannot be read: {error}", where=file_name) from error
    if twice := sorted({name for name in header if name and header.count(name) > 1}):
        raise Unreadable(f"two columns are called {twice[0]!r}", where=file_name)
    return _of_reader(reader, header)


def _of_reader(reader: Any, header: list[str]) -> Iterator[Row | BadRow]:
    number = 0
    while True:
        number += 1
        try:
            cells: list[str] | None = next(reader, None)
        except csv.Error as error:
            yield BadRow(number, "not_a_row", f"the row cannot be read: {error}")
            continue
        if cells is None:
            return
        if not any(cell.strip() for cell in cells):
            number -= 1  # an empty line at the end of a table is no row
            continue
        if any(cell.strip() for cell in cells[len(header) :]):
            said = f"the row has {len(cells)} cells and the header names {len(header)}"
            yield BadRow(number, "not_a_row", said)
            continue
        named = zip(header, cells, strict=False)
        yield Row(number, {name: _unguarded(cell) for name, cell in named if cell.strip()})


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith(GUARD) else cell


def _row(number: int, values: Any) -> Row | BadRow:
    if not isinstance(values, dict):
        return BadRow(number, "not_an_object", "the entry is no object with named fields")
    found: dict[str, Any] = {**values}
    return Row(number, found)
