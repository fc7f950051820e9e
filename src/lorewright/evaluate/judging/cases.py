"""What is judged: each answer of each arm, and each pair of arms in both orders.

Whatever cannot be judged is said as well, since a judgement that was asked for is counted.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from lorewright.evaluate.answers import AnswerLine
from lorewright.records import Scenario


class Exchange(NamedTuple):
    """One message of the person, and what was answered."""

    message: str
    answer: str | None
    """None where no answer came."""


class Case(NamedTuple):
    """One answer before its judge."""

    scenario: Scenario
    arm: str
    """Not shown to anybody who rates."""
    generation: int
    turn: int
    before: tuple[Exchange, ...]
    """The conversation up to the answer, as it went with this arm."""
    message: str
    answer: str | None
    """None where no answer came, so that nothing can be judged."""


class Pair(NamedTuple):
    """Two arms on one scenario in one order; the other order is another pair."""

    scenario: Scenario
    first: str
    second: str
    shown_first: tuple[Exchange, ...]
    shown_second: tuple[Exchange, ...]

    @property
    def is_whole(self) -> bool:
        """Whether both arms answered every message."""
        both = (*self.shown_first, *self.shown_second)
        return all(one.answer is not None for one in both)


Answered = Mapping[tuple[str, int, int], str | None]
"""By scenario, turn and generation, the answers of one arm."""


def answered(lines: Iterable[AnswerLine]) -> Answered:
    """The answers of one arm, to look them up."""
    return {(line.scenario, line.turn, line.generation): line.text for line in lines}


def conversation(scenario: Scenario, answers: Answered, generation: int) -> tuple[Exchange, ...]:
    """How a scenario went with one arm."""
    return tuple(
        Exchange(message, answers.get((scenario.scenario_id, turn, generation)))
        for turn, message in enumerate(scenario.messages)
    )


def cases_of(scenarios: Sequence[Scenario], arms: Mapping[str, Answered]) -> Iterator[Case]:
    """Every answer that was asked for, by scenario, arm, generation and turn."""
    generations = {
        arm: sorted({generation for _, _, generation in answers}) or [0]
        for arm, answers in arms.items()
    }
    for scenario in scenarios:
        for arm in sorted(arms):
            for generation in generations[arm]:
                went = conversation(scenario, arms[arm], generation)
                for turn, exchange in enumerate(went):
                    yield Case(
                        scenario, arm, generation, turn, went[:turn], exchange.message,
                        exchange.answer,
                    )  # fmt: skip


def pairs_of(
    scenarios: Sequence[Scenario],
    arms: Mapping[str, Answered],
    pairs: Iterable[tuple[str, str]],
) -> Iterator[Pair]:
    """Both orders of each pair of arms on each scenario, by the first generation of each."""
    for ours, theirs in pairs:
        for scenario in scenarios:
            went = {arm: conversation(scenario, arms[arm], 0) for arm in (ours, theirs)}
            for first, second in ((ours, theirs), (theirs, ours)):
                yield Pair(scenario, first, second, went[first], went[second])
