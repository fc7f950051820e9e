"""The one way a value is written as bytes, so that equal content has an equal name."""

import hashlib
import json
from typing import Any

from lorewright.errors import BadRecord

LARGEST_INTEGER = 2**53 - 1
"""Beyond it, a reader that holds numbers as doubles would see another number."""

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
"""Once numbers with a fraction are refused, this is RFC 8785: it escapes the same characters
in the same way, and sorts keys alike as long as none has a character beyond U+FFFF."""


def canonical_bytes(value: Any) -> bytes:
    """Write `value` as RFC 8785 JSON.

    Numbers with a fraction are refused, since two machines may round them apart: they
    travel as decimal strings. So are integers beyond 2^53, text with lone surrogates, and
    keys with characters beyond U+FFFF, whose order is not the same everywhere.

    Raises:
        BadRecord: when `value` holds anything that has no canonical form.
    """
    try:
        _check(value)
        return _ENCODER.encode(value).encode()
    except UnicodeEncodeError as error:
        raise BadRecord("a text holds half a character (a lone surrogate)") from error
    except RecursionError as error:
        raise BadRecord("a value is nested too deeply") from error


def fingerprint(body: bytes) -> str:
    """Name `body` by the 64 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(body).hexdigest()


def _check(value: Any) -> None:
    """Refuse what has no canonical form; every record passes here, so it is kept quick."""
    if isinstance(value, str):
        return
    if isinstance(value, dict):
        for key, item in value.items():  # pyright: ignore[reportUnknownVariableType] - JSON of any shape
            _check_key(key)
            _check(item)
    elif isinstance(value, list | tuple):
        for item in value:  # pyright: ignore[reportUnknownVariableType] - as above
            _check(item)
    elif value is not None:
        _check_number(value)


def _check_number(value: Any) -> None:
    if isinstance(value, float):
        raise BadRecord(f"the number {value!r} has a fraction; records hold decimals as text")
    if not isinstance(value, int):
        raise BadRecord(f"a {type(value).__name__} cannot be written as JSON")
    if abs(value) > LARGEST_INTEGER:
        raise BadRecord(f"the number {value} is beyond 2^53, where readers begin to round")


def _check_key(key: Any) -> None:
    if not isinstance(key, str):
        raise BadRecord(f"the key {key!r} of an object is not text")
    if not key.isascii() and max(key) > "\uffff":
        raise BadRecord(f"the key {key!r} of an object has a character beyond U+FFFF")
