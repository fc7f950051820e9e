"""Thirteen metrics of every arm, beside the advisor's own answers."""

import pytest

from lorewright.evaluate.answers import AnswerLine
from lorewright.evaluate.proof import ProofArm, ProofRules
from lorewright.evaluate.proof.metrics import INDEX, MetricRow, metric_rows
from lorewright.measures.advice import Setting, Target, lexicon
from lorewright.records import Split

KIND = "I hear how anxious you are, and that makes sense. What would help you this week?"
COLD = "Rebalance. The expense ratio matters. See the prospectus."
RULES = ProofRules(permutations=500)


def answered(text: str, *, count: int = 12, turns: int = 1) -> list[AnswerLine]:
    return [
        AnswerLine(f"s-{number}", turn, 0, f"{text} {'More. ' * (number % 3)}", 9, "end")
        for number in range(count)
        for turn in range(turns)
    ]


def rows(*, targets: int = 20, turns: int = 1) -> dict[str, MetricRow]:
    known = lexicon()
    found = metric_rows(
        {ProofArm.TUNED: answered(KIND, turns=turns), ProofArm.PROMPTED: answered(COLD)},
        {(f"s-{n}", turn): Setting(prompt="I worry.") for n in range(12) for turn in range(turns)},
        [Target(KIND, Setting(), Split.TRAIN)] * targets,
        known=known,
        rules=RULES,
    )
    return {row.metric: row for row in found}


def test_every_metric_and_the_index_stand_there_once() -> None:
    found = rows()

    assert len(found) == 14
    assert INDEX in found


def test_the_kind_arm_names_the_emotion_and_comes_nearer_to_the_advisor() -> None:
    emotion = rows()["A1"]
    index = rows()[INDEX]

    assert emotion.means["tuned"] == 1.0
    assert emotion.means["prompted-base"] == 0.0
    assert index.difference is not None
    assert index.difference > 0.2
    assert index.n == 12


def test_p_values_are_adjusted_over_all_that_were_tested() -> None:
    tested = [row for row in rows().values() if row.p_value is not None]

    assert tested
    assert all((row.adjusted or 0) >= (row.p_value or 0) for row in tested)


def test_what_does_not_apply_has_no_value() -> None:
    conflict = rows()["D1"]

    assert conflict.means == {"tuned": None, "prompted-base": None}
    assert (conflict.n, conflict.difference, conflict.p_value) == (0, None, None)


def test_without_targets_there_are_values_and_no_scores() -> None:
    row = rows(targets=0)["B1"]

    assert row.means["tuned"] == pytest.approx(17, abs=2)
    assert row.scores == {"tuned": None, "prompted-base": None}


def test_turns_of_a_scenario_are_one_unit() -> None:
    assert rows(turns=3)["B1"].n == 12


def test_phrases_of_the_advisor_are_learnt_against_the_bare_base() -> None:
    arms = {ProofArm.TUNED: KIND, ProofArm.PROMPTED: COLD, ProofArm.BASE: COLD}
    found = {
        row.metric: row
        for row in metric_rows(
            {arm: answered(text, count=60) for arm, text in arms.items()},
            {(f"s-{number}", 0): Setting(prompt="I worry.") for number in range(60)},
            [Target(KIND, Setting(), Split.TRAIN)] * 20,
            known=lexicon(),
            rules=RULES,
        )
    }

    assert rows()["C1"].means["tuned"] is None
    assert found["C1"].means["prompted-base"] == 0
    assert (found["C1"].means["tuned"] or 0) > 0
