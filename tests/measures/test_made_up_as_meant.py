"""The composition of a set is held against what was meant."""

import math
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.errors import BadSettings
from lorewright.measures import composition
from lorewright.measures.composition import chi_square_tail

MEANT = {"a": 0.3, "b": 0.3, "c": 0.2, "d": 0.2}


def test_a_set_as_it_was_meant_has_no_distance() -> None:
    found = composition("aaabbbccdd" * 10, MEANT)

    assert found is not None
    assert (found.chi_square, found.degrees, found.p_value) == pytest.approx((0, 3, 1))
    assert found.is_as_meant
    assert not found.is_rough


def test_the_test_is_pearsons() -> None:
    stats: Any = import_module("scipy.stats")
    counts = {"a": 40, "b": 25, "c": 20, "d": 15}

    found = composition([kind for kind, count in counts.items() for _ in range(count)], MEANT)

    assert found is not None
    expected = stats.chisquare(list(counts.values()), [30, 30, 20, 20])
    assert found.chi_square == pytest.approx(expected.statistic)
    assert found.p_value == pytest.approx(expected.pvalue)
    assert found.most_apart == pytest.approx(0.1)
    assert not found.is_as_meant


def test_a_kind_that_was_not_meant_is_shown() -> None:
    found = composition("aaabbbccz", MEANT)

    assert found is not None
    assert (found.chi_square, found.p_value) == (math.inf, 0)
    assert found.shares["z"].target == 0
    assert found.shares["d"].members == 0
    assert found.is_rough


@given(st.floats(0, 200), st.integers(1, 40))
def test_the_tail_is_that_of_scipy(value: float, degrees: int) -> None:
    stats: Any = import_module("scipy.stats")

    assert chi_square_tail(value, degrees) == pytest.approx(stats.chi2.sf(value, degrees), abs=1e-9)


def test_an_empty_set_and_a_single_kind() -> None:
    assert composition([], MEANT) is None
    one = composition(["a", "a"], {"a": 1.0})
    assert one is not None
    assert (one.p_value, one.degrees, one.is_as_meant) == (1, 0, True)


@pytest.mark.parametrize("targets", [{}, {"a": 0.5}, {"a": 1.5, "b": -0.5}, {"a": math.nan}])
def test_targets_that_are_no_shares_are_refused(targets: dict[str, float]) -> None:
    with pytest.raises(BadSettings, match="add up to 1"):
        composition(["a"], targets)
