"""Verdicts, driven by rating sheets whose effects are known."""

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluate.sheets import a_sheet, scenario_names
from lorewright.evaluate.proof import (
    Evidence,
    Proof,
    ProofArm,
    ProofFlaw,
    ProofKind,
    ProofRules,
    headline,
    prove,
    reasons_in_words,
)
from lorewright.statistics import Outcome, Rating, Vote

RULES = ProofRules(permutations=2_000)
GAINS = {ProofArm.PROMPTED: 0.0, ProofArm.CONTROL: 0.1, ProofArm.BASE: -0.2}


def proof_of(tuned: float, **sheet: Any) -> Proof:
    return prove(a_sheet({**GAINS, ProofArm.TUNED: tuned}, **sheet), RULES)


def outcomes(proof: Proof) -> list[Outcome]:
    return [gate.outcome for gate in proof.gates]


def test_far_ahead_of_all_and_preferred_is_proven() -> None:
    proof = proof_of(1.2)

    assert proof.kind is ProofKind.PROVEN
    assert outcomes(proof) == [Outcome.MET] * 4
    assert headline(proof).startswith("PROVEN, at least 15 %: on 100 scenarios")
    assert "synthetic" in headline(proof)
    assert not proof.may_be_released
    measured = prove(replace(a_sheet({**GAINS, ProofArm.TUNED: 1.2}), origin="measured"), RULES)
    assert measured.may_be_released
    assert "synthetic" not in headline(measured)


def test_ahead_but_not_by_the_margin_is_better() -> None:
    proof = proof_of(0.45)

    assert proof.kind is ProofKind.BETTER
    assert outcomes(proof) == [*[Outcome.MET] * 3, Outcome.NOT_SHOWN]
    assert "ahead of the prompted base by the margin is not shown" in headline(proof)


def test_what_the_control_does_as_well_is_better_and_not_proven() -> None:
    sheet = a_sheet({ProofArm.PROMPTED: 0.0, ProofArm.CONTROL: 1.2, ProofArm.TUNED: 1.2})
    proof = prove(sheet, RULES)

    assert proof.kind is ProofKind.BETTER
    assert outcomes(proof)[1:] == [Outcome.NOT_SHOWN, Outcome.NOT_TESTED, Outcome.NOT_TESTED]
    assert "ahead of the control is not shown" in headline(proof)


def test_no_effect_is_not_shown_and_shown_to_be_none_is_equivalent() -> None:
    assert proof_of(0.0, scenarios=24).kind is ProofKind.NOT_SHOWN
    same = proof_of(0.0, scenarios=300)
    assert same.kind is ProofKind.EQUIVALENT
    assert "within 0.25 points" in headline(same)


def test_behind_is_worse() -> None:
    proof = proof_of(-0.6, won=0.2)

    assert proof.kind is ProofKind.WORSE
    assert outcomes(proof)[0] is Outcome.NOT_SHOWN


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        (ProofArm.CONTROL, "that it is ahead of the control was not tested"),
        (None, "that it is preferred more often than not was not tested"),
    ],
)
def test_what_was_not_asked_keeps_an_adapter_from_being_proven(
    left_out: ProofArm | None, said: str
) -> None:
    gains = {arm: gain for arm, gain in GAINS.items() if arm is not left_out}
    sheet = a_sheet({**gains, ProofArm.TUNED: 1.2}, won=None if left_out is None else 0.8)

    proof = prove(sheet, RULES)

    assert proof.kind is ProofKind.BETTER
    assert said in headline(proof)
    assert proof.warnings


def test_few_scenarios_prove_nothing_however_large_the_effect() -> None:
    proof = proof_of(2.0, scenarios=15, won=1.0)

    assert outcomes(proof) == [Outcome.MET] * 4
    assert proof.kind is ProofKind.BETTER
    assert "fewer than 20 scenarios prove nothing" in headline(proof)
    assert "these are 15" in proof.warnings[0]
    assert "50 are usual" in proof_of(1.2, scenarios=30).warnings[0]


