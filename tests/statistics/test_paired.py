"""The paired test: known answers, honest error rates, and what must never change a result."""

import gzip
import importlib
import math
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lorewright.errors import BadRecord, BadSettings, MissingExtra
from lorewright.statistics import PairedResult, paired

scipy_stats: Any = importlib.import_module("scipy.stats")
"""The oracle; scipy ships no types."""

DARWINS_MAIZE = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]
"""Crossed minus self-fertilised height, in eighths of an inch: Fisher's own example."""
SLEEP = [-1.2, -2.4, -1.3, -1.3, 0.0, -1.0, -1.8, -0.8, -4.6, -1.4]
"""The data set `sleep` of R, drug 1 minus drug 2, in hours."""

whole_numbers = st.lists(st.integers(-40, 40).map(float), min_size=2, max_size=30)


def a_test_of(differences: list[float], *, permutations: int = 512, seed: int = 3) -> PairedResult:
    return paired(differences, permutations=permutations, seed=seed)


def corpus() -> Path:
    place = os.environ.get("LOREWRIGHT_CORPUS")
    return Path(place) if place else Path(__file__).parents[2].parent / "shared" / "corpus"


def test_all_patterns_of_darwins_maize_give_fishers_count() -> None:
    result = paired(DARWINS_MAIZE, permutations=2**15, seed=0)

    assert result.p_value == 1726 / 2**15


def test_random_patterns_come_close_to_fishers_count() -> None:
    result = paired(DARWINS_MAIZE, permutations=20_000, seed=0)

    assert result.p_value != 1726 / 2**15
    assert result.p_value == pytest.approx(1726 / 2**15, abs=0.005)


def test_the_interval_of_the_sleep_data_is_that_of_r() -> None:
    result = a_test_of(SLEEP)

    assert result.n == 10
    assert result.mean == pytest.approx(-1.58)
    assert (result.low, result.high) == pytest.approx((-2.4598858, -0.7001142), abs=1e-6)


def test_the_effect_size_is_t_over_the_root_of_n() -> None:
    assert a_test_of(SLEEP).effect_size == pytest.approx(-4.0621 / math.sqrt(10), abs=1e-4)


def test_a_wider_level_gives_the_interval_of_scipy() -> None:
    expected = scipy_stats.ttest_1samp(SLEEP, 0).confidence_interval(0.99)

    result = paired(SLEEP, permutations=100, seed=0, level=0.99)

    assert (result.low, result.high) == pytest.approx((expected.low, expected.high))


@pytest.mark.parametrize("n", [2, 3, 6, 9])
def test_small_sets_agree_with_scipys_permutation_test(n: int) -> None:
    differences = np.random.default_rng(n).normal(0.4, 1, n)
    expected = scipy_stats.permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=np.inf
    )

    result = a_test_of(differences.tolist())

    assert result.p_value == pytest.approx(expected.pvalue)


@pytest.mark.parametrize("n", [12, 60, 100])
def test_random_patterns_agree_with_scipys_permutation_test(n: int) -> None:
    differences = np.random.default_rng(n).normal(0.15, 1, n)
    expected = scipy_stats.permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=8_000, rng=1
    )

    result = a_test_of(differences.tolist(), permutations=4_000)

    assert result.p_value == pytest.approx(expected.pvalue, abs=0.03)


@pytest.mark.parametrize("n", [7, 20, 70])
@pytest.mark.parametrize("shape", ["normal", "heavy tails", "whole numbers with ties"])
def test_where_nothing_differs_one_test_in_twenty_says_otherwise(n: int, shape: str) -> None:
    random = np.random.default_rng(n)
    draws = {
        "normal": lambda: random.normal(size=n),
        "heavy tails": lambda: random.standard_t(2, size=n),
        "whole numbers with ties": lambda: random.integers(-2, 3, size=n).astype(float),
    }[shape]
    tests = 1_500

    false = sum(
        a_test_of(draws().tolist(), permutations=199, seed=test).p_value <= 0.05
        for test in range(tests)
    )

    # Three standard errors above the nominal rate; ties can only make the test more careful.
    assert false / tests <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / tests)
    if shape == "normal":
        assert false / tests >= 0.05 - 3.5 * math.sqrt(0.05 * 0.95 / tests)


def test_a_difference_that_is_there_is_found_as_often_as_planned() -> None:
    """A standardised difference of 0.5 with n = 34 is found by t in 0.81 of the cases."""
    random = np.random.default_rng(0)
    tests = 400

    found = sum(
        a_test_of(random.normal(0.5, 1, 34).tolist(), permutations=499, seed=test).p_value <= 0.05
        for test in range(tests)
    )

    assert 0.74 <= found / tests <= 0.87


