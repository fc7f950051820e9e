"""Having answers rated by judges: in which calls, by whom, and what is kept of it.

A judge rates every answer of every arm, and prefers one of two in both orders. All that one judge
says in one evaluation is one record. Each call is kept as soon as it is answered, so a run that
was cut off asks nothing twice.
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from lorewright.evaluate.dimensions import Profile, profile
from lorewright.evaluate.judging import (
    PREFER,
    RATE,
    Case,
    NotJudged,
    Pair,
    Preferred,
    Rated,
    cases_of,
    family_of,
    pairs_of,
    prefer,
    rate,
    shown_case,
    shown_pair,
)
from lorewright.evaluate.rating_lines import PREFERENCE, RatingLine, VoteLine, write_lines
from lorewright.flows.answered import Field, field_of
from lorewright.flows.current import step_of
from lorewright.jobs import Forecast, WaitingPiece, WaitingPrepared
from lorewright.lineage import Ref
from lorewright.llms import Asker, Rendered, load_prompt
from lorewright.llms.overhearing import Overhearing
from lorewright.records import LanguageModel, Ratings, Record, RejectedCount
from lorewright.store import Store, memo_key

T = TypeVar("T")

OUTPUT_TOKENS = (40, 90)
"""What a reason and a value are likely to take."""


class JudgingChoice(BaseModel):
    """What a judge is asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answers: tuple[Ref, ...]
    """Of every arm, in the order of their names."""
    profile: str
    pairs: tuple[tuple[str, str], ...] = ()
    """Arms between which it chooses, in both orders."""
    draw: int = 0
    """Another number asks everything afresh."""
    retry: int = 0
    """Another number asks once more for what did not come, and pays for nothing that did."""


class JudgeAnswers:
    """The step in which one judge rates the answers of several arms.

    Args:
        store: where.
        asker: asks the judge.
        choice: the answers, the dimensions and the pairs.
        advisor: what the judge is told about the advisor.
        prompts: a folder with the operator's own prompts.
    """

    def __init__(
        self,
        store: Store,
        asker: Asker,
        choice: JudgingChoice,
        *,
        advisor: str = "",
        prompts: Path | None = None,
    ) -> None:
        self._store = store
        self._asker = Overhearing(asker)
        self._choice = choice
        self._advisor = advisor
        self._profile: Profile = profile(choice.profile)
        self._rate, self._prefer = load_prompt(RATE, prompts), load_prompt(PREFER, prompts)
        store.put(self._rate, self._prefer)
        self.step = step_of(
            store,
            "rate",
            judge=asker.model,
            prompt=self._rate.ref,
            preference=self._prefer.ref,
            temperature=str(asker.temperature),
            profile=choice.profile,
            advisor=advisor,
            pairs=", ".join(f"{ours}:{theirs}" for ours, theirs in choice.pairs),
            draw=str(choice.draw),
            retry=str(choice.retry),
        )

    def shards(self) -> Iterable[tuple[str, ...]]:
        """One: what a judge says in one evaluation is kept together."""
        yield tuple(map(str, self._choice.answers))

    def pieces(self, shard: tuple[str, ...]) -> Iterable[WaitingPiece]:
        """The one piece, which makes all calls."""
        answers = tuple(map(Ref.parse, shard))
        yield WaitingPiece(f"{len(answers)} arms", lambda: self._begin(answers))

    def forecasts(self) -> Iterable[Forecast]:
        """The calls, unless this judge has rated these answers."""
        if self._memo() is not None:
            return
        field = field_of(self._store, self._choice.answers)
        cases = [one for one in self._cases(field) if one.answer is not None]
        pairs = [one for one in self._pairs(field) if one.is_whole]
        many = len(self._profile.dimensions)
        yield from _forecast(
            RATE, (shown_case(one, self._profile, self._rate, self._advisor) for one in cases), many
        )
        yield from _forecast(
            PREFER, (shown_pair(one, self._prefer, self._advisor) for one in pairs), 1
        )

    def made(self) -> Ratings | None:
        """What this judge said, if it was asked."""
        made = self._memo()
        return self._store.get(made[0], Ratings) if made else None

    def _memo(self) -> list[Ref] | None:
        step = self.step
        return self._store.memo(
            memo_key(step.name, code=step.code, inputs=self._choice.answers, recipe=step.recipe)
        )

    def _begin(self, answers: tuple[Ref, ...]) -> WaitingPrepared:
        async def work() -> Iterable[Record]:
            return [await self._judged(field_of(self._store, answers))]

        return WaitingPrepared(answers, work)

    def _cases(self, field: Field) -> list[Case]:
        return list(cases_of(field.scenarios, field.arms))

    def _pairs(self, field: Field) -> list[Pair]:
        return list(pairs_of(field.scenarios, field.arms, self._choice.pairs))

    async def _judged(self, field: Field) -> Ratings:
        cases, pairs = self._cases(field), self._pairs(field)
        asker, told, draw = self._asker, self._advisor, self._choice.draw
        outcomes = await _together(
            rate(one, self._profile, asker=asker, prompt=self._rate, advisor=told, draw=draw)
            for one in cases
        )
        choices = await _together(
            prefer(one, asker=asker, prompt=self._prefer, advisor=told, draw=draw) for one in pairs
        )
        failed = Counter(one.why for one in (*outcomes, *choices) if isinstance(one, NotJudged))
        ratings = [
            line
            for case, outcome in zip(cases, outcomes, strict=True)
            if isinstance(outcome, Rated)
            for line in _lines(case, outcome)
        ]
        votes = [
            _vote(pair, choice)
            for pair, choice in zip(pairs, choices, strict=True)
            if isinstance(choice, Preferred)
        ]
        return self._record(field, ratings, votes, len(cases) + len(pairs), failed)

    def _record(
        self,
        field: Field,
        ratings: Sequence[RatingLine],
        votes: Sequence[VoteLine],
        requested: int,
        failed: Counter[str],
    ) -> Ratings:
        judge = self._store.get(self._asker.model, LanguageModel)
        name = f"{judge.provider}:{judge.name}"
        kept, chosen = self._store.put_blobs(write_lines(ratings), write_lines(votes))
        return Ratings(
            rater=name,
            by="judge",
            family=family_of(name),
            origin="rehearsed" if self._asker.rehearses else "measured",
            requested=requested,
            accepted=requested - failed.total(),
            failed=tuple(
                RejectedCount(reason=why, count=count) for why, count in sorted(failed.items())
            ),
            ratings=kept,
            votes=chosen,
            made_from=(
                *field.answers,
                self._rate.ref,
                *((self._prefer.ref,) if self._choice.pairs else ()),
                self._asker.model,
                self.step.recipe,
            ),
        )


