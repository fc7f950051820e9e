"""An asker that calls a chat model and nothing else, and small things to ask about."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from lorewright.errors import ModelError
from lorewright.llms import (
    Answer,
    Call,
    ChatModel,
    Message,
    Purpose,
    Rendered,
    Request,
    ask,
    fenced,
    shape_of,
)
from lorewright.llms.anthropic import AnthropicModel
from lorewright.llms.endpoint import Endpoint
from lorewright.llms.loopback import Loopback, Rehearsal
from lorewright.llms.openai import OpenAiModel
from lorewright.records import Prompt

T = TypeVar("T")

PROTOCOLS = ("openai", "anthropic")
PURPOSE = Purpose("tests/ask", ())
PASSAGE = """# On savings

Put a tenth of every payment aside before you spend the rest of it. Whoever waits until the end of
the month finds nothing left to put aside.

A reserve of three months of expenses comes before any investment! Only then does it make sense to
look at shares, "as the broker calls them", or at funds.

- Rebalance the portfolio once a year and not more often.
- Never sell in a panic, because prices recover more often than they vanish.
"""
PROMPT = Prompt(name="tests/ask", text="# Task\nWrite pairs.")


class Pair(BaseModel):
    """A question, its answer, and what the answer rests on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: Literal["define", "apply"]
    question: str
    answer: str
    quotes: tuple[str, ...] = Field(min_length=1)


class Pairs(BaseModel):
    """Some pairs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pairs: tuple[Pair, ...] = Field(min_length=2, max_length=4)


class StraightAsker:
    """Makes each call once."""

    def __init__(self, chat: ChatModel, *, asks_again: int = 0) -> None:
        self._chat = chat
        self.model = chat.record.ref
        self.can = chat.can
        self.most_tokens = 2048
        self.temperature: Decimal | None = Decimal("0.5")
        self.asks_again = asks_again
        self.calls: list[tuple[Request, Purpose]] = []
        self.discarded: list[bytes] = []

    async def call(self, request: Request, purpose: Purpose) -> Call:
        """Make the call."""
        self.calls.append((request, purpose))
        reply = await self._chat.complete(request)
        return Call(reply, Decimal(0), request.fingerprint)

    async def discard(self, keys: Sequence[bytes]) -> None:
        """Remember what was thrown away; nothing is kept here that could be found again."""
        self.discarded += keys


def a_chat(
    protocol: str, server: Loopback, *, key: str = "", stream: bool = False, timeout_s: float = 20.0
) -> OpenAiModel | AnthropicModel:
    """A client of a rehearsal."""
    return a_chat_at(protocol, server.url, key=key, stream=stream, timeout_s=timeout_s)


def a_chat_at(
    protocol: str, url: str, *, key: str = "", stream: bool = False, timeout_s: float = 20.0
) -> OpenAiModel | AnthropicModel:
    """A client of any server."""
    endpoint = Endpoint(url, variable="SOME_KEY" if key else None, key=key)
    kind = OpenAiModel if protocol == "openai" else AnthropicModel
    return kind("teacher", endpoint, stream=stream, timeout_s=timeout_s)


def a_prompt(passage: str = PASSAGE, task: str = "Write pairs.") -> Rendered:
    said = f"The passage:\n\n{fenced(passage)}"
    messages = (
        Message("system", "You teach."),
        Message("user", said, ends_prefix=True),
        Message("user", task),
    )
    return Rendered(PROMPT, messages)


def a_request(passage: str = PASSAGE, task: str = "Write pairs.", **changes: object) -> Request:
    given: dict[str, object] = {"max_tokens": 2048, "shape": shape_of(Pairs), "means": "schema"}
    return Request(a_prompt(passage, task).messages, **(given | changes))  # pyright: ignore[reportArgumentType] - what a test names


def asked(
    protocol: str,
    rehearsal: Rehearsal,
    *,
    asks_again: int = 0,
    stream: bool = False,
    timeout_s: float = 20.0,
    key: str = "",
) -> Answer[Pairs]:
    """One question put to a rehearsal."""

    async def put(server: Loopback) -> Answer[Pairs]:
        chat = a_chat(protocol, server, stream=stream, timeout_s=timeout_s, key=key)
        try:
            asker = StraightAsker(chat, asks_again=asks_again)
            return await ask(asker, a_prompt(), Pairs, PURPOSE)
        finally:
            await chat.close()

    return with_server(rehearsal, put)


def with_server(rehearsal: Rehearsal, work: Callable[[Loopback], Awaitable[T]]) -> T:
    """What `work` gives while a rehearsal is served."""

    async def run() -> T:
        async with Loopback(rehearsal) as server:
            return await work(server)

    return asyncio.run(run())


def fault_of(error: BaseException) -> str:
    """The key of what went wrong; `endpoint` when no call can succeed."""
    return error.fault if isinstance(error, ModelError) else "endpoint"
