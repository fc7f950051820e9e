"""A ratio of two sums over independent units, with its interval."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from lorewright.errors import BadRecord
from lorewright.statistics.paired_test import paired


class Rate(NamedTuple):
    """A ratio such as nats per token."""

    value: float
    low: float
    high: float
    units: int


def rate(tops: Sequence[float], bottoms: Sequence[float], *, level: float = 0.95) -> Rate:
    """The sum of `tops` over the sum of `bottoms`, with the t interval between units.

    Units of different size are no equal witnesses of the ratio, so the interval is that of its
    linear form: each unit's own surplus, `top - ratio · bottom`, over the mean bottom
    (Cochran 1977, Sampling Techniques, 6.3).

    Args:
        tops: one number per unit.
        bottoms: its size, more than nothing.
        level: the coverage of the interval.

    Raises:
        BadRecord: with fewer than two units, or sizes that are none.
        MissingExtra: when numpy and scipy are not installed.
    """
    if any(size <= 0 for size in bottoms):
        raise BadRecord("a unit without a size says nothing about a ratio")
    whole = math.fsum(bottoms)
    value = math.fsum(tops) / whole if whole else 0.0
    scale = len(tops) / whole if whole else 0.0
    surplus = [
        value + scale * (top - value * bottom) for top, bottom in zip(tops, bottoms, strict=True)
    ]
    found = paired(surplus, permutations=1, seed=0, level=level)
    return Rate(value, value - (found.mean - found.low), value + (found.high - found.mean), found.n)
