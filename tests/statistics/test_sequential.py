"""The test that may be stopped at any time."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lorewright.errors import BadRecord, BadSettings
from lorewright.statistics import State, watched, watched_preferences
from lorewright.statistics.betting import log_wealths, means_left, running_p_values
from lorewright.statistics.sequential import OF_RATINGS, OF_VOTES

differences = st.lists(st.integers(-32, 32).map(lambda one: one / 8), min_size=1, max_size=40)


def drawn(mean: float, n: int, *, sd: float = 0.9, rows: int = 1, seed: int = 1) -> np.ndarray:
    return np.clip(np.random.default_rng(seed).normal(mean, sd, (rows, n)), -4, 4)


def test_a_bet_rests_only_on_what_came_before_it() -> None:
    """By hand, on a mean of one half: three wins in a row."""
    shares = np.asarray([1.0, 1.0, 1.0])

    up, down = log_wealths(shares, np.asarray(0.5), guess=0.25)

    # Nothing is staked on the first. Then the mean is expected at 0.75 with a variance of
    # (0.25 + 0.0625) / 2, and the bet on more is 0.25 / (0.15625 + 0.0625) = 1.142857.
    second = 1 + 0.25 / (0.15625 + 0.0625) * 0.5
    expected, variance = 2.5 / 3, (0.25 + 0.0625 + (1 - 2.5 / 3) ** 2) / 3
    third = 1 + (expected - 0.5) / (variance + (expected - 0.5) ** 2) * 0.5
    assert np.exp(up) == pytest.approx([1, second, second * third])
    assert np.exp(down) == pytest.approx([1, 1, 1])


def test_the_expected_wealth_never_grows_where_the_null_hypothesis_holds() -> None:
    """Over all sequences of six fair coins the mean wealth stays one: a martingale."""
    coins = np.asarray([[(word >> bit) & 1 for bit in range(6)] for word in range(64)], float)

    for wealth in log_wealths(coins, np.asarray(0.5), guess=OF_VOTES):
        assert np.exp(wealth).mean(axis=0) == pytest.approx(np.ones(6))


def test_looking_after_every_scenario_is_allowed() -> None:
    rows = drawn(0, 200, sd=2, rows=2_000)

    p_values = running_p_values(rows / 8 + 0.5, np.asarray(0.5), guess=OF_RATINGS)

    assert np.mean(p_values.min(axis=1) <= 0.05) <= 0.05


def test_a_gain_of_the_plan_is_found_about_half_as_late_again_as_by_a_fixed_test() -> None:
    rows = drawn(0.42, 200, rows=2_000)

    met = running_p_values(rows / 8 + 0.5, np.asarray(0.5), guess=OF_RATINGS) <= 0.05

    stops = np.where(met.any(axis=1), met.argmax(axis=1) + 1, 10**6)
    assert np.median(stops) == pytest.approx(54, abs=3)
    assert np.quantile(stops, 0.8) == pytest.approx(74, abs=4)


def test_a_preference_of_sixty_five_percent_is_found_after_about_a_hundred() -> None:
    wins = (np.random.default_rng(2).random((2_000, 300)) < 0.65).astype(float)

    met = running_p_values(wins, np.asarray(0.5), guess=OF_VOTES) <= 0.05

    assert np.median(np.where(met.any(axis=1), met.argmax(axis=1) + 1, 10**6)) <= 110


def test_the_interval_holds_the_mean_at_every_moment() -> None:
    for seed in range(30):
        row = drawn(0.3, 60, seed=seed)[0]
        low, high = means_left(row / 8 + 0.5, guess=OF_RATINGS, alpha=0.05, places=500)
        assert low < high
    found = watched(drawn(0.8, 80)[0].tolist(), largest=4)
    assert found.low is not None
    assert found.high is not None
    assert 0 < found.low < 0.8 < found.high


@given(differences)
@settings(max_examples=30)
def test_the_other_arm_first_turns_the_signs(row: list[float]) -> None:
    one = watched(row, largest=4)
    other = watched([-value for value in row], largest=4)

    assert other.running == pytest.approx(one.running)
    assert (other.low, other.high) == pytest.approx((-(one.high or 0), -(one.low or 0)), abs=1e-9)
    assert list(one.running) == sorted(one.running, reverse=True)


@given(differences)
@settings(max_examples=30)
def test_the_interval_leaves_zero_out_only_when_the_test_is_met(row: list[float]) -> None:
    found = watched(row, largest=4)

    assert found.low is not None
    assert found.high is not None
    if found.low > 0 or found.high < 0:
        assert found.is_met
    assert found.is_met == (found.stopped_at is not None)
    assert found.is_met == (found.p_value is not None and found.p_value <= 0.05)


@given(differences, st.integers(0, 40))
@settings(max_examples=30)
def test_what_comes_later_changes_nothing_that_was_known(row: list[float], cut: int) -> None:
    whole, part = watched(row, largest=4), watched(row[:cut], largest=4)

    assert whole.running[: len(part.running)] == pytest.approx(part.running)


def test_a_wild_row_whose_every_mean_is_refused_keeps_a_place() -> None:
    found = watched([4.0] * 40 + [-4.0] * 120, largest=4)

    assert found.low is not None
    assert found.high is not None
    assert found.low < found.high
    assert found.is_met


def test_preferences_are_bet_on_alike() -> None:
    found = watched_preferences([1] * 18 + [0, -1])

    assert found.estimate == 17 / 20
    assert found.is_met
    assert not watched_preferences([0] * 50).is_met


def test_nothing_seen_is_nothing_known() -> None:
    found = watched([], largest=4)

    assert (found.state, found.low, found.high) == (State.TOO_FEW, -4, 4)
    assert (found.estimate, found.p_value, found.stopped_at) == (None, None, None)


def test_what_cannot_be_bet_on_is_refused() -> None:
    with pytest.raises(BadRecord, match="difference 2 of 2 is 5, larger than 4"):
        watched([1.0, 5.0], largest=4)
    with pytest.raises(BadRecord, match="is nan"):
        watched([math.nan], largest=4)
    with pytest.raises(BadRecord, match="preference 1 is 2"):
        watched_preferences([2])
    with pytest.raises(BadSettings, match="the largest difference"):
        watched([1.0], largest=0)
