"""The way an answer is sent, and all that can go wrong on it."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from aiohttp import web

from lorewright.llms.loopback.asked import Asked
from lorewright.llms.loopback.faults import FAILING, Failing, failing_body
from lorewright.llms.loopback.rehearsal import Rehearsal
from lorewright.llms.loopback.said import Said
from lorewright.llms.loopback.writing import failing_event, streamed, whole

HUGE = 10 * 2**20 + 1
EVENTS = "text/event-stream"


def failed(asked: Asked, fault: Failing, headers: dict[str, str] | None = None) -> web.Response:
    """An answer that says no."""
    return web.Response(
        body=failing_body(asked.protocol, fault),
        status=fault.status,
        content_type="application/json",
        headers=headers,
    )


def failed_by_name(asked: Asked, name: str, rehearsal: Rehearsal) -> web.Response:
    """The failing answer called `name`, with what it is told to wait."""
    wait = rehearsal.retry_after_s
    headers: dict[str, str] = {}
    match name:
        case "rate_limited" | "overloaded":
            headers["Retry-After"] = f"{wait:g}"
        case "rate_limited_until":
            then = datetime.now(UTC) + timedelta(seconds=wait)
            headers["Retry-After"] = format_datetime(then, usegmt=True)
        case "rate_limited_by_tokens" if asked.protocol == "openai":
            headers["x-ratelimit-remaining-tokens"] = "0"
            headers["x-ratelimit-reset-tokens"] = f"{round(1000 * wait)}ms"
        case "rate_limited_by_tokens":
            then = datetime.now(UTC) + timedelta(seconds=wait)
            headers["anthropic-ratelimit-tokens-remaining"] = "0"
            headers["anthropic-ratelimit-tokens-reset"] = then.isoformat()
        case _:
            pass
    return failed(asked, FAILING[name], headers)


def body_of(asked: Asked, said: Said) -> tuple[bytes, str]:
    """The answer as it is sent, and its content type."""
    if asked.stream:
        return b"".join(streamed(asked, said)), EVENTS
    return json.dumps(whole(asked, said), ensure_ascii=False).encode(), "application/json"


async def sent(  # noqa: C901 - one case for each thing that can go wrong
    request: web.Request, asked: Asked, said: Said, fault: str | None, slow_s: float
) -> web.StreamResponse:
    """Send `said`, with what `fault` does to the way it goes."""
    body, kind = body_of(asked, said)
    match fault:
        case "reset":
            _break(request)
            return web.Response(status=500)  # nobody will read it; nothing was answered
        case "reset_mid_body" | "short_body":
            return await _begun(request, body, kind, resets=fault == "reset_mid_body")
        case "slow":
            await asyncio.sleep(slow_s)
        case "stream_cut" if asked.stream:
            body = b"".join(streamed(asked, said)[:-3])
        case "error_in_stream" if asked.stream:
            body = streamed(asked, said)[0] + failing_event(asked)
        case "invalid_utf8":
            body = body[:-2] + b"\xff\xfe" + body[-2:]
        case "huge":
            body = body[:-1] + b" " * HUGE + body[-1:]
        case "redirect":
            return web.Response(status=307, headers={"Location": "http://localhost:9/elsewhere"})
        case _:
            body, kind = _other(body, kind, request, fault)
    return web.Response(body=body, content_type=kind)


def _other(body: bytes, kind: str, request: web.Request, fault: str | None) -> tuple[bytes, str]:
    match fault:
        case "not_json":
            return b"<!doctype html><title>A gateway</title>", "text/html"
        case "other_protocol":
            return b'{"object": "list", "data": []}', "application/json"
        case "no_choices":
            return b'{"model": "loopback", "choices": [], "content": []}', "application/json"
        case "error_in_200":
            error = {"type": "api_error", "message": "something broke"}
            return json.dumps({"type": "error", "error": error}).encode(), "application/json"
        case "echoed_key":
            return body.replace(b"loopback", key_in(request).encode()), kind
        case _:
            return body, kind


def key_in(request: web.Request) -> str:
    """The key that came with `request`, in the header of either format."""
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return request.headers.get("x-api-key", bearer)


async def _begun(
    request: web.Request, body: bytes, kind: str, *, resets: bool
) -> web.StreamResponse:
    """Half an answer, and then the connection is gone."""
    response = web.StreamResponse(headers={"Content-Type": kind})
    response.content_length = len(body)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if resets:
        _break(request)
    elif request.transport is not None:
        request.transport.close()
    return response


def _break(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
