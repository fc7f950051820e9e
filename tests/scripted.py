"""An asker that recites answers written beforehand, for tests of verbs."""

import json
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from lorewright.llms import Abilities, Call, Purpose, Reply, Request, Stop, Usage
from lorewright.records import LanguageModel

MODEL = LanguageModel(provider="scripted", name="script")

Answers = Iterable[str] | Callable[[Request, Purpose], str]


class ScriptedAsker:
    """Gives the next answer of a script, or what a function makes of the request."""

    def __init__(self, answers: Answers, *, asks_again: int = 2) -> None:
        self._answers = answers if callable(answers) else _next_of(answers)
        self.model = MODEL.ref
        self.can = Abilities(means=("schema", "prose"))
        self.most_tokens = 2048
        self.temperature: Decimal | None = Decimal("0.5")
        self.asks_again = asks_again
        self.asked: list[tuple[Request, Purpose]] = []
        self.discarded: list[bytes] = []

    async def call(self, request: Request, purpose: Purpose) -> Call:
        """Answer, and remember what was asked."""
        self.asked.append((request, purpose))
        text = self._answers(request, purpose)
        key = request.fingerprint
        reply = Reply(text, Stop.END, Usage(10, 10), raw=text.encode(), model="script")
        return Call(reply, Decimal("0.001"), key)

    async def discard(self, keys: Sequence[bytes]) -> None:
        """Remember which calls led nowhere."""
        self.discarded += keys


def _next_of(answers: Iterable[str]) -> Callable[[Request, Purpose], str]:
    script = iter(answers)
    return lambda _request, _purpose: next(script)


def said(**values: Any) -> str:
    """An answer as a model would give it."""
    return json.dumps(values)