def test_a_rehearsal_never_proves() -> None:
    sheet = replace(a_sheet({**GAINS, ProofArm.TUNED: 1.2}), origin="rehearsed")
    proof = prove(sheet, RULES)

    assert proof.kind is ProofKind.BETTER
    assert "a rehearsal proves nothing" in headline(proof)
    assert not proof.may_be_released


@pytest.mark.parametrize("missing", [ProofArm.TUNED, ProofArm.PROMPTED])
def test_without_one_of_the_two_arms_it_is_invalid(missing: ProofArm) -> None:
    gains = {arm: gain for arm, gain in {**GAINS, ProofArm.TUNED: 1.0}.items() if arm != missing}
    proof = prove(a_sheet(gains), RULES)

    assert proof.kind is ProofKind.INVALID
    assert headline(proof).startswith("INVALID (missing-arm)")
    assert missing in proof.flaws[0].sentence


def test_flaws_found_elsewhere_outweigh_everything() -> None:
    sheet = a_sheet({**GAINS, ProofArm.TUNED: 1.2})
    leaked = ProofFlaw("leaked", "1 of 100 scenarios shares 13 words with what was trained on")
    proof = prove(replace(sheet, flaws=(leaked,)), RULES)

    assert proof.kind is ProofKind.INVALID
    assert "INVALID (leaked)" in headline(proof)
    assert f"leaked: {leaked.sentence}" in [*reasons_in_words(proof)]


def changed(sheet: Evidence, arm: ProofArm, value: Any) -> Evidence:
    """The same with `value(rating)` for every rating of an arm."""
    ratings = tuple(
        one._replace(value=value(one)) if one.arm == arm else one for one in sheet.ratings
    )
    return replace(sheet, ratings=ratings)


def four(_rating: Rating) -> float:
    return 4.0


def three(_rating: Rating) -> float:
    return 3.0


def test_the_same_ratings_or_one_number_apart_are_invalid() -> None:
    sheet = a_sheet({**GAINS, ProofArm.TUNED: 0.0})
    base = {
        (r.scenario, r.rater, r.dimension): r.value
        for r in sheet.ratings
        if r.arm == "prompted-base"
    }

    def as_base(rating: Rating) -> float:
        return base[rating.scenario, rating.rater, rating.dimension]

    same = prove(changed(sheet, ProofArm.TUNED, as_base), RULES)
    flat = changed(changed(sheet, ProofArm.TUNED, four), ProofArm.PROMPTED, three)

    assert [flaw.name for flaw in same.flaws] == ["no-difference"]
    assert [flaw.name for flaw in prove(flat, RULES).flaws] == ["one-number"]
    assert same.kind is prove(flat, RULES).kind is ProofKind.INVALID


def test_half_the_judgements_missing_is_invalid_and_a_few_are_counted() -> None:
    sheet = a_sheet({**GAINS, ProofArm.TUNED: 1.2})
    half = set(scenario_names(50))

    def without(names: set[str]) -> Evidence:
        kept = tuple(
            one for one in sheet.ratings if one.arm != ProofArm.TUNED or one.scenario not in names
        )
        return replace(sheet, ratings=kept, failed={"the judge refused": len(names)})

    bad, good = prove(without(half), RULES), prove(without(set(scenario_names(3))), RULES)

    assert [flaw.name for flaw in bad.flaws] == ["too-much-missing"]
    assert "50 of 100 scenarios" in bad.flaws[0].sentence
    assert good.kind is ProofKind.PROVEN
    assert good.base is not None
    assert good.base.n == 97
    assert {one.reason: one.count for one in good.excluded} == {
        "no usable rating of tuned": 3,
        "no judgement came: the judge refused": 3,
    }


