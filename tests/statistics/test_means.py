"""Ratios, margins, equivalence and families: known answers and what must never change."""

import importlib
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lorewright.errors import BadRecord, BadSettings
from lorewright.statistics import (
    State,
    at_least,
    clustered,
    equivalent,
    not_worse,
    paired,
    ratio_of_means,
)

scipy_stats: Any = importlib.import_module("scipy.stats")
weightstats: Any = importlib.import_module("statsmodels.stats.weightstats")
linear: Any = importlib.import_module("statsmodels.regression.linear_model")
"""The oracles; they ship no types."""

SLEEP_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SLEEP_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
"""The data set `sleep` of R: hours gained with drug 1 and drug 2."""

scores = st.lists(
    st.tuples(st.integers(1, 40), st.integers(1, 40)), min_size=3, max_size=25
).filter(lambda rows: len({one - other for one, other in rows}) > 2)


def arms(rows: list[tuple[int, int]]) -> tuple[list[float], list[float]]:
    return [one / 8 for one, _ in rows], [other / 8 for _, other in rows]


def drawn(n: int = 60, gain: float = 0.3, seed: int = 1) -> tuple[list[float], list[float]]:
    random = np.random.default_rng(seed)
    theirs = random.normal(3, 0.7, n)
    ours = theirs * (1 + gain) + random.normal(0, 0.5, n)
    return ours.tolist(), theirs.tolist()


def test_fiellers_interval_ends_where_the_t_test_of_a_ratio_turns() -> None:
    ours, theirs = drawn()
    found = ratio_of_means(ours, theirs)

    assert found.low is not None
    assert found.high is not None
    for end in (found.low, found.high):
        residues = np.asarray(ours) - end * np.asarray(theirs)
        assert scipy_stats.ttest_1samp(residues, 0).pvalue == pytest.approx(0.05, abs=1e-9)
    assert found.estimate == pytest.approx(np.mean(ours) / np.mean(theirs))
    assert found.gain[0] == pytest.approx(np.mean(ours) / np.mean(theirs) - 1)
    assert found.gain[1:] == (found.low - 1, found.high - 1)
    assert found.state is State.SOUND


def test_a_divisor_that_may_be_zero_leaves_an_interval_without_an_end() -> None:
    """The mean gain under drug 1 is not different from zero."""
    whole = ratio_of_means([0.1, -0.2, 0.3, 0.0], [1.0, -1.1, 0.9, -0.7])
    gap = ratio_of_means(SLEEP_2, SLEEP_1)

    assert whole.state is State.UNBOUNDED
    assert (whole.low, whole.high) == (-math.inf, math.inf)
    assert gap.state is State.OUTSIDE
    assert gap.low is not None
    assert gap.high is not None
    assert gap.low < 0 < gap.high
    for inside in (gap.low * 0.5, 0.0, gap.high * 0.5):
        residues = np.asarray(SLEEP_2) - inside * np.asarray(SLEEP_1)
        assert scipy_stats.ttest_1samp(residues, 0).pvalue < 0.05


def test_a_ratio_of_too_little_or_of_nothing_says_so() -> None:
    assert ratio_of_means([1.0], [2.0]).state is State.TOO_FEW
    assert ratio_of_means([], []).estimate is None
    assert ratio_of_means([], []).our_mean is None
    nothing = ratio_of_means([1.0, 2.0], [0.0, 0.0])
    assert (nothing.state, nothing.estimate, nothing.low) == (State.NOT_POSITIVE, None, None)


@given(scores)
@settings(max_examples=40)
def test_a_ratio_lies_in_its_interval_and_does_not_depend_on_unit_or_order(
    rows: list[tuple[int, int]],
) -> None:
    ours, theirs = arms(rows)
    found = ratio_of_means(ours, theirs)
    scaled = ratio_of_means([4 * one for one in ours], [4 * one for one in theirs])
    turned = ratio_of_means(ours[::-1], theirs[::-1])

    assert found.estimate is not None
    assert found.low is not None
    assert found.high is not None
    if found.state is State.SOUND:
        assert found.low <= found.estimate <= found.high
    assert scaled.estimate == pytest.approx(found.estimate)
    assert turned == found


def test_the_margin_test_is_the_t_test_of_what_remains_above_the_margin() -> None:
    ours, theirs = drawn(gain=0.2)
    residues = np.asarray(ours) - 1.15 * np.asarray(theirs)
    expected = scipy_stats.ttest_1samp(residues, 0, alternative="greater")

    found = at_least(ours, theirs, margin=0.15)

    assert found.p_value == pytest.approx(expected.pvalue)
    assert (found.n, found.level, found.is_met) == (60, 0.95, bool(expected.pvalue <= 0.025))


@pytest.mark.parametrize("gain", [0.15, 0.18, 0.2, 0.25, 0.4])
def test_a_margin_is_met_just_where_fiellers_interval_lies_above_it(gain: float) -> None:
    ours, theirs = drawn(gain=gain, seed=7)
    low = ratio_of_means(ours, theirs).gain[1]
    assert low is not None

    assert at_least(ours, theirs, margin=low - 1e-6).is_met
    assert not at_least(ours, theirs, margin=low + 1e-6).is_met


def test_a_margin_that_cannot_be_tested_is_never_met() -> None:
    states = {
        "few": at_least([5.0], [1.0], margin=0.15),
        "none": at_least([], [], margin=0.15),
        "constant": at_least([5.0] * 30, [3.0] * 30, margin=0.15),
        "negative": at_least([5.0, 4.0, 5.0], [-1.0, -2.0, -1.0], margin=0.15),
    }

    assert [one.state.value for one in states.values()] == [
        "too few",
        "too few",
        "constant",
        "not positive",
    ]
    assert not any(one.is_met or one.p_value is not None for one in states.values())


