"""A request as the server understands it, in whichever format it came."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Literal

from lorewright.llms.said_shapes import INTRODUCTION

Protocol = Literal["openai", "anthropic"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    protocol: Protocol
    name: str
    prompt: str
    """Everything that any side has said, one after the other."""
    schema: dict[str, Any] | None
    """What the answer must be, however that was said."""
    means: str
    """How the server is held to it: `schema`, `tool`, `json` or `prose`."""
    max_tokens: int
    stream: bool
    digest: str
    """The first 16 hexadecimal digits of the SHA-256 of the body."""
    attempt: int = 1
    """How often the very same request has come, this time included."""


def asked_of(protocol: Protocol, body: bytes) -> Asked:
    """The request in `body`.

    Raises:
        ValueError: when it is none.
    """
    said: Any = json.loads(body)
    try:
        blocks = [*_blocks(said.get("system", ())), *_blocks_of_all(said["messages"])]
        prompt = "\n\n".join(blocks)
        means, schema = _held(said)
        limit = said.get("max_completion_tokens") or said.get("max_tokens") or 4096
        return Asked(
            protocol,
            str(said["model"]),
            prompt,
            schema or _said_in_words(prompt),
            means,
            int(limit),
            bool(said.get("stream")),
            hashlib.sha256(body).hexdigest()[:16],
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"the body is no request: {error!r}") from error


def _blocks(content: Any) -> list[str]:
    return [content] if isinstance(content, str) else [str(one.get("text", "")) for one in content]


def _blocks_of_all(messages: Any) -> list[str]:
    return [block for message in messages for block in _blocks(message["content"])]


def _held(said: Any) -> tuple[str, dict[str, Any] | None]:
    """How an answer is held to a shape, and the shape if it stands in the request."""
    if config := said.get("output_config"):
        return "schema", config["format"]["schema"]
    if tools := said.get("tools"):
        tool = tools[0]
        return "tool", tool.get("input_schema") or tool["function"]["parameters"]
    form = said.get("response_format")
    if form is None:
        return "prose", None
    if form["type"] == "json_schema":
        return "schema", form["json_schema"]["schema"]
    return "json", None


def _said_in_words(prompt: str) -> dict[str, Any] | None:
    _, found, after = prompt.partition(f"{INTRODUCTION}\n")
    if not found:
        return None
    schema: dict[str, Any] = json.JSONDecoder().raw_decode(after)[0]
    return schema
