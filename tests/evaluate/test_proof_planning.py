"""The table before the run, held to numbers that were computed elsewhere."""

import pytest

from lorewright.evaluate.proof import ProofRules
from lorewright.evaluate.proof.planning import plan_for
from lorewright.statistics import Spread, power_of


def test_margins_preferences_and_raters_need_what_is_known() -> None:
    found = plan_for(ProofRules(), 100)

    assert [row.for_eighty for row in found.margins] == [1269, 319, 116, 53, 21]
    assert [row.gain for row in found.margins] == [0.18, 0.21, 0.25, 0.3, 0.4]
    assert {row.share: row.for_eighty for row in found.preferences}[0.65] == 92
    assert [row.for_eighty for row in found.raters] == [72, 55, 50, 46, 43]
    assert [round(row.sd, 2) for row in found.raters] == [1.25, 1.09, 1.04, 0.99, 0.95]
    by_fifteen = [row for row in found.differences if row.difference == pytest.approx(0.42)]
    assert [(row.for_eighty, row.for_ninety) for row in by_fifteen] == [
        (24, 32), (31, 41), (39, 51), (47, 62), (72, 96),
    ]  # fmt: skip


def test_the_reach_is_the_smallest_difference_with_that_power() -> None:
    for one in plan_for(ProofRules(), 64).reach:
        assert power_of(64, one.eighty, one.sd) >= 0.8
        assert power_of(64, one.eighty - 0.002, one.sd) < 0.8
        assert one.eighty < one.ninety


@pytest.mark.parametrize(("count", "said"), [(10, "nothing is proven"), (30, "50 are usual")])
def test_few_scenarios_are_warned_of(count: int, said: str) -> None:
    (warning,) = plan_for(ProofRules(), count).warnings

    assert said in warning


def test_two_scenarios_are_planned_without_a_crash() -> None:
    assert plan_for(ProofRules(), 2).reach[0].eighty > 4


def test_other_margins_and_assumptions_change_the_table() -> None:
    rules = ProofRules.model_validate({"over_base": "0.05", "preferred": "0.9"})
    found = plan_for(rules, 100, base_mean=3.0, spread=Spread(raters=1))

    assert found.margins[0].gain == pytest.approx(0.08)
    assert found.preferences[-1].share == 0.9
    assert found.margins[0].for_eighty > plan_for(rules, 100).margins[0].for_eighty
