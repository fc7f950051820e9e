"""JSON read without losing a digit, and written with what was written before kept as it is."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple, TypeGuard

quoted = json.JSONEncoder(ensure_ascii=False).encode
"""A string as JSON, in its own script."""

LONGEST_WHOLE = 15
"""Digits up to which a whole number is read as one; longer ones are kept as decimals."""

_CONSTANTS = {None: "null", True: "true", False: "false"}
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class NoNumber:
    """NaN or an infinity: some programs write them, and JSON has none."""

    text: str


class Verbatim(str):
    """JSON that was written already."""

    __slots__ = ()


class ReadJson(NamedTuple):
    """A value, and what readers of JSON disagree about."""

    value: Any
    repeated_keys: tuple[str, ...] = ()
    """Keys that an object has twice; the last value counts, as everywhere."""
    has_half_characters: bool = False
    """Whether lone surrogates were replaced by U+FFFD."""


def read_json(text: str) -> ReadJson:
    """Read JSON: numbers with a fraction as decimals, NaN and infinities as `NoNumber`.

    Raises:
        ValueError: when it is no JSON, or nested too deeply to be read.
    """
    repeated: list[str] = []

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            repeated.extend(name for name in found if names.count(name) > 1)
        return found

    try:
        value = json.loads(
            text,
            object_pairs_hook=members,
            parse_float=Decimal,
            parse_int=_whole,
            parse_constant=NoNumber,
        )
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except ArithmeticError as error:
        raise ValueError("it has a number that is too large to be read") from error
    has_half = "\\ud" in text.lower() and _has_half(value)
    return ReadJson(_mended(value) if has_half else value, tuple(repeated), has_half)


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether `value` is a JSON object."""
    return isinstance(value, dict)


def is_list(value: Any) -> TypeGuard[list[Any]]:
    """Whether `value` is a JSON list."""
    return isinstance(value, list)


def json_text(value: Any) -> str:
    """`value` as JSON on one line; a `NoNumber` becomes null, which is what it says."""
    return _text(value, keep=False)


def original_text(value: Any) -> str:
    """The same, for showing what stood in a file: NaN as NaN."""
    return _text(value, keep=True)


def _text(value: Any, *, keep: bool) -> str:
    match value:
        case Verbatim():
            return str(value)
        case str():
            return quoted(value)
        case None | bool():
            return _CONSTANTS[value]
        case NoNumber():
            return value.text if keep else "null"
        case int() | Decimal():
            return str(value)
        case Mapping():
            return _object_text(value, keep=keep)  # pyright: ignore[reportUnknownArgumentType] - JSON of any shape
        case list() | tuple():
            return f"[{','.join([_text(one, keep=keep) for one in value])}]"  # pyright: ignore[reportUnknownVariableType] - as above
        case _:
            raise TypeError(f"a {type(value).__name__} has no form in JSON")


def _object_text(value: Mapping[str, Any], *, keep: bool) -> str:
    members = [f"{quoted(name)}:{_text(one, keep=keep)}" for name, one in value.items()]
    return f"{{{','.join(members)}}}"


def _whole(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= LONGEST_WHOLE else Decimal(digits)


def _has_half(value: Any) -> bool:
    if isinstance(value, str):
        return _HALF_CHARACTER.search(value) is not None
    parts: Sequence[Any] = ()
    if is_object(value):
        parts = [*value, *value.values()]
    elif is_list(value):
        parts = value
    return any(map(_has_half, parts))


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return _HALF_CHARACTER.sub("\ufffd", value)
    if is_object(value):
        return {_mended(name): _mended(one) for name, one in value.items()}
    return [_mended(one) for one in value] if is_list(value) else value
