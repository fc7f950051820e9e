"""Verdicts from records: sheets with known effects, and everything that forbids a claim."""

import json
import math
from typing import Any

import pytest

from flows.proved import Proved, as_lines, locked_contest, rules
from lorewright.errors import BadRecord
from lorewright.evaluate.proof import ProofArm
from lorewright.evaluate.proof.lock import CHANGED, read_lock
from lorewright.evaluate.proof.sequential import watch_order
from lorewright.flows.locking import Locked, lock_contest
from lorewright.flows.naming import newest
from lorewright.measures import Leak
from lorewright.records import ProofVerdict, Scenario, ScenarioPurpose, Split
from lorewright.settings import PROFILES
from lorewright.store import Store, Workspace, examples


@pytest.fixture
def proved(workspace: Workspace, store: Store) -> Proved:
    return locked_contest(workspace, store)


def test_far_ahead_and_preferred_is_proven_and_synthetic(proved: Proved) -> None:
    answers = proved.answers()
    proved.rate(1.2, answers)

    verdict = proved.prove(answers)

    assert (verdict.verdict, verdict.origin, verdict.flaws) == ("proven", "synthetic", ())
    assert verdict.deviations == ()
    assert "synthetic" in verdict.headline
    assert proved.locked.record.ref in verdict.made_from
    assert {one.ref for one in answers.values()} <= {*verdict.made_from}
    assert newest(proved.store, ProofVerdict) == verdict.ref


@pytest.mark.parametrize(
    ("tuned", "won", "kind"),
    [(0.45, 0.8, "better"), (0.1, 0.5, "not shown"), (-0.7, 0.2, "worse")],
)
def test_every_other_kind_of_verdict_comes_from_its_effect(
    proved: Proved, tuned: float, won: float, kind: str
) -> None:
    answers = proved.answers()
    proved.rate(tuned, answers, won=won, seed=3)

    assert proved.prove(answers).verdict == kind


def test_the_same_for_enough_scenarios_is_equivalent(workspace: Workspace, store: Store) -> None:
    proved = locked_contest(workspace, store, scenarios=300)
    answers = proved.answers()
    proved.rate(0.0, answers, won=0.5, seed=3)

    assert proved.prove(answers).verdict == "equivalent"


def test_a_rehearsed_judge_never_proves(proved: Proved) -> None:
    answers = proved.answers()
    proved.rate(1.2, answers, origin="rehearsed")

    verdict = proved.prove(answers)

    assert (verdict.verdict, verdict.origin) == ("better", "rehearsed")
    assert "a rehearsal proves nothing" in verdict.headline


def test_one_made_up_sheet_makes_the_whole_synthetic(proved: Proved) -> None:
    answers = proved.answers()
    proved.rate(1.2, answers, raters=("ann",), origin="measured")
    proved.rate(1.2, answers, raters=("ben",), origin="synthetic")

    assert proved.prove(answers).origin == "synthetic"


def test_with_few_scenarios_nothing_is_proven(workspace: Workspace, store: Store) -> None:
    proved = locked_contest(workspace, store, scenarios=19)
    answers = proved.answers()
    proved.rate(2.0, answers, won=1.0)

    verdict = proved.prove(answers)

    assert verdict.verdict == "better"
    assert "fewer than 20" in verdict.headline


def flawed(proved: Proved, *flaws: str, **more: Any) -> ProofVerdict:
    answers = more.pop("answers")
    proved.rate(1.2, answers)
    verdict = proved.prove(answers, **more)
    assert verdict.verdict == "invalid"
    assert set(flaws) <= set(verdict.flaws), verdict.flaws
    return verdict


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


def test_an_adapter_that_was_not_promised_breaks_the_claim(proved: Proved) -> None:
    other = proved.made.adapter.model_copy(update={"steps": 31})
    proved.store.put(other)

    verdict = flawed(proved, CHANGED, answers=proved.answers(adapter=other))

    (found,) = verdict.deviations
    assert (found.what, found.promised, found.found) == (
        "contest.tuned",
        proved.contest.tuned.ref,
        other.ref,
    )


