"""Tables that somebody fills in: as text that no spreadsheet calculates, and read back."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lorewright.errors import Unreadable
from lorewright.flows.files import read_file

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - these too
"""What a spreadsheet may take for the beginning of a formula."""
GUARD = "'"
"""Stands before such a cell; a spreadsheet shows the rest as text."""

LONGEST_CELL = 1_000_000


def guarded(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    is_marked = text.startswith(GUARD) and text[1:].startswith((*FORMULA, GUARD))
    return f"{GUARD}{text}" if text.startswith(FORMULA) or is_marked else text


def unguarded(text: str) -> str:
    """A cell as it was before `guarded`."""
    is_marked = text.startswith(GUARD) and text[1:].startswith((*FORMULA, GUARD))
    return text[1:] if is_marked else text


def table_rows(
    path: Path, needed: Sequence[str], *, what: str, hint: str
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The rows of a table, as written or as a spreadsheet saved it: the line, and cells by column.

    Args:
        path: the file.
        needed: columns that its first line has to name, each once.
        what: what the file should be, in words.
        hint: where to get one.

    Raises:
        Unreadable: when it is no table with these columns.
    """
    text = _decoded(read_file(path), path)
    header = next(iter(text.splitlines()), "")
    delimiter = next((one for one in ",;\t" if _has_columns(header, one, needed)), None)
    if delimiter is None:
        raise Unreadable(
            f"this is not {what}: its first line does not name the columns {' and '.join(needed)}",
            where=str(path),
            hint=hint,
        )
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    columns = [_column(cell) for cell in next(reader)]
    line = reader.line_num + 1
    try:
        for cells in reader:
            yield line, dict(zip(columns, map(unguarded, cells), strict=False))
            line = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(f"this sheet cannot be read: {error}", where=f"{path}:{line}") from error


def _column(cell: str) -> str:
    return "_".join(cell.strip().casefold().split())


def _has_columns(header: str, delimiter: str, needed: Sequence[str]) -> bool:
    cells: list[str] = next(csv.reader([header], delimiter=delimiter), list[str]())
    columns = [_column(cell) for cell in cells]
    return all(columns.count(one) == 1 for one in needed)


def _decoded(raw: bytes, path: Path) -> str:
    is_utf16 = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return raw.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(
            "this sheet is not UTF-8",
            where=str(path),
            hint="save it as `CSV UTF-8`; in LibreOffice choose Unicode (UTF-8) when saving",
        ) from error
