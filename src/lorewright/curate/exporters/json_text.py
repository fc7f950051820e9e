"""JSON as it must be written to stay on one line for every reader."""

import json
from typing import Any

from lorewright.errors import Unreadable

quoted = json.JSONEncoder(ensure_ascii=False).encode
"""A string as JSON, in its own script; any other value too."""

_LINE_ENDS = (("\u2028", "\\u2028"), ("\u2029", "\\u2029"), ("\x85", "\\u0085"))
"""Characters that JSON allows in a string and that some readers take for a line end."""


def on_one_line(text: str) -> str:
    """`text`, which is JSON, without any character that could be read as a line end."""
    if not text.isascii():
        for character, escape in _LINE_ENDS:
            text = text.replace(character, escape)
    return text


def read_object(line: str) -> dict[str, Any]:
    """The JSON object that `line` holds.

    Raises:
        Unreadable: when it holds anything else.
    """
    try:
        value = json.loads(line)
    except ValueError as error:
        raise Unreadable(f"a line is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise Unreadable("a line is JSON, but not an object")
    return value  # pyright: ignore[reportUnknownVariableType] - the values are JSON of any shape
