"""The difference where both answers are equally long."""

import importlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.errors import BadRecord
from lorewright.statistics import State, at_equal_length

linear: Any = importlib.import_module("statsmodels.regression.linear_model")
"""The oracle; it ships no types."""


def drawn(n: int = 80, *, by_length: float = 0.0, left: float = 0.4) -> tuple[Any, Any]:
    random = np.random.default_rng(3)
    longer = random.normal(40, 60, n)
    return left + by_length * longer + random.normal(0, 0.5, n), longer


def test_it_is_the_intercept_of_least_squares() -> None:
    differences, longer = drawn(by_length=0.01)
    oracle = linear.OLS(differences, np.column_stack([np.ones(80), longer])).fit()

    found = at_equal_length(differences.tolist(), longer.tolist())

    assert [found.estimate, found.slope] == pytest.approx(oracle.params.tolist())
    assert [found.low, found.high] == pytest.approx(oracle.conf_int()[0].tolist())
    assert found.raw == pytest.approx(differences.mean())


def test_a_gain_that_is_all_length_is_not_left_at_equal_length() -> None:
    differences, longer = drawn(400, by_length=0.01, left=0.0)

    found = at_equal_length(differences.tolist(), longer.tolist())

    assert found.raw is not None
    assert found.raw > 0.3
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0 < found.high


def test_where_nearly_every_answer_is_longer_it_says_that_it_is_a_guess() -> None:
    differences, longer = drawn()

    assert not at_equal_length(differences.tolist(), longer.tolist()).is_beyond
    assert at_equal_length(differences.tolist(), (longer + 300).tolist()).is_beyond


@pytest.mark.parametrize(
    ("differences", "longer", "state"),
    [
        ([], [], State.TOO_FEW),
        ([1.0, 2.0], [3.0, 4.0], State.TOO_FEW),
        ([1.0, 2.0, 3.0], [5.0, 5.0, 5.0], State.CONSTANT),
        ([1.0, 1.0, 1.0], [5.0, 6.0, 7.0], State.CONSTANT),
    ],
)
def test_where_there_is_no_line_it_says_why(
    differences: list[float], longer: list[float], state: State
) -> None:
    found = at_equal_length(differences, longer)

    assert found.state is state
    assert found.estimate is None


def test_unequal_sides_are_refused() -> None:
    with pytest.raises(BadRecord, match="cannot be paired"):
        at_equal_length([1.0], [1.0, 2.0])


@given(st.lists(st.tuples(st.integers(-4, 4), st.integers(-90, 90)), min_size=3, max_size=20))
def test_the_unit_of_length_does_not_matter(rows: list[tuple[int, int]]) -> None:
    differences, longer = [float(one) for one, _ in rows], [float(other) for _, other in rows]

    one = at_equal_length(differences, longer)
    other = at_equal_length(differences, [10 * length for length in longer])

    assert one.state is other.state
    if one.estimate is not None:
        assert other.estimate == pytest.approx(one.estimate, abs=1e-9)
