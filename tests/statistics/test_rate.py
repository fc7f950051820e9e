"""The interval of a ratio over units of different size."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.errors import BadRecord
from lorewright.statistics import paired, rate

SIZES = st.lists(st.integers(1, 200).map(float), min_size=2, max_size=20)


@given(SIZES, st.floats(0.01, 50))
def test_units_that_agree_leave_no_doubt(sizes: list[float], each: float) -> None:
    found = rate([each * size for size in sizes], sizes)

    assert (found.value, found.low, found.high) == pytest.approx((each, each, each), rel=1e-6)
    assert found.units == len(sizes)


@given(st.lists(st.floats(0, 100), min_size=2, max_size=20))
def test_with_units_of_one_size_it_is_the_interval_of_a_mean(tops: list[float]) -> None:
    found, mean = rate(tops, [1.0] * len(tops)), paired(tops, permutations=1, seed=0)

    assert (found.value, found.low, found.high) == pytest.approx(
        (mean.mean, mean.low, mean.high), abs=1e-9
    )


@given(SIZES, st.randoms(use_true_random=False))
def test_the_value_is_the_ratio_of_the_sums_and_lies_within(
    sizes: list[float], chance: random.Random
) -> None:
    tops = [chance.random() * size for size in sizes]
    found = rate(tops, sizes)

    assert found.value == pytest.approx(math.fsum(tops) / math.fsum(sizes))
    assert found.low <= found.value <= found.high


def test_it_covers_as_often_as_it_says() -> None:
    chance = random.Random(5)
    inside = 0
    for _ in range(400):
        sizes = [chance.randint(5, 60) for _ in range(25)]
        tops = [size * chance.gauss(2.0, 0.5) for size in sizes]
        found = rate(tops, [float(size) for size in sizes])
        inside += found.low <= 2.0 <= found.high

    assert 360 <= inside <= 395


@pytest.mark.parametrize(("tops", "sizes"), [([1.0, 2.0], [1.0, 0.0]), ([1.0], [1.0]), ([], [])])
def test_without_sizes_or_a_second_unit_there_is_none(
    tops: list[float], sizes: list[float]
) -> None:
    with pytest.raises(BadRecord):
        rate(tops, sizes)
