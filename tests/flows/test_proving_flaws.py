"""What forbids a claim, and what is left out and counted."""

import math

import pytest

from flows.proved import Proved, as_lines, flawed, locked_contest
from lorewright.errors import BadRecord
from lorewright.evaluate.proof import ProofArm
from lorewright.measures import Leak
from lorewright.records import Scenario, Split
from lorewright.store import Store, Workspace, examples


def test_identical_outputs_are_not_live(proved: Proved) -> None:
    same = proved.answers(lambda _arm, one: f"About {one.scenario_id}: rest first.")

    verdict = flawed(proved, "not-live", "same-as-base", "same-as-control", answers=same)

    assert any("all 60 answers" in one for one in verdict.sentences)


def test_answers_copied_from_the_reference_are_found(workspace: Workspace, store: Store) -> None:
    proved = locked_contest(workspace, store)
    arms = (*ProofArm,)
    answers = proved.answers(
        lambda arm, one: (
            f"{'both' if arm in {ProofArm.TUNED, ProofArm.REFERENCE} else arm} say of "
            f"{one.scenario_id} that it will pass."
        ),
        arms=arms,
    )

    flawed(proved, "copied-answers", answers=answers)


@pytest.mark.parametrize(
    ("says", "flaw"),
    [
        ("Take a deep breath.", "constant-answers"),
        ("  ", "empty-answers"),
        (None, "failed-answers"),
        ("{} is heard.", None),
    ],
)
def test_broken_answers_of_the_tuned_arm_forbid_a_claim(
    proved: Proved, says: str | None, flaw: str | None
) -> None:
    def say(arm: ProofArm, one: Scenario) -> str | None:
        if arm is not ProofArm.TUNED:
            return f"{arm} says of {one.scenario_id} this."
        return says.format(one.scenario_id) if says else says

    answers = proved.answers(say)
    proved.rate(1.2, answers)

    verdict = proved.prove(answers)

    assert (flaw in verdict.flaws) if flaw else (verdict.flaws == ())


def test_broken_answers_of_a_rival_forbid_a_claim_as_well(proved: Proved) -> None:
    answers = proved.answers(
        lambda arm, one: "No." if arm is ProofArm.PROMPTED else f"{arm} says {one.scenario_id}."
    )

    verdict = flawed(proved, "constant-answers", answers=answers)

    assert any(one.startswith("constant-answers: prompted-base") for one in verdict.sentences)


def test_reciting_the_training_targets_is_found(proved: Proved) -> None:
    target = next(iter(examples(proved.store, proved.contest.dataset, Split.TRAIN)))
    recited = " ".join([target.turns[-1].text] * 3)
    answers = proved.answers(
        lambda arm, one: (
            f"{one.scenario_id}. {recited}"
            if arm is ProofArm.TUNED
            else f"{arm} {one.scenario_id}."
        )
    )
    proved.rate(1.2, answers)

    verdict = proved.prove(answers)

    assert len(target.turns[-1].text.split()) >= 8
    assert verdict.flaws == ("recited",)


def test_arms_that_were_asked_something_else_forbid_a_claim(proved: Proved) -> None:
    answers = proved.answers()
    answers |= proved.answers(arms=[ProofArm.CONTROL], scenarios=proved.scenarios[:40])

    verdict = flawed(proved, "unequal-scenarios", answers=answers)

    assert any("neutral-control lacks 20" in one for one in verdict.sentences)


@pytest.mark.parametrize("arm", [ProofArm.TUNED, ProofArm.PROMPTED, ProofArm.CONTROL])
def test_an_arm_that_was_promised_and_is_missing_forbids_a_claim(
    proved: Proved, arm: ProofArm
) -> None:
    answers = proved.answers(arms=[one for one in proved.contest.arms if one is not arm])

    flawed(proved, "missing-arm", answers=answers)


