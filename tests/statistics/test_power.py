"""Planning: R's numbers, the tables of the design, and that more scenarios never hurt."""

import importlib
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lorewright.errors import BadSettings
from lorewright.statistics import (
    Spread,
    pairs_for,
    pairs_for_margin,
    plan,
    power_of,
    power_of_margin,
    power_of_preference,
    scenarios_for_preference,
)

power: Any = importlib.import_module("statsmodels.stats.power")
scipy_stats: Any = importlib.import_module("scipy.stats")

DIFFERENCES = [0.33, 0.42, 0.45, 0.6]
NEEDED = {
    0.7: [(38, 50), (24, 32), (21, 28), (13, 17)],
    0.8: [(49, 64), (31, 41), (27, 36), (16, 21)],
    0.9: [(61, 81), (39, 51), (34, 44), (20, 26)],
    1.0: [(75, 99), (47, 62), (41, 54), (24, 32)],
    1.25: [(115, 153), (72, 96), (63, 84), (37, 48)],
}
"""Scenarios for 80 % and 90 %, by the spread of the differences."""


def test_rs_power_t_test_of_half_a_standard_deviation() -> None:
    """power.t.test(delta = 0.5, power = 0.8, type = "paired") says n = 33.3671."""
    assert power_of(33.36713, 0.5, 1) == pytest.approx(0.8, abs=1e-5)
    assert pairs_for(0.5, 1) == 34


def test_the_table_of_required_scenarios() -> None:
    rows = plan(list(NEEDED), DIFFERENCES)

    found = {sd: [(r.for_eighty, r.for_ninety) for r in rows if r.sd == sd] for sd in NEEDED}
    assert found == NEEDED
    assert [r.difference for r in rows[:4]] == DIFFERENCES


@pytest.mark.parametrize(
    ("gain", "scenarios"), [(0.18, 1269), (0.21, 319), (0.25, 116), (0.3, 53), (0.4, 21)]
)
def test_what_it_takes_to_show_fifteen_percent(gain: float, scenarios: int) -> None:
    found = pairs_for_margin(2.8, gain, margin=0.15, spread=Spread())

    assert found == scenarios
    assert power_of_margin(found, 2.8, gain, margin=0.15, spread=Spread()) >= 0.8
    assert power_of_margin(found - 1, 2.8, gain, margin=0.15, spread=Spread()) < 0.8


def test_more_scenarios_are_worth_more_than_a_fourth_rater() -> None:
    spreads = [Spread(raters=raters).sd_of() for raters in (1, 2, 3, 5, 10)]

    assert spreads == pytest.approx([1.25, 1.09, 1.04, 0.99, 0.95], abs=0.006)
    assert [pairs_for(0.42, sd) for sd in spreads] == [72, 55, 50, 46, 43]


def test_a_preference_of_sixty_five_percent_needs_92_or_121_scenarios() -> None:
    assert scenarios_for_preference(0.65) == 92
    assert scenarios_for_preference(0.65, power=0.9) == 121
    assert power_of_preference(50, 0.65) == pytest.approx(0.506, abs=5e-4)


@given(st.integers(1, 80), st.floats(0.05, 0.95))
@settings(max_examples=40)
def test_the_power_of_the_sign_test_is_the_sum_over_what_scipy_refuses(
    n: int, share: float
) -> None:
    binomial = scipy_stats.binom
    refused = [
        k
        for k in range(n + 1)
        if 2 * min(binomial.cdf(k, n, 0.5), binomial.sf(k - 1, n, 0.5)) <= 0.05
    ]

    found = power_of_preference(n, share)

    assert found == pytest.approx(sum(binomial.pmf(k, n, share) for k in refused), abs=1e-9)


@given(st.integers(2, 300), st.floats(0.05, 2), st.sampled_from([1, 2]))
@settings(max_examples=40)
def test_power_agrees_with_statsmodels_and_rises_with_scenarios(
    n: int, effect: float, sides: Any
) -> None:
    expected = power.TTestPower().power(
        effect, n, 0.05, alternative="two-sided" if sides == 2 else "larger"
    )

    found = power_of(n, effect, 1, sides=sides)

    if not math.isnan(expected):  # statsmodels answers NaN where the power is next to one
        assert found == pytest.approx(expected, abs=1e-6)
    assert power_of(n + 1, effect, 1, sides=sides) >= found - 1e-9
    assert power_of(n, 3 * effect, 3, sides=sides) == pytest.approx(found)


def test_too_few_scenarios_have_no_power() -> None:
    assert power_of(1, 0.5, 1) == 0
    assert power_of_preference(0, 0.65) == 0
    assert power_of_preference(5, 0.65) == 0
    assert pairs_for(-0.5, 1) == pairs_for(0.5, 1)


def test_what_cannot_be_planned_is_refused() -> None:
    with pytest.raises(BadSettings, match="not there"):
        pairs_for(0, 1)
    with pytest.raises(BadSettings, match="not there"):
        pairs_for_margin(2.8, 0.15, margin=0.2, spread=Spread())
    with pytest.raises(BadSettings, match="more than 1,000,000"):
        pairs_for(0.0001, 1)
    with pytest.raises(BadSettings, match="near one half"):
        scenarios_for_preference(0.5)
    with pytest.raises(BadSettings, match="a standard deviation"):
        power_of(10, 0.5, 0)
    with pytest.raises(BadSettings, match="power lies between"):
        pairs_for(0.5, 1, power=80)
