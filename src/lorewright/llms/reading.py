"""Reading what a server says: by shapes that take what is needed and no offence at the rest."""

import math
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import to_json

from lorewright.errors import BadReply
from lorewright.llms.wire import Message, Request

CHARACTERS_PER_TOKEN = 4


class Heard(BaseModel):
    """A part of what a server says; fields that no one here needs are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


H = TypeVar("H", bound=Heard)


def heard(body: bytes, shape: type[H], *, whole: bytes | None = None) -> H:
    """The `shape` that `body` holds.

    Args:
        body: JSON as it came.
        shape: what it should be.
        whole: the answer that it is a part of; it is what an error keeps.

    Raises:
        BadReply: when it is no JSON, or JSON of another protocol.
    """
    raw = body if whole is None else whole
    try:
        return shape.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] != "json_invalid":
        place = ".".join(map(str, first["loc"])) or "the whole"
        said = f"the server's answer is not of its protocol: {place}: {first['msg'].lower()}"
        raise BadReply(said, fault="other_protocol", raw=raw)
    try:
        body.decode()
    except UnicodeDecodeError:
        said = "the server's answer has bytes that are no UTF-8"
        raise BadReply(said, fault="not_utf8", raw=raw) from None
    raise BadReply("the server's answer is no JSON", fault="not_json", raw=raw)


def encoded(body: Mapping[str, Any]) -> bytes:
    """`body` as JSON for the wire."""
    return to_json(body)


def tokens_in(text: str) -> int:
    """About how many tokens `text` has, for servers that do not count them."""
    return math.ceil(len(text) / CHARACTERS_PER_TOKEN)


def tokens_asked(request: Request | None) -> int:
    """About how many tokens `request` has, as far as it is known."""
    if request is None:
        return 0
    return sum(tokens_in(message.text) for message in request.messages)


def joined(messages: Iterable[Message]) -> list[Message]:
    """`messages` with those that one side says in a row made one, a blank line between them."""
    turns: list[Message] = []
    for message in messages:
        if turns and turns[-1].role == message.role:
            before = turns.pop()
            message = Message(message.role, f"{before.text}\n\n{message.text}")  # noqa: PLW2901
        turns.append(message)
    return turns
