"""Everything that can go wrong by name, so that a rehearsal can have it happen."""

import json
from typing import NamedTuple

from lorewright.llms.loopback.asked import Protocol
from lorewright.llms.loopback.spoiling import SPOILERS


class Failing(NamedTuple):
    """An answer that is none: a status and the words that come with it, as both formats have it."""

    status: int
    kind: str
    """What Anthropic calls it."""
    message: str
    code: str | None = None
    """What OpenAI calls it, where that differs."""


FAILING: dict[str, Failing] = {
    "rate_limited": Failing(429, "rate_limit_error", "slow down", "rate_limit_exceeded"),
    "rate_limited_until": Failing(429, "rate_limit_error", "wait a little", "rate_limit_exceeded"),
    "rate_limited_by_tokens": Failing(429, "rate_limit_error", "too fast", "tokens"),
    "quota_exhausted": Failing(
        429, "billing_error", "you exceeded your current quota", "insufficient_quota"
    ),
    "no_credit": Failing(400, "invalid_request_error", "your credit balance is too low"),
    "overloaded": Failing(529, "overloaded_error", "overloaded"),
    "unavailable": Failing(503, "overloaded_error", "the server is starting"),
    "server_error": Failing(500, "api_error", "something broke", "server_error"),
    "bad_gateway": Failing(502, "api_error", "nobody answered behind the gateway"),
    "gateway_timeout": Failing(504, "timeout_error", "the gateway gave up"),
    "wrong_key": Failing(401, "authentication_error", "this key opens nothing", "invalid_api_key"),
    "forbidden": Failing(403, "permission_error", "this key may not use the model"),
    "model_unknown": Failing(404, "not_found_error", "no such model", "model_not_found"),
    "bad_request": Failing(400, "invalid_request_error", "something is off with the request"),
    "no_temperature": Failing(
        400, "invalid_request_error", "'temperature' does not support 0.5 with this model"
    ),
    "no_schema_support": Failing(
        400, "invalid_request_error", "response_format json_schema and output_config are unknown"
    ),
    "too_long_a_prompt": Failing(
        400, "invalid_request_error", "the prompt is longer than the context length allows",
        "context_length_exceeded",
    ),
    "request_too_large": Failing(413, "request_too_large", "the request is too large"),
}  # fmt: skip
"""Faults that have a status of their own."""

TRANSPORT: dict[str, str] = {
    "reset": "the connection is reset before a word is said",
    "reset_mid_body": "the connection is reset in the midst of the answer",
    "short_body": "the answer ends before the length that was announced",
    "stream_cut": "a streamed answer ends politely before its last event",
    "error_in_stream": "a streamed answer turns into an error",
    "invalid_utf8": "the answer has bytes that are no UTF-8",
    "huge": "the answer has more than 10 MB",
    "slow": "the answer takes for ever",
    "not_json": "the answer is a page of HTML",
    "other_protocol": "the answer is JSON of another protocol",
    "no_choices": "the answer holds no reply",
    "error_in_200": "an error comes with the status of success",
    "redirect": "the answer is somewhere else",
    "echoed_key": "the server repeats the key that it was sent",
}
"""Faults of the way that an answer is sent."""

FAULTS: dict[str, str] = {
    **{name: f"{one.status}: {one.message}" for name, one in FAILING.items()},
    **TRANSPORT,
    **dict.fromkeys(SPOILERS, "the words of the answer are off"),
}
"""Every fault by its name, and what it is."""


def failing_body(protocol: Protocol, fault: Failing) -> bytes:
    """What the server of `protocol` says when it fails that way."""
    if protocol == "anthropic":
        error = {"type": fault.kind, "message": fault.message}
        return json.dumps({"type": "error", "error": error}).encode()
    error = {"message": fault.message, "type": fault.kind, "code": fault.code}
    return json.dumps({"error": error}).encode()
