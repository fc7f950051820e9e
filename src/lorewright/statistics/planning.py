"""The distributions behind power; imported only when something is planned; loads scipy."""

import math

from scipy.special import (  # pyright: ignore[reportMissingTypeStubs] # scipy ships none
    bdtr,
    bdtrc,
    bdtrik,
    nctdtr,
    stdtrit,
)


def t_power(n: float, effect: float, *, alpha: float, sides: int) -> float:
    """The chance that t leaves its limits when the mean is `effect` standard deviations."""
    degrees, away = n - 1, effect * n**0.5
    limit = float(stdtrit(degrees, 1 - alpha / sides))
    above = 1 - _chance_below(limit, degrees, away)
    return above if sides == 1 else above + _chance_below(-limit, degrees, away)


def sign_power(n: int, share: float, *, alpha: float) -> float:
    """The chance that the two-sided sign test refuses one half when `share` is true."""
    # The real root of P(wins <= k) = alpha / 2; its whole part is the most that is refused.
    root = float(bdtrik(alpha / 2, n, 0.5))
    # One less is safe from rounding, and the next line takes it back where it may.
    most = int(root) - 1 if root >= 1 else -1
    while 2 * float(bdtr(most + 1, n, 0.5)) <= alpha:
        most += 1
    if most < 0:
        return 0.0
    return float(bdtr(most, n, share)) + float(bdtrc(n - most - 1, n, share))


def _chance_below(limit: float, degrees: float, away: float) -> float:
    """Of the noncentral t; far out in its lower tail scipy answers NaN for what is next to 0."""
    chance = float(nctdtr(degrees, away, limit))
    return 0.0 if math.isnan(chance) else chance
