"""A chat model that lives in the test: it counts what it is asked and fails as it is told."""

import asyncio
from collections import Counter
from collections.abc import Callable
from decimal import Decimal

from builders import a_language_model
from lorewright.errors import EndpointError, ModelError
from lorewright.llms import Abilities, Message, Purpose, Reply, Request, Stop, Usage
from lorewright.records import Document

Script = Callable[[int], Reply | ModelError | EndpointError]
"""From the number of the attempt, counted from 0, to what becomes of it."""


def a_request(question: str = "How often?", *, max_tokens: int = 100) -> Request:
    return Request((Message("user", question),), max_tokens=max_tokens)


def a_purpose(about: Document, name: str = "analyze/content", draw: int = 0) -> Purpose:
    return Purpose(name, (about.ref,), draw)


def a_reply(text: str = "Once a week.", *, stop: Stop = Stop.END, output: int = 10) -> Reply:
    return Reply(text, stop, Usage(20, output), raw=text.encode(), model="teacher-1-2030")


def fails(fault: str, *, again: bool = True, wait_s: float | None = None) -> ModelError:
    return ModelError(f"the server was {fault}", fault=fault, again=again, wait_s=wait_s)


class FakeChat:
    """Answers after a moment, with what a script says."""

    def __init__(self, script: Script = lambda _attempt: a_reply(), *, wait_s: float = 0.0) -> None:
        self.record = a_language_model()
        self.can = Abilities(means=("schema", "prose"))
        self.asked = Counter[bytes]()
        self.under_way = 0
        self.most_at_once = 0
        self.is_closed = False
        self.began = asyncio.Event()
        self._script = script
        self._wait_s = wait_s

    @property
    def attempts(self) -> int:
        """Attempts that were made."""
        return self.asked.total()

    async def complete(self, request: Request) -> Reply:
        number = self.attempts
        self.asked[request.fingerprint] += 1
        self.under_way += 1
        self.began.set()
        self.most_at_once = max(self.most_at_once, self.under_way)
        try:
            await asyncio.sleep(self._wait_s)
            outcome = self._script(number)
            if isinstance(outcome, Reply):
                return outcome
            raise outcome
        finally:
            self.under_way -= 1

    async def close(self) -> None:
        self.is_closed = True


class FlatPricer:
    """So much per token of a reply, and the most of a request."""

    def __init__(self, per_token: str = "0.001") -> None:
        self._per_token = Decimal(per_token)

    def worst(self, request: Request) -> Decimal:
        return self._per_token * (20 + request.max_tokens)

    def cost(self, usage: Usage, model_name: str) -> Decimal:
        assert model_name.startswith("teacher-1")
        return self._per_token * sum(usage)


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)
