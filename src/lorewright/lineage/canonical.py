"""The one way a value is written as bytes, so that equal content has an equal name."""

import hashlib
from collections.abc import Iterable
from typing import Any

import rfc8785

from lorewright.errors import BadRecord


def canonical_bytes(value: Any) -> bytes:
    """Write `value` as RFC 8785 JSON.

    Numbers with a fraction are refused, since two machines may round them apart: they
    travel as decimal strings. So are integers beyond 2^53 and text with lone surrogates.

    Raises:
        BadRecord: when `value` holds anything that has no canonical form.
    """
    _refuse_floats(value)
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise BadRecord(f"a value has no canonical form: {error}") from error


def fingerprint(body: bytes) -> str:
    """Name `body` by the 64 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(body).hexdigest()


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise BadRecord(f"the number {value!r} has a fraction; records hold decimals as text")
    for item in _parts(value):
        _refuse_floats(item)


def _parts(value: Any) -> Iterable[Any]:
    match value:
        case dict():
            return list(value.values())  # pyright: ignore[reportUnknownArgumentType] - JSON of any shape
        case list() | tuple():
            return list(value)  # pyright: ignore[reportUnknownArgumentType] - as above
        case _:
            return ()
