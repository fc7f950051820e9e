"""Rows that are kept as lines of JSON, read back one at a time."""

from collections.abc import Iterator
from io import BytesIO
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from lorewright.errors import BadRecord

Line = TypeVar("Line")


def read_lines(raw: bytes, form: TypeAdapter[Line], what: str) -> Iterator[Line]:
    """Read every line as `form`; nothing is left out and nothing is made to fit.

    Args:
        raw: the lines, each ended by a newline.
        form: what a line has to be.
        what: the word for one line, for the error.

    Raises:
        BadRecord: naming the line that is none.
    """
    # A text may hold what `splitlines` takes for the end of a line; JSON writes it as it is.
    for number, text in enumerate(BytesIO(raw), start=1):
        try:
            yield form.validate_json(text, strict=True)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False)[0]
            place = ".".join(map(str, first["loc"]))
            raise BadRecord(
                f"line {number:,} of the {what}s is no {what}: "
                + (f"{place}, {first['msg']}" if place else first["msg"]),
                hint="`lorewright verify` says whether the blob was altered",
            ) from error
