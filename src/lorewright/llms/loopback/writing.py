"""An answer in either wire format, whole or as a stream of events."""

import json
from collections.abc import Iterable
from typing import Any

from lorewright.llms.loopback.asked import Asked
from lorewright.llms.loopback.said import Ending, Said
from lorewright.llms.reading import tokens_in
from lorewright.llms.wire import Usage

NAME = "loopback"
"""What every reply calls its model: a rehearsal, and no language model."""
PIECE = 24
"""Characters in one event of a stream."""
_OPENAI: dict[Ending, str] = {
    "end": "stop",
    "length": "length",
    "refusal": "stop",
    "filter": "content_filter",
    "odd": "recess",
}
_ANTHROPIC: dict[Ending, str] = {
    "end": "end_turn",
    "length": "max_tokens",
    "refusal": "refusal",
    "filter": "refusal",
    "odd": "recess",
}


def usage_of(asked: Asked, said: Said) -> Usage:
    """About four characters make a token, on both sides."""
    return Usage(tokens_in(asked.prompt), tokens_in(said.text))


def whole(asked: Asked, said: Said) -> dict[str, Any]:
    """The answer as one object."""
    if asked.protocol == "anthropic":
        return _message(asked, said)
    message: dict[str, Any] = {"role": "assistant", "content": said.text}
    if said.ending == "refusal":
        message |= {"content": None, "refusal": said.text}
    elif asked.means == "tool":
        function = {"name": "answer", "arguments": said.text}
        call = {"id": f"call_{asked.digest}", "type": "function", "function": function}
        message |= {"content": None, "tool_calls": [call]}
    choice = {"index": 0, "message": message, "finish_reason": _OPENAI[said.ending]}
    return {
        "id": f"chatcmpl-{asked.digest}",
        "object": "chat.completion",
        "model": NAME,
        "choices": [choice],
        **({"usage": _openai_usage(asked, said)} if said.counts_tokens else {}),
    }


def streamed(asked: Asked, said: Said) -> list[bytes]:
    """The answer as events, in their order."""
    events = _anthropic_events if asked.protocol == "anthropic" else _openai_events
    return [
        (f"event: {one['type']}\n" if "type" in one else "").encode()
        + b"data: "
        + json.dumps(one, ensure_ascii=False).encode()
        + b"\n\n"
        for one in events(asked, said)
    ] + ([] if asked.protocol == "anthropic" else [b"data: [DONE]\n\n"])


def failing_event(asked: Asked) -> bytes:
    """An error in the midst of a stream."""
    error = {"type": "overloaded_error", "message": "overloaded"}
    if asked.protocol == "anthropic":
        body = json.dumps({"type": "error", "error": error})
        return f"event: error\ndata: {body}\n\n".encode()
    return f"data: {json.dumps({'error': error})}\n\n".encode()


def _message(asked: Asked, said: Said) -> dict[str, Any]:
    content: list[dict[str, Any]] = []
    if asked.means == "tool" and said.is_sound:
        block = {"type": "tool_use", "id": f"toolu_{asked.digest}", "name": "answer"}
        content = [{**block, "input": said.value}]
    elif said.text:
        content = [{"type": "text", "text": said.text}]
    usage = {"input_tokens": tokens_in(asked.prompt), "output_tokens": tokens_in(said.text)}
    return {
        "id": f"msg_{asked.digest}",
        "type": "message",
        "role": "assistant",
        "model": NAME,
        "content": content,
        "stop_reason": _ANTHROPIC[said.ending],
        **({"usage": usage} if said.counts_tokens else {}),
    }


def _openai_usage(asked: Asked, said: Said) -> dict[str, int]:
    usage = usage_of(asked, said)
    return {
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": usage.input + usage.output,
    }


def _pieces(text: str) -> Iterable[str]:
    return (text[at : at + PIECE] for at in range(0, len(text), PIECE))


def _openai_events(asked: Asked, said: Said) -> Iterable[dict[str, Any]]:
    for piece in _pieces(said.text):
        yield _chunk(_delta(asked, said, piece), None)
    yield _chunk({}, _OPENAI[said.ending])
    if said.counts_tokens:
        yield {"model": NAME, "choices": [], "usage": _openai_usage(asked, said)}


def _delta(asked: Asked, said: Said, piece: str) -> dict[str, Any]:
    if said.ending == "refusal":
        return {"refusal": piece}
    if asked.means == "tool":
        return {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}
    return {"content": piece}


def _chunk(delta: dict[str, Any], finish: str | None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"object": "chat.completion.chunk", "model": NAME, "choices": [choice]}


def _anthropic_events(asked: Asked, said: Said) -> Iterable[dict[str, Any]]:
    head = _message(asked, said)
    usage = head.pop("usage", {})
    yield {
        "type": "message_start",
        "message": {**head, "content": [], "stop_reason": None, "usage": usage},
    }
    is_tool = asked.means == "tool"
    block: dict[str, Any] = (
        {"type": "tool_use", "input": {}} if is_tool else {"type": "text", "text": ""}
    )
    yield {"type": "content_block_start", "index": 0, "content_block": block}
    kind, name = ("input_json_delta", "partial_json") if is_tool else ("text_delta", "text")
    for piece in _pieces(said.text):
        delta = {"type": kind, name: piece}
        yield {"type": "content_block_delta", "index": 0, "delta": delta}
    yield {"type": "content_block_stop", "index": 0}
    yield {
        "type": "message_delta",
        "delta": {"stop_reason": head["stop_reason"]},
        **({"usage": {"output_tokens": usage["output_tokens"]}} if usage else {}),
    }
    yield {"type": "message_stop"}