def with_promise(proved: Proved, **contest: str) -> Proved:
    """The same under a lock that promised something else."""
    promise = proved.locked.promise
    changed = promise.model_copy(update={"contest": promise.contest.model_copy(update=contest)})
    record = proved.locked.record.model_copy(update={"text": changed.as_toml()})
    proved.store.put(record)
    path = proved.locked.path
    path.write_text(record.text, encoding="utf-8")
    return proved._replace(locked=Locked(record, read_lock(record.text), path))


def test_another_dataset_than_the_promised_one_breaks_the_claim(proved: Proved) -> None:
    changed = with_promise(proved, root="0" * 64)

    verdict = flawed(changed, CHANGED, answers=changed.answers())

    assert [one.what for one in verdict.deviations] == ["contest.root"]


@pytest.mark.parametrize(
    ("now", "what"),
    [
        ({"over_base": "0.05"}, "rules.over_base"),
        ({"alpha": "0.10"}, "rules.alpha"),
        ({"dimensions": "criteria"}, "rules.dimensions"),
        ({"purpose": "deliberation"}, "rules.purpose"),
        ({"stop": "sequential"}, "rules.stop"),
    ],
)
def test_other_rules_than_the_promised_ones_break_the_claim(
    proved: Proved, now: dict[str, Any], what: str
) -> None:
    verdict = flawed(proved, CHANGED, answers=proved.answers(), settings=rules(**now))

    assert [one.what for one in verdict.deviations] == [what]


def test_what_no_claim_rests_on_may_change_and_is_told(proved: Proved) -> None:
    answers = proved.answers()
    proved.rate(1.2, answers)

    verdict = proved.prove(answers, settings=rules(seed=8, raters=("ann",)))

    assert verdict.verdict == "proven"
    assert [one.what for one in verdict.deviations] == ["rules.raters", "rules.seed"]
    assert "not as promised: rules.seed was 7 and is 8" in verdict.sentences


def test_raters_that_were_not_promised_are_told(workspace: Workspace, store: Store) -> None:
    proved = locked_contest(workspace, store, settings=rules(raters=("ann", "zoe")))
    answers = proved.answers()
    proved.rate(1.2, answers)

    (found,) = proved.prove(answers).deviations

    assert (found.what, found.promised, found.found) == ("raters", "ann, zoe", "ann, ben, cleo")


@pytest.mark.parametrize(
    ("old", "new", "kind", "whats"),
    [
        ("[contest]", "# looked at\n[contest]", "proven", ["file"]),
        ('over_base = "0.15"', 'over_base = "0.01"', "invalid", ["file", "rules.over_base"]),
        ("[contest]", "[contest", "invalid", ["file", "file.content"]),
    ],
)
def test_a_file_that_was_edited_by_hand_is_told(
    proved: Proved, old: str, new: str, kind: str, whats: list[str]
) -> None:
    answers = proved.answers()
    proved.rate(1.2, answers)
    path = proved.locked.path
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    verdict = proved.prove(answers)

    assert verdict.verdict == kind
    assert [one.what for one in verdict.deviations] == whats


def test_a_file_that_is_gone_is_told(proved: Proved) -> None:
    answers = proved.answers()
    proved.rate(1.2, answers)
    proved.locked.path.unlink()

    verdict = proved.prove(answers)

    assert verdict.verdict == "proven"
    assert [(one.what, one.found) for one in verdict.deviations] == [("file", "missing")]


def test_a_sequential_evaluation_may_stop_early(workspace: Workspace, store: Store) -> None:
    proved = locked_contest(workspace, store, scenarios=120, settings=rules(stop="sequential"))
    answers = proved.answers()
    names = [one.scenario_id for one in proved.scenarios]
    seen = {*watch_order(names, seed=7)[:80]}
    sheets = [trimmed(proved, one, seen) for one in proved.rate(1.6, answers, won=0.95)]

    verdict = proved.prove(answers, sheets=sheets)

    counts = {one["reason"]: one["count"] for one in proved.numbers(verdict)["excluded"]}
    assert verdict.verdict == "proven"
    assert any("wherever one stops, on 80 scenarios" in one for one in verdict.sentences)
    assert counts["not rated when it was stopped, as a sequential evaluation may be"] == 40


