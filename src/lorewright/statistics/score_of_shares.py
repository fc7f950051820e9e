"""Tango's statistic for the difference of paired shares, and its exact error; loads scipy."""

import math
from typing import TypeAlias

import numpy as np
from scipy.special import gammaln, ndtr  # pyright: ignore[reportMissingTypeStubs] # none ship

from lorewright.statistics.exact import normal_quantile

Array: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.float64]]"

_POINTS = 200
"""Shares that may be lost, at which the chance is computed; it hardly moves between them."""
_HALVINGS = 60
_ROUNDING = 1e-9
"""Statistics that differ by less are equal."""


def score(gained: Array, lost: Array, n: int, difference: float) -> Array:
    """How far counts lie from a true difference of shares, in standard errors.

    The error is that of the likeliest share of lost units under this difference.
    """
    b = -gained - lost + (2 * n - gained + lost) * difference
    c = -lost * difference * (1 - difference)
    likeliest = (np.sqrt(np.maximum(b * b - 8 * n * c, 0)) - b) / (4 * n)
    spread = n * (2 * likeliest + difference * (1 - difference))
    return (gained - lost - n * difference) / np.sqrt(np.maximum(spread, np.finfo(float).tiny))


def score_p(gained: int, lost: int, n: int, difference: float) -> float:
    """One-sided, for a true difference above `difference`."""
    return float(ndtr(-_one(gained, lost, n, difference)))


def score_bounds(gained: int, lost: int, n: int, *, level: float) -> tuple[float, float]:
    """All differences that the two-sided score test does not refuse."""
    z = normal_quantile(level)
    estimate = (gained - lost) / n
    low = _turn(gained, lost, n, (-1.0, estimate), z)
    high = _turn(gained, lost, n, (1.0, estimate), z)
    return low, high


def exact_p(gained: int, lost: int, n: int, difference: float) -> float:
    """The largest chance, under any share of lost units, of counts that speak as much for more."""
    all_gained, all_lost = np.meshgrid(np.arange(n + 1.0), np.arange(n + 1.0), indexing="ij")
    inside = all_gained + all_lost <= n
    all_gained, all_lost = all_gained[inside], all_lost[inside]
    speaks = score(all_gained, all_lost, n, difference)
    more = speaks >= _one(gained, lost, n, difference) - _ROUNDING
    all_gained, all_lost = all_gained[more], all_lost[more]
    same = n - all_gained - all_lost
    ways = gammaln(n + 1) - gammaln(all_gained + 1) - gammaln(all_lost + 1) - gammaln(same + 1)
    largest = 0.0
    # The share gained is the share lost plus the difference, and all three shares lie in 0 to 1.
    for share in np.linspace(-difference, (1 - difference) / 2, _POINTS):
        chances = (share + difference, share, 1 - 2 * share - difference)
        told = ways + sum(
            _times_log(count, chance)
            for count, chance in zip((all_gained, all_lost, same), chances, strict=True)
        )
        largest = max(largest, float(np.exp(told).sum()))
    return min(1.0, largest)


def _times_log(count: Array, chance: float) -> Array:
    if chance <= _ROUNDING:
        return np.where(count > 0, -np.inf, 0.0)
    return count * math.log(chance)


def _one(gained: int, lost: int, n: int, difference: float) -> float:
    found = score(np.asarray([float(gained)]), np.asarray([float(lost)]), n, difference)
    return float(found[0])


def _turn(gained: int, lost: int, n: int, ends: tuple[float, float], z: float) -> float:
    """Where between the ends, the far one first, the statistic is `z` away from zero."""
    far, near = ends
    for _ in range(_HALVINGS):
        middle = (far + near) / 2
        is_beyond = abs(_one(gained, lost, n, middle)) > z
        far, near = (middle, near) if is_beyond else (far, middle)
    return near
