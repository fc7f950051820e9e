"""From a reply to a typed answer: strictly first, then as forgivingly as truth allows.

A reply that was cut short is never taken for a whole one. What is forgiven is form: fences,
prose around, a comma or a quote too many. The shape itself is never bent.
"""

import json
import re
from collections.abc import Iterator
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from lorewright.errors import BadReply
from lorewright.llms.mending import end_of, mended
from lorewright.llms.wire import Reply, Stop

T = TypeVar("T", bound=BaseModel)

_OPENING = re.compile(r"\{\s*[\"'}]|\[\s*\{")
"""Where an object or a list of them begins; brackets in prose are followed by something else."""

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
    text = _whole(reply)
    try:
        return shape.model_validate_json(text)
    except ValidationError as error:
        complaint = error
    answers: list[T] = []
    for found in _found_in(_spoken(text, reply.raw), reply.raw):
        try:
            answers.append(shape.model_validate_json(json.dumps(found)))
        except ValidationError as error:
            complaint = error
    if not answers:
        raise _none(complaint, reply.raw)
    if any(one != answers[0] for one in answers):
        said = f"the answer holds {len(answers)} different objects where one was asked for"
        raise BadReply(said, fault="wrong_shape", raw=reply.raw)
    return answers[0]


def _whole(reply: Reply) -> str:
    """The words of a reply that ends where the model wanted it to end.

    Raises:
        BadReply: when it does not, or there is nothing to read, or far too much.
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
    return text


def _spoken(text: str, raw: bytes) -> str:
    """`text` without what some models think aloud before they answer."""
    is_thinking = text.startswith("<think>")
    before, ends, after = text.partition("</think>") if is_thinking else text.rpartition("</think>")
    if is_thinking and not ends:
        raise BadReply("the answer stops while the model still thinks", fault="cut", raw=raw)
    if is_thinking or (ends and "{" not in before):
        return after
    return text


def _found_in(said: str, raw: bytes) -> Iterator[object]:
    """The objects in `said`, and lists of them, that stand in no other one.

    What stands in another one is never looked at alone: of a list that was cut short the first
    entry would be taken for the whole answer.
    """
    decoder = json.JSONDecoder()
    at = 0
    while opening := _OPENING.search(said, at):
        start = opening.start()
        try:
            found, at = decoder.raw_decode(said, start)
        except (json.JSONDecodeError, RecursionError):
            at = end_of(said, start)
            if at is None:
                cut = "the answer stops before its JSON ends"
                raise BadReply(cut, fault="cut", raw=raw) from None
            found = mended(said[start:at])
            if found is None:
                broken = "the JSON of the answer is broken"
                raise BadReply(broken, fault="not_json", raw=raw) from None
        yield found


def _none(complaint: ValidationError, raw: bytes) -> BadReply:
    if any(one["type"] == "json_invalid" for one in complaint.errors(include_url=False)):
        return BadReply("the answer holds no JSON object", fault="not_json", raw=raw)
    return BadReply(_told(complaint), fault="wrong_shape", raw=raw)


def _told(error: ValidationError) -> str:
    """What is off, place by place; the first five are enough to mend the rest by."""
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    said = [
        f"{'.'.join(map(str, one['loc'])) or 'the whole'}: {one['msg'].lower()}"
        for one in faults[:5]
    ]
    more = f" and {len(faults) - 5} more" if len(faults) > 5 else ""
    return "the answer has another shape: " + "; ".join(said) + more