def trimmed(proved: Proved, sheet: Any, seen: set[str]) -> Any:
    def kept(blob: Any) -> Any:
        rows = map(json.loads, proved.store.blobs.get(blob).splitlines())
        return proved.store.put_blob(as_lines(row for row in rows if row["scenario"] in seen))

    made = sheet.model_copy(update={"ratings": kept(sheet.ratings), "votes": kept(sheet.votes)})
    proved.store.put(made)
    return made


def test_a_second_lock_says_that_answers_came_before_it(proved: Proved) -> None:
    answers = proved.answers()
    proved.rate(1.2, answers)
    again = lock_contest(
        proved.workspace, proved.store, proved.settings, proved.contest, again=True
    )

    verdict = proved._replace(locked=again).prove(answers)

    assert verdict.deviations == ()
    assert any("this is not the first lock of this contest" in one for one in verdict.sentences)


def test_parity_with_a_reference_is_a_ratio_with_its_interval(
    workspace: Workspace, store: Store
) -> None:
    proved = locked_contest(workspace, store)
    answers = proved.answers(arms=(*ProofArm,))
    proved.rate(1.2, answers)

    told = proved.numbers(proved.prove(answers))["parity"]

    assert told["low"] < told["estimate"] < told["high"]
    assert 1.0 < told["estimate"] < 1.4


def test_the_numbers_hold_everything(proved: Proved) -> None:
    answers = proved.answers()
    proved.rate(1.2, answers)

    told = proved.numbers(proved.prove(answers))

    assert told["lock"]["sha256"] == proved.locked.record.sha256
    assert {one["outcome"] for one in told["gates"]} == {"met"}
    assert len(told["contrasts"]["prompted-base"]["table"]) == 60
    assert len(told["dimensions"]) == len(told["agreement"]) == 8
    assert {one["rater"] for one in told["raters"]} == {"ann", "ben", "cleo"}
    assert [one["metric"] for one in told["metrics"]][:2] == ["A1", "A2"]
    assert len(told["metrics"]) == 14
    assert told["power"]["scenarios"] == 60
    assert told["answers"]["tuned"] == {"answers": 60, "unique_ratio": 1.0, "findings": []}
    assert (told["flaws"], told["deviations"], told["watched"]) == ([], [], None)


def test_a_proof_of_deliberation_rests_on_scenarios_of_deliberation(
    workspace: Workspace, store: Store
) -> None:
    proved = locked_contest(
        workspace,
        store,
        of_safety=10,
        purpose=ScenarioPurpose.DELIBERATION,
        settings=rules(purpose="deliberation", dimensions="deliberation"),
    )
    answers = proved.answers()
    proved.rate(1.2, answers)

    verdict = proved.prove(answers)

    told = proved.numbers(verdict)
    assert verdict.verdict == "proven"
    assert told["scenarios"] == 50
    assert {one["name"] for one in told["dimensions"]} == {*PROFILES["deliberation"]}


def test_a_verdict_rests_on_scenarios_of_advice_alone(workspace: Workspace, store: Store) -> None:
    proved = locked_contest(workspace, store, of_safety=10)
    answers = proved.answers()
    proved.rate(1.2, answers)

    told = proved.numbers(proved.prove(answers))

    counts = {one["reason"]: one["count"] for one in told["excluded"]}
    assert proved.locked.promise.asked.count == told["scenarios"] == 50
    assert proved.locked.promise.asked.turns == 60
    assert counts["of a scenario that the verdict does not rest on"] == 10 * 3 * 4 * 8
    assert counts["a vote on a scenario that the verdict does not rest on"] == 2 * 30


def test_no_word_of_an_answer_stays_in_the_numbers(proved: Proved) -> None:
    answers = proved.answers(
        lambda arm, one: f"{arm} of {one.scenario_id} and the Quantzelwick is not"
    )
    answers |= proved.answers(lambda _arm, _one: "Quantzelwick", arms=[ProofArm.TUNED])
    proved.rate(1.2, answers)

    verdict = proved.prove(answers)

    assert verdict.flaws == ("constant-answers",)
    assert b"Quantzelwick" not in proved.store.blobs.get(verdict.numbers)
    assert "Quantzelwick" not in " ".join(verdict.sentences)
