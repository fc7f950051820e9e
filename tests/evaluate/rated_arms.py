"""Scenarios and the answers of arms, for tests of judging, ranking and sheets."""

from collections.abc import Callable, Iterable

from every_kind import a_scenario
from lorewright.evaluate.answers import AnswerLine
from lorewright.evaluate.judging.cases import Answered, answered
from lorewright.records import Scenario

ARMS = ("neutral-control", "prompted-base", "tuned")
BASE = "Qwen3-8B"
"""What the base model is called; no rater may read it."""


def some_scenarios(count: int, *, turns: int = 1) -> list[Scenario]:
    return [
        a_scenario(
            f"s-{number:03}",
            *(f"Message {turn} of client {number}." for turn in range(turns)),
            family=f"f-{number // 2}",
        )
        for number in range(count)
    ]


def says(arm: str, scenario: str, turn: int) -> str:
    """An answer that tells arms apart for tests and says no name."""
    voice = {"neutral-control": "Plainly", "prompted-base": "Surely", "tuned": "Warmly"}[arm]
    return f"{voice} put, for {scenario} in turn {turn}: count the months."


def lines_of(
    arm: str,
    scenarios: Iterable[Scenario],
    *,
    failing: Callable[[str, int], bool] = lambda _scenario, _turn: False,
) -> list[AnswerLine]:
    return [
        AnswerLine(one.scenario_id, turn, 0, None, 0, "failed", "the server was down")
        if failing(one.scenario_id, turn)
        else AnswerLine(one.scenario_id, turn, 0, says(arm, one.scenario_id, turn), 9, "end", None)
        for one in scenarios
        for turn in range(len(one.messages))
    ]


def some_arms(scenarios: Iterable[Scenario], *arms: str) -> dict[str, Answered]:
    asked = list(scenarios)
    return {arm: answered(lines_of(arm, asked)) for arm in arms or ARMS}
