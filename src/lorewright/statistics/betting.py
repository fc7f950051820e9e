"""The wealth of a gambler who bets against a mean; loads numpy, so imported when it is played.

Waudby-Smith and Ramdas 2024, doi:10.1093/jrsssb/qkad009, sections 4 and B.3 (aGRAPA).
"""

import numpy as np

from lorewright.statistics.sign_flip import Floats

_BOLDNESS = 0.9
"""The share of the largest bet that cannot ruin."""


def log_wealths(shares: Floats, mean: Floats, *, guess: float) -> tuple[Floats, Floats]:
    """The logarithm of the wealth after each observation, betting on more and on less.

    Each bet rests on what was seen before it and on nothing else. That makes both wealths
    martingales where `mean` is the true one, in whatever order one looks and stops.

    Args:
        shares: observations between 0 and 1, the last axis in the order they came.
        mean: the mean that is bet against; broadcasts with `shares`.
        guess: the variance that is expected before anything was seen. It decides how bold the
            first bets are and nothing about what is true.
    """
    seen = np.arange(1, shares.shape[-1] + 1)
    so_far = (0.5 + np.cumsum(shares, axis=-1)) / (seen + 1)
    spread = (guess + np.cumsum((shares - so_far) ** 2, axis=-1)) / (seen + 1)
    expected, variance = _before(so_far, first=0.5), _before(spread, first=guess)
    edge = expected - mean
    bet = edge / (variance + edge**2)
    more = np.clip(bet, 0, _BOLDNESS / mean)
    less = np.clip(-bet, 0, _BOLDNESS / (1 - mean))
    gain = shares - mean
    up = np.cumsum(np.log1p(more * gain), axis=-1)
    down = np.cumsum(np.log1p(-less * gain), axis=-1)
    return up, down


def running_p_values(shares: Floats, mean: Floats, *, guess: float) -> Floats:
    """After each observation: 2 over the largest wealth so far, and never more than 1."""
    up, down = log_wealths(shares, mean, guess=guess)
    best = np.maximum.accumulate(np.maximum(up, down), axis=-1)
    return np.minimum(1.0, 2 * np.exp(-best))


def means_left(shares: Floats, *, guess: float, alpha: float, places: int) -> tuple[float, float]:
    """The lowest and the highest mean on a grid that no wealth has refused, and a place more.

    A mean once refused stays refused, so the interval holds at every moment at once. The grid
    is widened by one place on either side, so that rounding to it can never narrow it.
    """
    grid = (np.arange(places) + 0.5) / places
    p_values = running_p_values(shares[None, :], grid[:, None], guess=guess)[:, -1]
    left = grid[p_values > alpha]
    if not len(left):
        # All were refused by turns: what remains is the grid's place nearest the mean.
        left = grid[[int(np.argmin(np.abs(grid - shares.mean())))]]
    return max(0.0, float(left[0]) - 1 / places), min(1.0, float(left[-1]) + 1 / places)


def _before(values: Floats, *, first: float) -> Floats:
    """Each value moved one place later, so that it is known before the observation it meets."""
    moved = np.empty_like(values)
    moved[..., 0] = first
    moved[..., 1:] = values[..., :-1]
    return moved
