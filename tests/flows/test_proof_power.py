"""What so many scenarios can show, from sheets whose effects are known."""

from typing import Any

import pytest

from evaluate.sheets import a_sheet
from lorewright.evaluate.proof import Evidence, Proof, ProofArm, ProofRules, prove
from lorewright.flows.proof_power import power_rows
from lorewright.statistics import pairs_for

FAST = ProofRules(permutations=200)


def proof_of(tuned: float, **sheet: Any) -> tuple[Proof, Evidence]:
    gains = {ProofArm.PROMPTED: 0.0, ProofArm.CONTROL: 0.1, ProofArm.TUNED: tuned}
    evidence = a_sheet(gains, **sheet)
    return prove(evidence, FAST), evidence


def test_the_smallest_effect_is_the_one_that_so_many_scenarios_are_planned_for() -> None:
    proof, _ = proof_of(0.5)
    assert proof.base is not None
    assert proof.base.result is not None
    sd = proof.base.result.sd

    rows = {row.test: row for row in power_rows(proof)}

    ahead = rows["ahead of the prompted base"]
    points = float((ahead.four_in_five or "").split()[0])
    assert pairs_for(points, sd, power=0.8) == pytest.approx(100, abs=5)
    assert float((ahead.nine_in_ten or "").split()[0]) > points
    assert (rows["by the margin of 15 %"].four_in_five or "").startswith("a gain of ")
    assert "%" in (rows["preferred"].four_in_five or "")


def test_where_nothing_varies_or_was_tested_there_is_no_power() -> None:
    proof, _ = proof_of(0.5, scenarios=1, won=None)

    assert power_rows(proof) == ()
