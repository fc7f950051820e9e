"""The system that one wants to come close to, asked through the port of the teachers."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import chain

from lorewright.errors import ModelError
from lorewright.evaluate.answers import AnswerLine
from lorewright.evaluate.asking import Order
from lorewright.flows.teaching import Allowed, Prospect, Quote, asked_of, open_teacher
from lorewright.jobs import Progress, Watch
from lorewright.jobs.work import Forecast
from lorewright.llms import Asker, Message, Purpose, Request, Stop
from lorewright.records import Scenario, Turn
from lorewright.settings import Settings
from lorewright.store import Store

PURPOSE = "evaluate/reference"
CHARACTERS_A_TOKEN = 4
FEWEST_TOKENS = 40
"""Of a short answer."""


class Reference:
    """A language model that answers the scenarios; its calls are kept, so none is made twice.

    Args:
        store: where.
        settings: the table of the teacher, for everything but the name.
        name: the language model, as `plug-in:name`.
        tokens: the most tokens of an answer.
        temperature: as the other arms have it; one that takes none is left alone.
        max_cost: the most that it may cost in US dollars; None takes what the settings say.

    Raises:
        UsageError: when it is no name of a language model, or its price is not known.
        EndpointError: when it cannot be opened.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        name: str,
        *,
        tokens: int,
        temperature: Decimal = Decimal(0),
        max_cost: Decimal | None = None,
    ) -> None:
        self._store = store
        self._settings = asked_of(settings, name)
        self._allowed = Allowed(max_cost)
        self._tokens = tokens
        self._temperature = temperature
        self._prospect = Prospect(store, self._settings.teacher)
        self.language_model = self._prospect.asker.model

    def quote(self, scenarios: Sequence[Scenario], before: tuple[Turn, ...], order: Order) -> Quote:
        """What asking takes, before the first call.

        What was answered and paid for before is not taken off. Of the earlier answers of a
        conversation, which are read again with each turn, half of the most tokens are expected.
        """
        calls = characters = shared = 0
        known = sum(len(turn.text) for turn in before)
        for scenario in scenarios:
            read = known
            for turn, said in enumerate(scenario.messages):
                shared += read if turn else known
                read += len(said)
                calls += 1
                characters += read
                read += self._tokens * CHARACTERS_A_TOKEN // 2
        forecast = Forecast(
            PURPOSE,
            calls * order.generations,
            characters * order.generations,
            shared * order.generations,
            (min(FEWEST_TOKENS, self._tokens), self._tokens),
        )
        limit = self._settings.teacher.max_cost_usd
        return replace(
            self._prospect.quote([forecast]),
            limit=limit if self._allowed.max_cost is None else self._allowed.max_cost,
        )

    def answer(
        self, scenarios: Sequence[Scenario], before: tuple[Turn, ...], order: Order, watch: Watch
    ) -> Iterator[AnswerLine]:
        """Every answer, in no order that means anything.

        Raises:
            UsageError: when it costs money and has no limit.
            BudgetReached: when the limit is reached; what was answered is found again.
            EndpointError: when the endpoint cannot be used at all.
        """
        yield from asyncio.run(self._all(scenarios, before, order, watch))

    async def _all(
        self, scenarios: Sequence[Scenario], before: tuple[Turn, ...], order: Order, watch: Watch
    ) -> list[AnswerLine]:
        async with open_teacher(self._store, self._settings, self._allowed) as asker:

            async def one(scenario: Scenario, generation: int) -> list[AnswerLine]:
                lines = await self._through(asker, scenario, before, generation)
                watch(Progress("reference", len(lines), 0))
                return lines

            found = await asyncio.gather(
                *(
                    one(scenario, generation)
                    for scenario in scenarios
                    for generation in range(order.generations)
                )
            )
        return [*chain.from_iterable(found)]

    async def _through(
        self, asker: Asker, scenario: Scenario, before: tuple[Turn, ...], generation: int
    ) -> list[AnswerLine]:
        """One scenario, turn by turn; an answer that fails ends it."""
        messages = [Message(turn.role, turn.text) for turn in before]
        lines: list[AnswerLine] = []
        failure: str | None = None
        for turn, said in enumerate(scenario.messages):
            messages.append(Message("user", said))
            if failure is None:
                line = await self._turn(asker, scenario, messages, turn, generation)
            else:
                line = _failed(scenario, turn, generation, failure)
            lines.append(line)
            if line.text is None:
                failure = "an earlier turn of the scenario failed"
            elif line.text.strip():
                messages.append(Message("assistant", line.text))
            else:
                failure = "an earlier turn of the scenario was answered empty"
        return lines

    async def _turn(
        self,
        asker: Asker,
        scenario: Scenario,
        messages: Sequence[Message],
        turn: int,
        generation: int,
    ) -> AnswerLine:
        temperature = None if asker.temperature is None else self._temperature
        request = Request(tuple(messages), max_tokens=self._tokens, temperature=temperature)
        try:
            call = await asker.call(request, Purpose(PURPOSE, (), generation))
        except ModelError as error:
            return _failed(scenario, turn, generation, error.sentence)
        reply = call.reply
        if reply.stop not in {Stop.END, Stop.LENGTH}:
            return _failed(scenario, turn, generation, f"the answer was {reply.stop.value}")
        stop = "end" if reply.stop is Stop.END else "length"
        return AnswerLine(
            scenario.scenario_id, turn, generation, reply.text, reply.usage.output, stop
        )


def _failed(scenario: Scenario, turn: int, generation: int, why: str) -> AnswerLine:
    return AnswerLine(scenario.scenario_id, turn, generation, None, 0, "failed", why)
