"""Verdicts from records: sheets with known effects."""

import json
from typing import Any

import pytest

from flows.proved import Proved, as_lines, locked_contest, rules
from lorewright.evaluate.proof import ProofArm
from lorewright.evaluate.proof.sequential import watch_order
from lorewright.flows.naming import newest
from lorewright.records import ProofVerdict, ScenarioPurpose
from lorewright.settings import PROFILES
from lorewright.store import Store, Workspace


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
