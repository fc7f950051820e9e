"""From a reply to a typed answer: strictly first, then as forgivingly as truth allows.

A reply that was cut short is never taken for a whole one. What is forgiven is form: fences,
prose around, a comma or a quote too many. The shape itself is never bent.
"""

import json
from collections.abc import Iterator
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from lorewright.errors import BadReply
from lorewright.llms.wire import Reply, Stop

T = TypeVar("T", bound=BaseModel)

MOST_CHARACTERS = 2_000_000
"""A longer reply is no answer to anything that is asked here."""
_STOPS = {
    Stop.LENGTH: ("truncated", "the answer was cut off at the most tokens allowed"),
    Stop.REFUSED: ("refused", "the model refused to answer"),
    Stop.FILTERED: ("filtered", "the provider's content filter withheld the answer"),
    Stop.OTHER: ("unfinished", "the answer ended for a reason that is not known"),
}


def parsed(reply: Reply, shape: type[T]) -> T:
    """The answer that `reply` holds.

    Raises:
        BadReply: saying what is wrong, in words that the model can be told.
    """
    if reply.stop in _STOPS:
        fault, sentence = _STOPS[reply.stop]
        raise BadReply(sentence, fault=fault, raw=reply.raw)
    text = reply.text.strip().removeprefix("\ufeff")
    if not text:
        raise BadReply("the answer is empty", fault="empty", raw=reply.raw)
    if len(text) > MOST_CHARACTERS:
        said = f"the answer has {len(text):,} characters, more than any answer can need"
        raise BadReply(said, fault="too_long", raw=reply.raw)
    try:
        return shape.model_validate_json(text)
    except ValidationError as error:
        complaint = error
    for found in _objects(text, reply.raw):
        try:
            return shape.model_validate(found)
        except ValidationError as error:
            complaint = error
    if any(one["type"] == "json_invalid" for one in complaint.errors(include_url=False)):
        raise BadReply("the answer holds no JSON object", fault="not_json", raw=reply.raw)
    raise BadReply(_told(complaint), fault="wrong_shape", raw=reply.raw)


def _objects(text: str, raw: bytes) -> Iterator[object]:
    """The JSON objects in `text`, the well-formed ones first, then what can be mended."""
    said = text.rpartition("</think>")[2]  # what some models think aloud is no answer
    decoder = json.JSONDecoder()
    at = said.find("{")
    while at >= 0:
        try:
            found, end = decoder.raw_decode(said, at)
        except (json.JSONDecodeError, RecursionError):
            end = at + 1
        else:
            yield found
        at = said.find("{", end)
    start, end = said.find("{"), said.rfind("}") + 1
    if start < 0:
        return
    mended = _mended(said[start:end] if end > start else said[start:], raw)
    if isinstance(mended, dict):
        yield mended


def _mended(text: str, raw: bytes) -> object:
    """`text` with its form put right.

    Raises:
        BadReply: when its end is missing, so that mending would invent one.
    """
    import json_repair

    if text.count("{") > text.count("}") or text.count("[") > text.count("]"):
        raise _cut(raw)
    found, log = json_repair.repair_json(text, return_objects=True, logging=True)
    if any("missed the closing ]" in one["text"] for one in log):
        raise _cut(raw)
    return found


def _cut(raw: bytes) -> BadReply:
    return BadReply("the answer stops before its JSON ends", fault="cut", raw=raw)


def _told(error: ValidationError) -> str:
    """What is off, place by place; the first five are enough to mend the rest by."""
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    said = [
        f"{'.'.join(map(str, one['loc'])) or 'the whole'}: {one['msg'].lower()}"
        for one in faults[:5]
    ]
    more = f" and {len(faults) - 5} more" if len(faults) > 5 else ""
    return "the answer has another shape: " + "; ".join(said) + more
