"""JSON from strangers: one object, no key twice, no number that could be read in two ways."""

import json
from typing import Any

from lorewright.errors import Unreadable


def read_object(content: bytes, *, what: str) -> dict[str, Any]:
    """The JSON object that `content` holds.

    Args:
        content: UTF-8.
        what: what it is, for the error.

    Raises:
        Unreadable: when it is no JSON, no object, names a key twice, holds a number with a
            fraction or one too long to be read, or is nested too deeply.
    """
    try:
        value = json.loads(
            content.decode(),
            object_pairs_hook=_without_repetition,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except (ValueError, RecursionError) as error:
        said = str(error).splitlines()[0][:100] or "it is nested too deeply"
        raise Unreadable(f"{what} cannot be read: {said}") from error
    if not isinstance(value, dict):
        raise Unreadable(f"{what} is no JSON object")
    return value  # pyright: ignore[reportUnknownVariableType] - JSON of any shape


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object names the same key twice")
    return found


def _no_number(text: str) -> Any:
    raise ValueError(f"it holds the number {text[:20]}")