async def _together(calls: Iterable[Coroutine[None, None, T]]) -> list[T]:
    """Make all calls; whoever makes them decides how many are under way.

    When one ends the run the others are let go, and that one error is raised.
    """
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(call) for call in calls]
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return [task.result() for task in tasks]


def _lines(case: Case, rated: Rated) -> Iterable[RatingLine]:
    for dimension, said in rated.values.items():
        yield RatingLine(
            scenario=case.scenario.scenario_id,
            family=case.scenario.family,
            arm=case.arm,
            dimension=dimension,
            generation=case.generation,
            turn=case.turn,
            repeat=0,
            value=said.value,
            reason=said.reason,
        )


def _vote(pair: Pair, choice: Preferred) -> VoteLine:
    meant = {"first": pair.first, "second": pair.second}
    return VoteLine(
        scenario=pair.scenario.scenario_id,
        first=pair.first,
        second=pair.second,
        preferred=meant.get(choice.choice, choice.choice),
        question=PREFERENCE,
        repeat=0,
        reason=choice.reason,
    )


def _forecast(purpose: str, shown: Iterable[Rendered], reasons: int) -> Iterable[Forecast]:
    """The calls of one prompt; what every one of them begins with may be cached."""
    calls = characters = shared = 0
    seen: set[str] = set()
    for one in shown:
        prefix = _prefix(one)
        calls += 1
        characters += sum(len(message.text) for message in one.messages)
        shared += len(prefix) if prefix in seen else 0
        seen.add(prefix)
    if calls:
        least, most = (tokens * reasons for tokens in OUTPUT_TOKENS)
        yield Forecast(purpose, calls, characters, shared, (least, most))


def _prefix(shown: Rendered) -> str:
    last = max((at for at, one in enumerate(shown.messages, 1) if one.ends_prefix), default=0)
    return "".join(message.text for message in shown.messages[:last])
