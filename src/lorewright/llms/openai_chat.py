"""Chat completions: the wire format of OpenAI, and of most servers that run a model at home."""

from typing import Any, NamedTuple

from pydantic import Field

from lorewright.errors import BadReply, LorewrightError, ModelError
from lorewright.llms.reading import Heard, heard, joined, tokens_asked, tokens_in
from lorewright.llms.said_shapes import with_shape_said
from lorewright.llms.sse import cut_off, events, is_stream
from lorewright.llms.wire import Reply, Request, Shape, Stop, Usage

STOPS = {
    "stop": Stop.END,
    "tool_calls": Stop.END,
    "function_call": Stop.END,
    "length": Stop.LENGTH,
    "content_filter": Stop.FILTERED,
}
_LONGEST_NAME = 64


class Dialect(NamedTuple):
    """Where servers that speak this format differ."""

    is_vendors: bool = True
    """The vendor's own names the limit of tokens anew, and shows the shape to the model."""
    stream: bool = False


class _Part(Heard):
    text: str = ""


class _Function(Heard):
    arguments: str | None = None


class _ToolCall(Heard):
    function: _Function = _Function()


class _Said(Heard):
    """A whole message, or what an event adds to one."""

    content: str | tuple[_Part, ...] | None = None
    refusal: str | None = None
    tool_calls: tuple[_ToolCall, ...] | None = None


class _Choice(Heard):
    message: _Said | None = None
    delta: _Said | None = None
    finish_reason: str | None = None


class _Cached(Heard):
    cached_tokens: int | None = None


class _Usage(Heard):
    prompt_tokens: int = 0
    completion_tokens: int | None = None
    prompt_tokens_details: _Cached | None = None


class _Fault(Heard):
    message: str | None = None


class _Completion(Heard):
    """One answer, or one event of a stream of them."""

    choices: tuple[_Choice, ...] | None = None
    usage: _Usage | None = None
    answered_by: str | None = Field(default=None, alias="model")
    error: _Fault | str | None = None


def body_of(request: Request, name: str, dialect: Dialect) -> dict[str, Any]:
    """`request` as this format writes it."""
    body: dict[str, Any] = {"model": name, "messages": _messages(request, dialect)}
    body["max_completion_tokens" if dialect.is_vendors else "max_tokens"] = request.max_tokens
    if request.temperature is not None:
        body["temperature"] = float(request.temperature)
    if dialect.stream:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    if request.shape is not None:
        body |= _held_to(request.shape, request)
    return body


def _messages(request: Request, dialect: Dialect) -> list[dict[str, str]]:
    messages = request.messages
    is_shown = dialect.is_vendors and request.means in {"schema", "tool"}
    if request.shape is not None and not is_shown:
        messages = with_shape_said(messages, request.shape)
    return [{"role": one.role, "content": one.text} for one in joined(messages)]


def _held_to(shape: Shape, request: Request) -> dict[str, Any]:
    name = shape.name[:_LONGEST_NAME]
    match request.means:
        case "schema":
            schema = {"name": name, "strict": True, "schema": shape.schema}
            return {"response_format": {"type": "json_schema", "json_schema": schema}}
        case "tool":
            function = {"name": name, "strict": True, "parameters": shape.schema}
            return {
                "tools": [{"type": "function", "function": function}],
                "tool_choice": {"type": "function", "function": {"name": name}},
            }
        case "json":
            return {"response_format": {"type": "json_object"}}
        case "prose":
            return {}


def reply_of(body: bytes, request: Request | None) -> Reply:
    """The reply that `body` holds, streamed or not.

    Raises:
        BadReply: when it holds none.
        ModelError: when it stops before its end, or tells of a failure.
    """
    if is_stream(body):
        return _streamed(body, request)
    completion = heard(body, _Completion)
    if not completion.choices:
        raise _nothing_said(completion, body)
    choice = completion.choices[0]
    said = choice.message or _Said()
    refusal = said.refusal or ""
    answer = _Answer(_text(said), refusal, choice.finish_reason, completion.usage)
    return _reply(answer, completion.answered_by, request, body)


class _Answer(NamedTuple):
    """What one answer comes to, however it was sent."""

    text: str = ""
    refusal: str = ""
    finish: str | None = None
    usage: _Usage | None = None


def _streamed(body: bytes, request: Request | None) -> Reply:
    so_far, name = _Answer(), None
    for event in events(body, _Completion):
        if event.error is not None:
            raise _nothing_said(event, body)
        name = event.answered_by or name
        choice = event.choices[0] if event.choices else _Choice()
        said = choice.delta or _Said()
        so_far = _Answer(
            so_far.text + _text(said),
            so_far.refusal + (said.refusal or ""),
            choice.finish_reason or so_far.finish,
            event.usage or so_far.usage,
        )
    if so_far.finish is None:
        raise cut_off()
    return _reply(so_far, name, request, body)


def _reply(said: _Answer, name: str | None, request: Request | None, body: bytes) -> Reply:
    stop = Stop.REFUSED if said.refusal else STOPS.get(said.finish or "", Stop.OTHER)
    text = said.refusal or said.text
    return Reply(text, stop, _usage(said.usage, text, request), body, name or "")


def _text(said: _Said) -> str:
    if said.tool_calls:
        return said.tool_calls[0].function.arguments or ""
    if isinstance(said.content, tuple):
        return "".join(part.text for part in said.content)
    return said.content or ""


def _usage(usage: _Usage | None, text: str, request: Request | None) -> Usage:
    if usage is None:
        return Usage(tokens_asked(request), tokens_in(text))
    details = usage.prompt_tokens_details
    cached = min((details and details.cached_tokens) or 0, usage.prompt_tokens)
    written = tokens_in(text) if usage.completion_tokens is None else usage.completion_tokens
    return Usage(usage.prompt_tokens - cached, written, cache_read=cached)


def _nothing_said(completion: _Completion, body: bytes) -> LorewrightError:
    if completion.error is not None:
        error = completion.error
        said = (error if isinstance(error, str) else error.message) or "no reason given"
        return ModelError(f"the server failed: {said[:300]}", fault="server", again=True)
    if completion.choices is None:
        said = "the server's answer is not of its protocol: it has no choices"
        return BadReply(said, fault="other_protocol", raw=body)
    return BadReply("the server's answer holds no reply", fault="empty", raw=body)
