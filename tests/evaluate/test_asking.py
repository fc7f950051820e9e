"""Scenarios are asked turn by turn, each with its own history."""

from collections.abc import Sequence
from typing import NamedTuple

from every_kind import a_scenario
from lorewright.evaluate.asking import Order, answer_batch, batches_of
from lorewright.records import Turn

ORDER = Order(generations=1, batch=2, seed=7)


class Said(NamedTuple):
    text: str | None
    tokens: int = 1
    stop: str = "end"
    failure: str | None = None


class Speaker:
    """Answers with the number of turns it heard, and fails where it is told to."""

    def __init__(self, *, fails: str = "", silent: str = "") -> None:
        self.heard: list[list[list[str]]] = []
        self.draws: list[int] = []
        self._fails, self._silent = fails, silent

    def __call__(self, conversations: Sequence[Sequence[Turn]], draw: int) -> list[Said]:
        self.heard.append([[turn.text for turn in one] for one in conversations])
        self.draws.append(draw)
        return [self._said(one) for one in conversations]

    def _said(self, turns: Sequence[Turn]) -> Said:
        if turns[-1].text == self._fails:
            return Said(None, 0, "failed", "no room")
        return Said("" if turns[-1].text == self._silent else f"answer {len(turns)}")


def test_later_turns_build_on_what_the_arm_said_before() -> None:
    speaker = Speaker()
    before = (Turn(role="system", text="Be kind."),)

    lines = list(answer_batch([a_scenario("s-1", "One?", "Two?")], before, ORDER, speak=speaker))

    assert speaker.heard == [
        [["Be kind.", "One?"]],
        [["Be kind.", "One?", "answer 2", "Two?"]],
    ]
    assert [(line.turn, line.text) for line in lines] == [(0, "answer 2"), (1, "answer 4")]


def test_scenarios_of_other_lengths_go_together_as_far_as_they_go() -> None:
    speaker = Speaker()

    lines = list(
        answer_batch(
            [a_scenario("s-1", "One?"), a_scenario("s-2", "A?", "B?")], (), ORDER, speak=speaker
        )
    )

    assert [len(heard) for heard in speaker.heard] == [2, 1]
    assert len(lines) == 3


def test_what_failed_or_said_nothing_cannot_go_on_and_says_so() -> None:
    speaker = Speaker(fails="One?", silent="A?")
    batch = [a_scenario("s-1", "One?", "Two?"), a_scenario("s-2", "A?", "B?")]

    lines = {line[:2]: line for line in answer_batch(batch, (), ORDER, speak=speaker)}

    assert lines["s-1", 0].failure == "no room"
    assert lines["s-1", 1].failure == "an earlier turn of the scenario failed"
    assert lines["s-2", 0].text == ""
    assert lines["s-2", 1].failure == "an earlier turn of the scenario is empty"
    assert len(speaker.heard) == 1


def test_each_generation_draws_for_itself_and_the_same_another_time() -> None:
    first, again = Speaker(), Speaker()
    order = Order(generations=3, batch=2, seed=7)

    lines = list(answer_batch([a_scenario("s-1", "One?")], (), order, speak=first))
    list(answer_batch([a_scenario("s-1", "One?")], (), order, speak=again))

    assert [line.generation for line in lines] == [0, 1, 2]
    assert len({*first.draws}) == 3
    assert first.draws == again.draws


def test_batches_hold_every_scenario_once_in_the_same_order_whatever_the_input() -> None:
    found = [a_scenario(f"s-{number}", "x" * (9 - number) + "?") for number in range(5)]

    batches = list(batches_of(found, ORDER))

    assert [len(batch) for batch in batches] == [2, 2, 1]
    assert batches == list(batches_of(reversed(found), ORDER))
    assert batches[0][0].scenario_id == "s-4"