def test_ratings_that_are_none_are_left_out_and_counted() -> None:
    sheet = a_sheet({**GAINS, ProofArm.TUNED: 1.2})

    def spoilt(rating: Rating) -> float:
        if rating.scenario == "s000":
            return math.nan
        return 9.0 if rating.scenario == "s001" else rating.value

    proof = prove(changed(sheet, ProofArm.TUNED, spoilt), RULES)

    counts = {one.reason: one.count for one in proof.excluded}
    assert counts["the value is no number"] == 24
    assert counts["the value lies outside 1 to 5"] == 24
    assert proof.kind is ProofKind.PROVEN


def test_a_scenario_that_was_not_asked_is_counted() -> None:
    sheet = a_sheet({**GAINS, ProofArm.TUNED: 1.2})
    proof = prove(replace(sheet, scenarios=(*sheet.scenarios[1:], "s900")), RULES)

    counts = {one.reason: one.count for one in proof.excluded}
    assert counts["rated, and no scenario of this evaluation"] == 1
    assert counts["no usable rating under any arm"] == 1


def test_families_count_as_one_witness() -> None:
    proof = proof_of(1.2, families=12)

    assert proof.base is not None
    assert proof.base.by_family is not None
    assert proof.base.p_value == proof.base.by_family.p_value
    assert any("by families" in one for one in reasons_in_words(proof))
    assert proof.base.p_margin is not None
    assert proof.base.is_by_the_margin
    assert proof.base.p_margin != proof.base.margin.p_value
    same = proof_of(0.0, scenarios=300, families=30)
    assert same.kind is ProofKind.EQUIVALENT
    few = proof_of(1.2, families=5)
    assert any("only 5 families" in one for one in few.warnings)


def test_all_ties_are_said_and_stop_the_order() -> None:
    sheet = a_sheet({**GAINS, ProofArm.TUNED: 1.2})
    ties = tuple(vote._replace(preference=0) for vote in sheet.votes)
    proof = prove(replace(sheet, votes=ties), RULES)

    assert proof.kind is ProofKind.BETTER
    assert "no scenario prefers one of the two answers; 100 are ties" in [*reasons_in_words(proof)]


def test_parity_is_a_ratio_with_an_interval() -> None:
    proof = prove(a_sheet({**GAINS, ProofArm.TUNED: 1.2, ProofArm.REFERENCE: 1.2}), RULES)

    assert proof.parity is not None
    assert proof.parity.estimate == pytest.approx(1.0, abs=0.05)
    assert any("of the reference" in one and "met" in one for one in reasons_in_words(proof))


def test_dimensions_hold_together_by_holm() -> None:
    proof = proof_of(1.2)

    assert len(proof.dimensions) == 8
    assert all(row.is_shown for row in proof.dimensions)
    assert all(
        row.adjusted is not None and row.result is not None and row.adjusted >= row.result.p_value
        for row in proof.dimensions
    )
    assert not any(row.is_shown for row in proof_of(-0.6, won=0.2).dimensions)


def test_one_rater_is_enough_to_be_computed() -> None:
    sheet = a_sheet({**GAINS, ProofArm.TUNED: 1.2})
    alone = tuple(one for one in sheet.ratings if one.rater == "ann")
    votes = tuple(Vote(one, "ann", 1) for one in sheet.scenarios)

    assert prove(replace(sheet, ratings=alone, votes=votes), RULES).kind is ProofKind.PROVEN


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), tuned=st.floats(-1, 2), scenarios=st.integers(2, 40))
def test_a_verdict_always_comes_with_words_and_claims_no_more_than_its_gates(
    seed: int, tuned: float, scenarios: int
) -> None:
    proof = proof_of(tuned, scenarios=scenarios, seed=seed)

    assert headline(proof).count(".") >= 1
    assert all(reasons_in_words(proof))
    if proof.kind is ProofKind.PROVEN:
        assert outcomes(proof) == [Outcome.MET] * 4
        assert scenarios >= RULES.fewest
    if proof.kind in {ProofKind.BETTER, ProofKind.WORSE}:
        assert proof.base is not None
        assert proof.base.p_value is not None
        assert proof.base.p_value <= RULES.alpha
    if proof.kind is ProofKind.INVALID:
        assert proof.flaws
