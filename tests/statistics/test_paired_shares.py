"""Not much less often right: an exact test of paired shares and Tango's interval."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lorewright.errors import BadRecord, BadSettings
from lorewright.statistics import State, share_not_worse
from lorewright.statistics.paired_shares import MOST_EXACT
from lorewright.statistics.score_of_shares import exact_p, score, score_bounds, score_p

counts = st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(1, 30))


def chance(gained: int, lost: int, n: int, won: float, gone: float) -> float:
    same = n - gained - lost
    ways = math.comb(n, gained) * math.comb(n - gained, lost)
    return ways * won**gained * gone**lost * (1 - won - gone) ** same


def test_the_p_value_is_the_largest_chance_of_counts_that_speak_as_much() -> None:
    n, by = 12, 0.15
    seen = score(np.asarray([1.0]), np.asarray([2.0]), n, -by)[0]
    region = [
        (gained, lost)
        for gained, lost in product(range(n + 1), repeat=2)
        if gained + lost <= n
        and score(np.asarray([float(gained)]), np.asarray([float(lost)]), n, -by)[0] >= seen - 1e-9
    ]
    by_hand = max(
        sum(chance(gained, lost, n, gone - by, gone) for gained, lost in region)
        for gone in np.linspace(by, (1 + by) / 2, 200)
    )

    assert exact_p(1, 2, n, -by) == pytest.approx(by_hand)


@pytest.mark.parametrize(("n", "by"), [(20, 0.1), (35, 0.05), (50, 0.1)])
def test_the_error_is_never_more_than_was_allowed(n: int, by: float) -> None:
    """Every outcome is counted: no simulation, and no chance."""
    met = [
        (gained, lost)
        for gained, lost in product(range(n + 1), repeat=2)
        if gained + lost <= n
        and share_not_worse(gained, lost, n - gained - lost, by=by, alpha=0.05).is_met
    ]

    errors = [
        sum(chance(gained, lost, n, gone - by, gone) for gained, lost in met)
        for gone in (by, by + 0.03, 0.2, 0.3, 0.5)
        if gone >= by
    ]

    assert met
    assert max(errors) <= 0.05 + 1e-3
    assert max(errors) > 0.01


@given(counts)
@settings(max_examples=40)
def test_the_interval_ends_where_the_score_test_turns(cell: tuple[int, int, int]) -> None:
    gained, lost, same = cell
    n = gained + lost + same

    low, high = score_bounds(gained, lost, n, level=0.95)

    assert -1 <= low <= (gained - lost) / n <= high <= 1
    for end, sign in ((low, 1), (high, -1)):
        if abs(end) < 0.999:
            found = score(np.asarray([float(gained)]), np.asarray([float(lost)]), n, end)[0]
            assert sign * found == pytest.approx(1.959964, abs=1e-3)


@given(counts)
@settings(max_examples=25)
def test_more_gained_never_speaks_for_worse(cell: tuple[int, int, int]) -> None:
    gained, lost, same = cell

    one = share_not_worse(gained, lost, same, by=0.1)
    other = share_not_worse(gained + 1, lost, same - 1, by=0.1)

    assert one.p_value is not None
    assert other.p_value is not None
    assert other.p_value <= one.p_value + 1e-9


def test_with_many_units_the_exact_and_the_nearly_normal_test_meet() -> None:
    assert exact_p(20, 24, MOST_EXACT, -0.03) == pytest.approx(
        score_p(20, 24, MOST_EXACT, -0.03), rel=0.25
    )
    assert "exact" in share_not_worse(1, 1, MOST_EXACT - 2, by=0.1).assumes
    assert "nearly normal" in share_not_worse(1, 1, MOST_EXACT - 1, by=0.1).assumes


def test_without_any_change_only_enough_units_show_it() -> None:
    assert not share_not_worse(0, 0, 10, by=0.05).is_met
    assert share_not_worse(0, 0, 200, by=0.05).is_met


def test_without_units_nothing_is_tested() -> None:
    found = share_not_worse(0, 0, 0, by=0.1)

    assert found.state is State.TOO_FEW
    assert (found.p_value, found.estimate, found.is_met) == (None, None, False)


def test_what_cannot_be_used_is_refused() -> None:
    with pytest.raises(BadRecord, match="a count is zero or more"):
        share_not_worse(-1, 0, 3, by=0.1)
    for by in (0.0, 1.0, float("nan")):
        with pytest.raises(BadSettings, match="a bound of shares"):
            share_not_worse(1, 1, 3, by=by)
