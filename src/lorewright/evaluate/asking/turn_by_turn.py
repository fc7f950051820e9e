"""One arm through all scenarios, turn by turn; what it said before is its own history."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from lorewright.evaluate.answers import AnswerLine
from lorewright.records import Scenario, Turn


class Said(Protocol):
    """What an arm said to one conversation."""

    @property
    def text(self) -> str | None:
        """None where it failed."""
        ...

    @property
    def tokens(self) -> int:
        """Of the answer."""
        ...

    @property
    def stop(self) -> str:
        """`end`, `length` or `failed`."""
        ...

    @property
    def failure(self) -> str | None:
        """Why it failed."""
        ...


Speak = Callable[[Sequence[Sequence[Turn]], int], Sequence[Said]]
"""Answers conversations together; the number decides what is drawn, if anything is."""


@dataclass(frozen=True, slots=True)
class Order:
    """How scenarios are asked."""

    generations: int
    batch: int
    seed: int


def batches_of(scenarios: Iterable[Scenario], order: Order) -> Iterator[tuple[Scenario, ...]]:
    """Scenarios that are answered together, alike in length, always the same ones."""
    ready = sorted(
        scenarios,
        key=lambda one: (len(one.messages), sum(map(len, one.messages)), one.scenario_id),
    )
    for start in range(0, len(ready), order.batch):
        yield tuple(ready[start : start + order.batch])


def answer_batch(
    batch: Sequence[Scenario], before: tuple[Turn, ...], order: Order, *, speak: Speak
) -> Iterator[AnswerLine]:
    """Every answer to a batch, each generation through all of its turns.

    A scenario whose answer fails, or is empty, cannot go on: its later turns have failed too.
    """
    for generation in range(order.generations):
        yield from _Conversations(batch, before, order.seed, generation, speak).lines()


class _Conversations:
    """A batch under way: what was said in each, and which cannot go on."""

    def __init__(
        self,
        batch: Sequence[Scenario],
        before: tuple[Turn, ...],
        seed: int,
        generation: int,
        speak: Speak,
    ) -> None:
        self._batch, self._speak = batch, speak
        self._seed, self._generation = seed, generation
        self._histories = {one.scenario_id: before for one in batch}
        self._stopped: dict[str, str] = {}

    def lines(self) -> Iterator[AnswerLine]:
        for turn in range(max(len(one.messages) for one in self._batch)):
            asked = [one for one in self._batch if turn < len(one.messages)]
            for one in asked:
                if why := self._stopped.get(one.scenario_id):
                    yield self._line(one, turn, _Failed(why))
            going = [one for one in asked if one.scenario_id not in self._stopped]
            if going:
                yield from self._turn(going, turn)

    def _turn(self, going: Sequence[Scenario], turn: int) -> Iterator[AnswerLine]:
        for one in going:
            self._say(one, Turn(role="user", text=one.messages[turn]))
        draw = _draw(self._seed, going[0].scenario_id, turn, self._generation)
        told = [self._histories[one.scenario_id] for one in going]
        for one, said in zip(going, self._speak(told, draw), strict=True):
            yield self._line(one, turn, said)
            if said.text is None:
                self._stopped[one.scenario_id] = "an earlier turn of the scenario failed"
            elif not said.text.strip():
                self._stopped[one.scenario_id] = "an earlier turn of the scenario is empty"
            else:
                self._say(one, Turn(role="assistant", text=said.text))

    def _say(self, one: Scenario, turn: Turn) -> None:
        self._histories[one.scenario_id] = (*self._histories[one.scenario_id], turn)

    def _line(self, one: Scenario, turn: int, said: Said) -> AnswerLine:
        return AnswerLine(
            one.scenario_id,
            turn,
            self._generation,
            said.text,
            said.tokens,
            said.stop,
            said.failure,
        )


class _Failed(NamedTuple):
    failure: str
    text: None = None
    tokens: int = 0
    stop: str = "failed"


def _draw(seed: int, scenario: str, turn: int, generation: int) -> int:
    digest = hashlib.sha256(f"{seed} {scenario} {turn} {generation}".encode()).digest()
    return int.from_bytes(digest[:6])
