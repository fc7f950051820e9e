"""Exact binomial tests and intervals, for many counts at once; loads scipy."""

import numpy as np
from scipy.special import (  # pyright: ignore[reportMissingTypeStubs] # scipy ships none
    betainc,
    betaincinv,
    ndtri,
)

from lorewright.statistics.sign_flip import Floats


def p_of_signs(wins: Floats, losses: Floats) -> Floats:
    """Two-sided p-values for: wins and losses are not equally likely; 1 where there are none."""
    fewer, more = np.minimum(wins, losses), np.maximum(wins, losses)
    # P(X <= k) of n throws is the incomplete beta function of n - k and k + 1.
    return np.where(more > 0, np.minimum(1.0, 2 * betainc(more, fewer + 1, 0.5)), 1.0)


def p_of_more_than(successes: Floats, n: Floats, share: float) -> Floats:
    """One-sided p-values for: a success is more likely than `share`."""
    return np.where(successes > 0, betainc(successes, n - successes + 1, share), 1.0)


def exact_interval(successes: int, n: int, level: float) -> tuple[float, float]:
    """The interval of Clopper and Pearson: every share that the exact test does not refuse."""
    tail = (1 - level) / 2
    low = float(betaincinv(successes, n - successes + 1, tail)) if successes else 0.0
    high = float(betaincinv(successes + 1, n - successes, 1 - tail)) if successes < n else 1.0
    return low, high


def score_interval(successes: int, n: int, level: float) -> tuple[float, float]:
    """The interval of Wilson."""
    z = normal_quantile(level)
    share = successes / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # At the ends the formula is exact in theory and a rounding apart in practice.
    low = 0.0 if successes == 0 else float(middle - half)
    high = 1.0 if successes == n else float(middle + half)
    return low, high


def normal_quantile(level: float) -> float:
    """The z that encloses the share `level` of the normal distribution around zero."""
    return float(ndtri((1 + level) / 2))
