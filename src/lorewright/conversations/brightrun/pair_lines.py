"""Training files with one pair a line: which lines belong to one conversation."""

import hashlib
import json
from array import array
from collections.abc import Iterator
from typing import Any, BinaryIO

from lorewright.conversations.brightrun.format_fields import is_ours
from lorewright.conversations.brightrun.found import LIMIT, Found, Head, Place, Unusable
from lorewright.conversations.brightrun.json_text import is_list, is_object, read_json

SKIPPED_AT_ONCE = 1 << 18
LONGEST_LINE = 1 << 23
SAID = ("current_user_input", "target_response")


def conversations_in_lines(file: BinaryIO, *, limit: int) -> Iterator[Found | Unusable]:
    """Lines that cannot be used, then the conversations in the order of their first lines.

    The file is read twice. The first time only the places of lines are kept, since nothing says
    that the lines of one conversation stand together.
    """
    places: dict[bytes, array[int]] = {}
    for place, line in _lines(file, limit):
        told = _key_of(line) if line is not None else ("too_large", _too_large(limit))
        if isinstance(told, bytes):
            places.setdefault(told, array("Q")).extend((place.line, place.start, place.end))
        elif told is not None:
            yield Unusable(place, *told)
    for number, of_one in enumerate(places.values(), start=1):
        yield _together(file, number, of_one, limit)


def head_of_lines(file: BinaryIO) -> Head | None:
    """What the line `_meta` says, when there is one before the first pair; None without a pair."""
    head = Head()
    for _, line in _lines(file, LONGEST_LINE):
        if line is None:
            continue
        value = _value(line)
        if not is_object(value):
            continue
        if _is_pair(value):
            return head
        told = value.get("_meta")
        head = Head(metadata=told) if is_object(told) else head
    return None


def _is_pair(value: dict[str, Any]) -> bool:
    return any(value.get(name) is not None for name in ("conversation_history", *SAID))


def _lines(file: BinaryIO, limit: int) -> Iterator[tuple[Place, bytes | None]]:
    """Every line that is not blank; None for one that is too long."""
    at = number = 0
    file.seek(0)
    while line := file.readline(limit + 1):
        number += 1
        start, at = at, at + len(line)
        is_whole = line.endswith(b"\n") or len(line) <= limit
        while not is_whole:
            rest = file.readline(SKIPPED_AT_ONCE)
            at += len(rest)
            is_whole = not rest or rest.endswith(b"\n")
            line = b""
        if line.strip():
            yield Place(number, number, start, at), line
        elif not line:
            yield Place(number, number, start, at), None


def _key_of(line: bytes) -> bytes | tuple[str, str] | None:
    """What is the same for all pairs of a conversation; why there is none; None for the head.

    Ids repeat from one conversation to the next in files that are around. What the client says
    first does not, and every pair repeats it. In a file that Lorewright wrote no id repeats.
    """
    value = _value(line)
    if isinstance(value, str):
        return "invalid_json", value
    if not is_object(value):
        return "no_pair", "the line is JSON, but not an object"
    if not _is_pair(value):
        if "_meta" in value:
            return None
        return "no_pair", "the line has none of conversation_history, current_user_input, target"
    history, said = value.get("conversation_history"), value.get("current_user_input")
    if is_ours(value.get("input_parameters")):
        said = None
    elif is_list(history) and history and is_object(history[0]):
        said = history[0].get("content")
    known = json.dumps([str(value.get("conversation_id")), str(said)])
    return hashlib.blake2b(known.encode(), digest_size=16).digest()


def _value(line: bytes) -> Any:
    """What a line holds; a sentence when that is nothing to be read."""
    try:
        value = read_json(line.decode("utf-8-sig")).value
    except UnicodeDecodeError as error:
        return f"byte {error.start:,} of the line is not UTF-8"
    except ValueError as error:
        return f"the line is not JSON: {error}"
    return None if isinstance(value, str) else value


def _together(file: BinaryIO, number: int, of_one: "array[int]", limit: int) -> Found | Unusable:
    lines, starts, ends = of_one[0::3], of_one[1::3], of_one[2::3]
    place = Place(number, lines[0], starts[0], ends[0])
    if sum(ends) - sum(starts) > limit:
        return Unusable(place, "too_large", _too_large(limit))
    stand_together = lines[-1] - lines[0] == len(lines) - 1
    pairs: list[str] = []
    for start, end in zip(starts, ends, strict=True):
        file.seek(start)
        pairs.append(file.read(end - start).decode("utf-8-sig").strip())
    raw = '{"training_pairs":[\n' + ",\n".join(pairs) + "\n]}"
    return Found(place, raw, lines[0] - 2 if stand_together else None)


def _too_large(limit: int) -> str:
    return f"it has more than the {limit:,} bytes that {LIMIT} allows"