@pytest.mark.corpus
def test_swapping_labels_of_published_scores_gives_an_honest_null() -> None:
    """EQ-Bench v2: the same two answers, whose authors are swapped at random, do not differ."""
    file = corpus() / "evaluation" / "eqbench_v2_question_scores.csv.gz"
    if not file.exists():
        pytest.skip("the corpus folder is not beside the project")
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        table = np.genfromtxt(lines, delimiter=",", skip_header=1)[:, 1:]
    random = np.random.default_rng(5)
    tests, false = 1_000, 0

    for test in range(tests):
        left, right = random.choice(table.shape[1], 2, replace=False)
        difference = table[:, left] - table[:, right]
        items = random.choice(difference[np.isfinite(difference)], 50, replace=False)
        swapped = items * random.choice([-1.0, 1.0], 50)
        false += a_test_of(swapped.tolist(), permutations=199, seed=test).p_value <= 0.05

    assert 0.03 <= false / tests <= 0.07


@given(whole_numbers)
def test_the_other_arm_first_turns_the_signs_and_keeps_the_p_value(
    differences: list[float],
) -> None:
    one = a_test_of(differences)
    other = a_test_of([-difference for difference in differences])

    assert other.p_value == one.p_value
    assert other.mean == -one.mean
    assert (other.low, other.high) == (-one.high, -one.low)
    assert other.effect_size == -one.effect_size


@given(whole_numbers, st.sampled_from([2.0**-30, 0.1, 3.0, 1e9, 1e300]))
def test_another_unit_changes_neither_p_value_nor_effect_size(
    differences: list[float], unit: float
) -> None:
    one = a_test_of(differences)
    other = a_test_of([difference * unit for difference in differences])

    assert other.p_value == one.p_value
    assert other.effect_size == pytest.approx(one.effect_size, rel=1e-6, abs=1e-12)
    # Differences that cancel leave a mean of rounding errors, which no unit keeps in proportion.
    assert other.mean == pytest.approx(one.mean * unit, abs=1e-9 * unit)


@given(st.data(), whole_numbers)
def test_another_order_changes_nothing(data: st.DataObject, differences: list[float]) -> None:
    shuffled = data.draw(st.permutations(differences))

    assert a_test_of(shuffled) == a_test_of(differences)


@given(whole_numbers)
@settings(max_examples=50)
def test_a_p_value_is_above_zero_and_at_most_one(differences: list[float]) -> None:
    result = a_test_of(differences)

    assert 0 < result.p_value <= 1
    assert result.low <= result.mean <= result.high


def test_the_same_seed_gives_the_same_p_value_and_another_seed_another() -> None:
    differences = np.random.default_rng(1).normal(0.1, 1, 80).tolist()

    assert a_test_of(differences, seed=4) == a_test_of(differences, seed=4)
    assert a_test_of(differences, seed=4).p_value != a_test_of(differences, seed=5).p_value


def test_the_p_value_of_a_seed_never_changes() -> None:
    """Pinned: a verdict computed today is computed again in years to come."""
    differences = [float((7 * place) % 23 - 9) for place in range(40)]

    assert a_test_of(differences, permutations=9_999, seed=7).p_value == 0.0567


def test_the_size_of_a_portion_does_not_change_the_p_value(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    differences = np.random.default_rng(1).normal(0.2, 1, 65).tolist()
    at_once = a_test_of(differences)

    monkeypatch.setattr("lorewright.statistics.sign_flip._CELLS_AT_ONCE", 700)

    assert a_test_of(differences) == at_once


def test_differences_that_are_all_zero_show_nothing() -> None:
    result = a_test_of([0.0] * 30)

    assert result == PairedResult(30, mean=0, sd=0, low=0, high=0, p_value=1, effect_size=0)


def test_differences_that_are_all_equal_have_a_point_for_an_interval() -> None:
    result = a_test_of([0.1] * 5)

    assert (result.mean, result.sd, result.low, result.high) == (0.1, 0.0, 0.1, 0.1)
    assert result.p_value == 2 / 2**5
    assert result.effect_size == math.inf
    assert a_test_of([-0.1] * 5).effect_size == -math.inf


@pytest.mark.parametrize("differences", [[], [1.0]])
def test_fewer_than_two_differences_are_refused(differences: list[float]) -> None:
    with pytest.raises(BadRecord, match=f"at least two differences, not {len(differences)}"):
        a_test_of(differences)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_not_a_finite_number_is_refused_with_its_place(number: float) -> None:
    with pytest.raises(BadRecord, match="difference 2 of 3 is"):
        a_test_of([1.0, number, 2.0])


def test_settings_that_cannot_be_used_are_refused() -> None:
    with pytest.raises(BadSettings, match="at least one pattern"):
        paired([1, 2], permutations=0, seed=1)
    with pytest.raises(BadSettings, match="a seed is zero or more"):
        paired([1, 2], permutations=10, seed=-1)
    for level in (0.0, 1.0, 95.0):
        with pytest.raises(BadSettings, match="between 0 and 1"):
            paired([1, 2], permutations=10, seed=1, level=level)


def test_without_scipy_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "lorewright.statistics.student", raising=False)
    monkeypatch.setitem(sys.modules, "scipy.special", None)

    with pytest.raises(MissingExtra, match="needs scipy") as caught:
        a_test_of([1.0, 2.0])

    assert caught.value.hint == 'pip install "lorewright[prove]"'