def test_unpaired_arms_and_settings_without_sense_are_refused() -> None:
    with pytest.raises(BadRecord, match="2 values cannot be paired with 1"):
        at_least([1.0, 2.0], [1.0], margin=0.15)
    with pytest.raises(BadRecord, match="value 2 of 4 is nan"):
        ratio_of_means([1.0, math.nan], [1.0, 2.0])
    with pytest.raises(BadSettings, match="a margin is a share"):
        at_least([1.0], [1.0], margin=-1.5)
    with pytest.raises(BadSettings, match="the level of an interval"):
        ratio_of_means([1.0], [1.0], level=95)
    with pytest.raises(BadSettings, match="a bound is a number above zero"):
        equivalent([1.0, 2.0], within=0)


def test_equivalence_is_the_test_of_statsmodels() -> None:
    differences = np.random.default_rng(4).normal(0.05, 0.6, 80)
    expected = weightstats.DescrStatsW(differences).ttost_mean(-0.2, 0.2)[0]

    found = equivalent(differences.tolist(), within=0.2)

    assert found.p_value == pytest.approx(expected)
    assert found.level == 0.9


@pytest.mark.parametrize("within", [0.05, 0.1, 0.15, 0.2, 0.3])
def test_equivalence_is_met_just_where_the_interval_lies_within_the_bounds(within: float) -> None:
    differences = np.random.default_rng(4).normal(0.05, 0.6, 80).tolist()

    found = equivalent(differences, within=within)

    assert found.low is not None
    assert found.high is not None
    assert found.is_met == (-within < found.low and found.high < within)


def test_not_worse_looks_at_one_side_only() -> None:
    better = np.random.default_rng(4).normal(1, 0.6, 40).tolist()

    assert not_worse(better, by=0.2).is_met
    assert not equivalent(better, within=0.2).is_met
    assert not not_worse([-one for one in better], by=0.2).is_met


@pytest.mark.parametrize(
    ("differences", "state"),
    [([], State.TOO_FEW), ([1.0], State.TOO_FEW), ([0.0] * 9, State.CONSTANT)],
)
def test_equivalence_is_not_shown_by_what_does_not_vary(
    differences: list[float], state: State
) -> None:
    found = equivalent(differences, within=0.5)

    assert (found.state, found.p_value, found.is_met) == (state, None, False)


def test_families_give_the_cluster_robust_error_of_statsmodels() -> None:
    random = np.random.default_rng(3)
    families = [f"f{family}" for family in random.integers(0, 12, 70)]
    differences = random.normal(0.2, 1, 70)
    codes = np.unique(families, return_inverse=True)[1]
    fit = linear.OLS(differences, np.ones(70)).fit(
        cov_type="cluster", cov_kwds={"groups": codes}, use_t=True
    )

    found = clustered(differences.tolist(), families)

    assert found.p_value == pytest.approx(fit.pvalues[0])
    assert (found.low, found.high) == pytest.approx(tuple(fit.conf_int()[0]))
    assert (found.families, found.warning) == (12, None)


def test_families_of_one_are_the_t_interval() -> None:
    differences = np.random.default_rng(3).normal(0.2, 1, 30).tolist()
    alone = paired(differences, permutations=10, seed=0)

    found = clustered(differences, [str(place) for place in range(30)])

    assert (found.low, found.high) == pytest.approx((alone.low, alone.high))


def test_one_family_is_no_test_and_few_are_warned_of() -> None:
    one = clustered([1.0, 2.0, 3.0], ["a", "a", "a"])
    few = clustered([1.0, 2.0, 3.0, 1.5], ["a", "a", "b", "c"])

    assert (one.state, one.p_value) == (State.TOO_FEW, None)
    assert few.state is State.SOUND
    assert few.warning == "only 3 families: with fewer than 10 the test can claim too much"
    assert few.largest == 2


def test_families_that_do_not_vary_are_constant() -> None:
    assert clustered([2.0, 2.0, 2.0], ["a", "a", "b"]).state is State.CONSTANT
    # Each family holds its own mean exactly, and all means are the same.
    even = clustered([1.0, 3.0, 1.0, 3.0], ["a", "a", "b", "b"])
    assert (even.state, even.p_value, even.low) == (State.CONSTANT, None, 2.0)
    assert clustered([], []).state is State.TOO_FEW


@given(scores, st.data())
@settings(max_examples=40)
def test_tests_of_means_know_neither_order_nor_which_arm_is_first(
    rows: list[tuple[int, int]], data: st.DataObject
) -> None:
    ours, theirs = arms(rows)
    differences = [one - other for one, other in zip(ours, theirs, strict=True)]
    order = data.draw(st.permutations(range(len(rows))))
    shuffled = [differences[place] for place in order]
    families = [str(place % 3) for place in range(len(rows))]
    turned = [-one for one in differences]

    one, other = equivalent(differences, within=0.5), equivalent(turned, within=0.5)
    grouped, opposite = clustered(differences, families), clustered(turned, families)

    assert equivalent(shuffled, within=0.5) == one
    assert one.low is not None
    assert one.estimate is not None
    assert one.high is not None
    assert one.low <= one.estimate <= one.high
    assert other.p_value == pytest.approx(one.p_value)
    assert opposite.p_value == pytest.approx(grouped.p_value)
    assert at_least(
        [ours[place] for place in order], [theirs[place] for place in order], margin=0.1
    ) == at_least(ours, theirs, margin=0.1)
