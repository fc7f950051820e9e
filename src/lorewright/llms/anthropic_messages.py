"""Messages: the wire format of Anthropic."""

import json
from typing import Any

from pydantic import Field, JsonValue

from lorewright.errors import BadReply, ModelError
from lorewright.llms.reading import Heard, heard, tokens_asked, tokens_in
from lorewright.llms.said_shapes import with_shape_said
from lorewright.llms.sse import cut_off, events, is_stream
from lorewright.llms.wire import Message, Reply, Request, Shape, Stop, Usage

VERSION = "2023-06-01"
MOST_BREAKPOINTS = 4
"""How many prefixes of one request may be marked for the cache; the longest are."""
STOPS = {
    "end_turn": Stop.END,
    "stop_sequence": Stop.END,
    "tool_use": Stop.END,
    "max_tokens": Stop.LENGTH,
    "model_context_window_exceeded": Stop.LENGTH,
    "refusal": Stop.REFUSED,
}
_LONGEST_NAME = 64


class _Block(Heard):
    type: str
    text: str = ""
    input: JsonValue = None


class _Usage(Heard):
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None


class _Fault(Heard):
    type: str = "error"
    message: str = ""


class _Said(Heard):
    """A whole answer, or the head of a streamed one."""

    content: tuple[_Block, ...] | None = None
    stop_reason: str | None = None
    usage: _Usage | None = None
    answered_by: str = Field(default="", alias="model")
    error: _Fault | None = None


class _Delta(Heard):
    text: str = ""
    partial_json: str = ""
    stop_reason: str | None = None


class _Event(Heard):
    type: str
    message: _Said | None = None
    content_block: _Block | None = None
    delta: _Delta | None = None
    usage: _Usage | None = None
    error: _Fault | None = None


def body_of(request: Request, name: str, *, stream: bool = False) -> dict[str, Any]:
    """`request` as this format writes it."""
    system, turns = _sides(request)
    body: dict[str, Any] = {"model": name, "max_tokens": request.max_tokens, "messages": turns}
    if system:
        body["system"] = system
    if request.temperature is not None:
        body["temperature"] = float(request.temperature)
    if stream:
        body["stream"] = True
    if request.shape is not None:
        body |= _held_to(request.shape, request)
    return body


def _sides(request: Request) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What the system says, and the turns of the two sides, each turn in blocks."""
    messages = request.messages
    if request.shape is not None and request.means in {"json", "prose"}:
        messages = with_shape_said(messages, request.shape)
    marked = [number for number, one in enumerate(messages) if one.ends_prefix]
    cached = frozenset(marked[-MOST_BREAKPOINTS:])
    system: list[dict[str, Any]] = []
    turns: list[dict[str, Any]] = []
    for number, message in enumerate(messages):
        block = _block(message, is_cached=number in cached)
        if message.role == "system":
            system.append(block)
        elif turns and turns[-1]["role"] == message.role:
            turns[-1]["content"].append(block)
        else:
            turns.append({"role": message.role, "content": [block]})
    return system, turns


def _block(message: Message, *, is_cached: bool) -> dict[str, Any]:
    block: dict[str, Any] = {"type": "text", "text": message.text}
    if is_cached:
        block["cache_control"] = {"type": "ephemeral"}
    return block


def _held_to(shape: Shape, request: Request) -> dict[str, Any]:
    name = shape.name[:_LONGEST_NAME]
    match request.means:
        case "schema":
            return {"output_config": {"format": {"type": "json_schema", "schema": shape.schema}}}
        case "tool":
            return {
                "tools": [{"name": name, "input_schema": shape.schema}],
                "tool_choice": {"type": "tool", "name": name},
            }
        case "json" | "prose":
            return {}


def reply_of(body: bytes, request: Request | None) -> Reply:
    """The reply that `body` holds, streamed or not.

    Raises:
        BadReply: when it holds none.
        ModelError: when it stops before its end, or tells of a failure.
    """
    if is_stream(body):
        return _streamed(body, request)
    said = heard(body, _Said)
    if said.error is not None:
        raise _failed(said.error)
    if said.content is None:
        sentence = "the server's answer is not of its protocol: it has no content"
        raise BadReply(sentence, fault="other_protocol", raw=body)
    used = [block for block in said.content if block.type == "tool_use"]
    if used:
        text = json.dumps(used[0].input, ensure_ascii=False)
    else:
        text = "".join(block.text for block in said.content if block.type == "text")
    usage = _counted(said.usage or _Usage(), text, request)
    return Reply(text, _stop(said.stop_reason), usage, body, said.answered_by)


def _streamed(body: bytes, request: Request | None) -> Reply:
    text, stop, name, is_whole = "", None, "", False
    usage = _Usage()
    for event in events(body, _Event):
        if event.type == "error":
            raise _failed(event.error or _Fault())
        if event.message is not None:
            name = event.message.answered_by
            usage = _updated(usage, event.message.usage)
        usage = _updated(usage, event.usage)
        if event.delta is not None:
            text += event.delta.text or event.delta.partial_json
            stop = event.delta.stop_reason or stop
        is_whole = is_whole or event.type == "message_stop"
    if not is_whole:
        raise cut_off()
    return Reply(text, _stop(stop), _counted(usage, text, request), body, name)


def _updated(usage: _Usage, later: _Usage | None) -> _Usage:
    return usage if later is None else usage.model_copy(update=later.model_dump(exclude_none=True))


def _stop(reason: str | None) -> Stop:
    return STOPS.get(reason or "", Stop.OTHER)


def _counted(usage: _Usage, text: str, request: Request | None) -> Usage:
    return Usage(
        tokens_asked(request) if usage.input_tokens is None else usage.input_tokens,
        tokens_in(text) if usage.output_tokens is None else usage.output_tokens,
        usage.cache_read_input_tokens or 0,
        usage.cache_creation_input_tokens or 0,
    )


def _failed(fault: _Fault) -> ModelError:
    kinds = {"overloaded_error": "overloaded", "rate_limit_error": "rate_limited"}
    said = f"the server failed to answer: {fault.type}: {fault.message[:300]}"
    return ModelError(said, fault=kinds.get(fault.type, "server"), again=True)