def test_scenarios_that_training_gives_away_forbid_a_claim(proved: Proved) -> None:
    leak = Leak("long-run", "s-001", "example:1", "they share 13 words in a row")

    verdict = flawed(proved, "leaked", answers=proved.answers(), leaks=(leak,))

    assert "leaked: 1 scenarios stand in what was trained on (long-run 1)" in verdict.sentences


def test_one_rater_is_enough_to_decide_and_is_said(proved: Proved) -> None:
    answers = proved.answers()
    proved.rate(1.2, answers, raters=("ann",))

    verdict = proved.prove(answers)

    assert verdict.verdict == "proven"
    assert any("one rater" in one for one in verdict.sentences)
    assert proved.numbers(verdict)["agreement"] == []


def test_all_ties_leave_the_preference_untested(proved: Proved) -> None:
    answers = proved.answers()
    proved.rate(1.2, answers, won=-1)

    verdict = proved.prove(answers)

    assert verdict.verdict == "better"
    assert any("60 are ties" in one for one in verdict.sentences)


def test_ratings_that_are_all_the_same_show_no_difference(proved: Proved) -> None:
    answers = proved.answers()
    proved.rate(1.2, answers, value=lambda _one, _arm, _value: 3.0)

    assert proved.prove(answers).flaws == ("no-difference",)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (math.nan, "the value is no number"),
        (9.0, "the value lies outside 1 to 5"),
        (None, "the rater could not tell"),
    ],
)
def test_values_that_cannot_be_used_are_left_out_and_counted(
    proved: Proved, bad: float | None, reason: str
) -> None:
    answers = proved.answers()
    proved.rate(
        1.2,
        answers,
        value=lambda one, arm, value: (
            bad if (one.scenario_id, arm) == ("s-003", ProofArm.TUNED) else value
        ),
    )

    verdict = proved.prove(answers)

    counts = {one["reason"]: one["count"] for one in proved.numbers(verdict)["excluded"]}
    assert verdict.verdict == "proven"
    assert counts[reason] == 24
    assert counts["no usable rating of tuned"] == 1


def test_too_many_of_them_forbid_a_claim(proved: Proved) -> None:
    answers = proved.answers()
    half = {one.scenario_id for one in proved.scenarios[::2]}
    proved.rate(
        1.2,
        answers,
        failing=30,
        value=lambda one, _arm, value: None if one.scenario_id in half else value,
    )

    verdict = proved.prove(answers)

    counts = {one["reason"]: one["count"] for one in proved.numbers(verdict)["excluded"]}
    assert verdict.flaws == ("too-much-missing",)
    assert counts["no judgement came: refused"] == 90


def test_nobody_rated_is_invalid_and_no_crash(proved: Proved) -> None:
    verdict = proved.prove(proved.answers())

    assert verdict.verdict == "invalid"
    assert verdict.flaws == ("missing-arm",)


def test_ratings_of_another_contest_and_older_ones_are_left_out(proved: Proved) -> None:
    answers = proved.answers()
    other = proved.answers(lambda arm, one: f"{arm}, elsewhere, {one.scenario_id}.")
    proved.rate(-1.0, {**answers, ProofArm.TUNED: other[ProofArm.TUNED]})
    proved.rate(-1.0, answers, raters=("ann",))
    proved.rate(1.2, answers)

    verdict = proved.prove(answers)

    counts = {one["reason"]: one["count"] for one in proved.numbers(verdict)["excluded"]}
    assert verdict.verdict == "proven"
    assert counts["ratings of another contest"] == 3
    assert counts["ratings that their rater made anew"] == 1


def test_lines_that_are_no_ratings_are_refused_with_their_place(proved: Proved) -> None:
    answers = proved.answers()
    (sheet, *_) = proved.rate(1.2, answers)
    bad = sheet.model_copy(
        update={"ratings": proved.store.put_blob(as_lines([{"scenario": 1}])), "rater": "dora"}
    )
    proved.store.put(bad)

    with pytest.raises(BadRecord, match="line 1 of the ratings") as refused:
        proved.prove(answers)
    assert refused.value.where is not None
    assert refused.value.where.endswith("rater dora")
