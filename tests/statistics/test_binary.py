"""Shares: exact tests and intervals against known answers and scipy."""

import importlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lorewright.errors import BadRecord, BadSettings
from lorewright.statistics import State, mcnemar, more_often_than, sign_test, wilson

scipy_stats: Any = importlib.import_module("scipy.stats")
tables: Any = importlib.import_module("statsmodels.stats.contingency_tables")

counts = st.tuples(st.integers(0, 60), st.integers(0, 60)).filter(any)


def test_wilsons_interval_of_36_in_50() -> None:
    found = wilson(36, 50)

    assert (found.low, found.high) == pytest.approx((0.5833, 0.8253), abs=5e-5)


def test_the_sign_test_of_the_presidents_disapproval_table() -> None:
    """Agresti (1990, p. 350): 150 changed one way and 86 the other."""
    ours = [True] * 794 + [True] * 150 + [False] * 86 + [False] * 570
    theirs = [True] * 794 + [False] * 150 + [True] * 86 + [False] * 570

    found = mcnemar(ours, theirs)

    assert (found.n, found.successes, found.ties) == (236, 150, 1364)
    # With the continuity correction R says 4.115e-05; this one is exact.
    assert found.p_value == pytest.approx(3.716e-05, rel=1e-3)
    assert found.p_value == pytest.approx(tables.mcnemar([[794, 150], [86, 570]]).pvalue)


@given(counts)
@settings(max_examples=60)
def test_wins_and_losses_agree_with_scipys_exact_test(pair: tuple[int, int]) -> None:
    wins, losses = pair
    expected = scipy_stats.binomtest(wins, wins + losses, 0.5)
    interval = expected.proportion_ci(0.95, method="exact")
    score = expected.proportion_ci(0.95, method="wilson")

    found, scored = sign_test(wins, losses), wilson(wins, wins + losses)

    assert found.p_value == pytest.approx(expected.pvalue)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    assert (scored.low, scored.high) == pytest.approx((score.low, score.high), abs=1e-12)
    assert found.low is not None
    assert found.estimate is not None
    assert found.high is not None
    assert found.low <= found.estimate <= found.high
    assert found.p_value == sign_test(losses, wins).p_value


@given(counts, st.sampled_from([0.5, 0.65, 0.9]))
@settings(max_examples=60)
def test_more_often_than_a_share_is_met_just_where_the_interval_lies_above(
    pair: tuple[int, int], share: float
) -> None:
    wins, losses = pair
    found = more_often_than(share, wins, losses)
    expected = scipy_stats.binomtest(wins, wins + losses, share, alternative="greater").pvalue

    assert found.p_value == pytest.approx(expected)
    assert found.low is not None
    assert (expected <= 0.025) == (found.low >= share)


def test_ties_are_counted_and_decide_nothing() -> None:
    with_ties, without = sign_test(30, 15, ties=20), sign_test(30, 15)

    assert with_ties.p_value == without.p_value
    assert (with_ties.n, with_ties.ties) == (45, 20)
    assert with_ties.with_half_ties == 40 / 65


def test_only_ties_and_nothing_at_all_are_named() -> None:
    ties, nothing = sign_test(0, 0, ties=9), sign_test(0, 0)

    assert (ties.state, ties.p_value, ties.with_half_ties) == (State.ALL_TIES, None, 0.5)
    assert (nothing.state, nothing.with_half_ties) == (State.TOO_FEW, None)
    assert more_often_than(0.65, 0, 0, ties=3).state is State.ALL_TIES
    assert wilson(0, 0).state is State.TOO_FEW


def test_counts_that_cannot_be_are_refused() -> None:
    with pytest.raises(BadRecord, match="zero or more, not -1"):
        sign_test(-1, 3)
    with pytest.raises(BadRecord, match="not -2"):
        wilson(5, 3)
    with pytest.raises(BadRecord, match="cannot be paired"):
        mcnemar([True], [])
    with pytest.raises(BadSettings, match="a share lies between"):
        more_often_than(1.0, 3, 1)
