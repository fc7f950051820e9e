"""Answers are looked at before anybody's opinion of them counts."""

from collections.abc import Callable

import pytest

from lorewright.evaluate.answers import AnswerLine
from lorewright.evaluate.proof import ProofArm
from lorewright.evaluate.proof.checks import find_flaws
from lorewright.measures import Leak

ARMS = (ProofArm.BASE, ProofArm.PROMPTED, ProofArm.CONTROL, ProofArm.TUNED)


def lines(
    say: Callable[[int], str | None], *, count: int = 20, stop: str = "end"
) -> list[AnswerLine]:
    return [
        AnswerLine(
            f"s-{number:02}",
            0,
            0,
            say(number),
            5,
            stop if say(number) is not None else "failed",
            None if say(number) is not None else "no room",
        )
        for number in range(count)
    ]


def of_all(**changed: list[AnswerLine]) -> dict[ProofArm, list[AnswerLine]]:
    usual = {arm: lines(lambda number, arm=arm: f"{arm} says {number}.") for arm in ARMS}
    return usual | {ProofArm[name]: found for name, found in changed.items()}


def names(answers: dict[ProofArm, list[AnswerLine]], **more: object) -> list[str]:
    told = {"promised": ARMS, **more}
    return [flaw.name for flaw in find_flaws(answers, **told)]  # pyright: ignore[reportArgumentType] # by name


def test_sound_answers_have_no_flaw() -> None:
    assert names(of_all()) == []


@pytest.mark.parametrize("arm", ARMS)
def test_an_arm_without_answers_is_missing(arm: ProofArm) -> None:
    answers = of_all()
    del answers[arm]

    assert names(answers)[0] == "missing-arm"


def test_one_different_answer_makes_an_adapter_live() -> None:
    base = lines(lambda number: f"base says {number}.")
    nearly = lines(lambda number: f"base says {number}." if number else "Mine.")

    assert names(of_all(TUNED=base)) == ["not-live"]
    assert names(of_all(TUNED=nearly)) == []


def test_cut_answers_are_a_flaw_from_one_in_ten_on() -> None:
    def some(cut: int) -> list[AnswerLine]:
        return [
            one._replace(stop="length") if number < cut else one
            for number, one in enumerate(lines(lambda number: f"It depends on {number}."))
        ]

    assert names(of_all(TUNED=some(1))) == []
    assert names(of_all(TUNED=some(2))) == ["cut-answers"]
    assert names(of_all(BASE=some(20))) == []


def test_failures_are_counted_with_their_reason() -> None:
    found = find_flaws(
        of_all(CONTROL=lines(lambda number: None if number % 2 else f"Well, {number}.")),
        promised=ARMS,
    )

    assert [flaw.name for flaw in found] == ["failed-answers"]
    assert found[0].sentence == (
        "10 of 20 answers of neutral-control failed, most often because no room"
    )


def test_an_arm_that_failed_everywhere_is_told_once() -> None:
    assert names(of_all(PROMPTED=lines(lambda _number: None))) == ["failed-answers"]


def test_leaks_are_counted_by_scenario_and_rule() -> None:
    leaks = [Leak(rule, "s-1", "example:1", "") for rule in ("long-run", "contained")]

    (flaw,) = find_flaws(of_all(), promised=ARMS, leaks=leaks)

    assert flaw == ("leaked", "1 scenarios stand in what was trained on (contained 1, long-run 1)")


def test_reciting_is_a_flaw_of_the_tuned_arm() -> None:
    target = "Check the oil of every pump once a week and write down the hour."
    recited = lines(lambda number: f"{target} {number}.")

    assert names(of_all(TUNED=recited), targets=[target]) == ["recited"]
    assert names(of_all(PROMPTED=recited), targets=[target]) == []
