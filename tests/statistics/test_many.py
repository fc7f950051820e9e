"""Many hypotheses: adjusting a family, and testing in a fixed order."""

import importlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lorewright.errors import BadRecord
from lorewright.statistics import Outcome, adjusted, benjamini_hochberg, holm, in_order

multitest: Any = importlib.import_module("statsmodels.stats.multitest")

p_values = st.lists(st.floats(0, 1), min_size=1, max_size=15)


def test_holm_of_the_first_five_hundredths() -> None:
    assert holm([0.01, 0.02, 0.03, 0.04, 0.05]) == pytest.approx([0.05, 0.08, 0.09, 0.09, 0.09])


@given(p_values)
@settings(max_examples=60)
def test_adjusting_agrees_with_statsmodels(raw: list[float]) -> None:
    assert holm(raw) == pytest.approx(multitest.multipletests(raw, method="holm")[1])
    assert benjamini_hochberg(raw) == pytest.approx(
        multitest.multipletests(raw, method="fdr_bh")[1]
    )


@given(p_values, st.data())
@settings(max_examples=60)
def test_no_adjustment_makes_a_p_value_smaller_or_minds_the_order(
    raw: list[float], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(raw))))

    strict, mild = holm(raw), benjamini_hochberg(raw)

    assert all(one >= before for one, before in zip(mild, raw, strict=True))
    assert all(one >= other - 1e-12 for one, other in zip(strict, mild, strict=True))
    assert holm([raw[place] for place in order]) == [strict[place] for place in order]


def test_a_family_says_which_tests_are_met_and_which_were_not_made() -> None:
    found = adjusted({"warmth": 0.004, "depth": 0.03, "voice": None, "steps": 0.2})

    assert [(one.name, one.adjusted, one.is_met) for one in found] == [
        ("warmth", pytest.approx(0.012), True),
        ("depth", pytest.approx(0.06), False),
        ("voice", None, False),
        ("steps", pytest.approx(0.2), False),
    ]
    mild = adjusted({"warmth": 0.004, "depth": 0.03}, method="benjamini-hochberg")
    assert all(one.is_met for one in mild)
    assert adjusted({}) == ()


def test_the_order_stops_at_the_first_that_is_not_met() -> None:
    gates = in_order([("H1", 0.001), ("H2", 0.2), ("H3", 0.004), ("H4", 0.001)])

    assert [gate.outcome for gate in gates] == [
        Outcome.MET,
        Outcome.NOT_SHOWN,
        Outcome.NOT_TESTED,
        Outcome.NOT_TESTED,
    ]
    assert [gate.step_down for gate in gates] == [0.001, 0.2, 0.2, 0.2]
    assert [gate.stopped_by for gate in gates] == [None, None, "H2", "H2"]
    assert gates[2].p_value == 0.004


def test_a_test_that_could_not_be_made_stops_the_order() -> None:
    gates = in_order([("H1", 0.001), ("H2", None), ("H3", 0.001)])

    assert [gate.outcome.value for gate in gates] == ["met", "not tested", "not tested"]
    assert [gate.step_down for gate in gates] == [0.001, None, None]
    assert gates[2].stopped_by == "H2"


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=6))
@settings(max_examples=60)
def test_nothing_is_met_behind_what_is_not(raw: list[float | None]) -> None:
    gates = in_order([(f"H{place}", p_value) for place, p_value in enumerate(raw)])

    met = [gate.outcome is Outcome.MET for gate in gates]
    assert met == sorted(met, reverse=True)
    assert sum(gate.outcome is Outcome.NOT_SHOWN for gate in gates) <= 1
    for gate in gates:
        assert (gate.outcome is Outcome.MET) == (
            gate.step_down is not None and gate.step_down <= 0.05
        )


def test_what_is_no_p_value_is_refused() -> None:
    with pytest.raises(BadRecord, match=r"p-value 2 of 2 is 1\.5"):
        holm([0.1, 1.5])
    with pytest.raises(BadRecord, match="no p-value"):
        in_order([("H1", -0.1)])
