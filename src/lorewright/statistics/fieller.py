"""How many times the mean of one arm is the mean of another, with Fieller's interval."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lorewright.statistics.finding import (
    Finding,
    State,
    from_prove,
    refuse_no_share,
    refuse_unequal,
    refuse_what_is_no_number,
)

_ASSUMES = "scenarios are independent, and the means are nearly normal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio(Finding):
    """The mean of ours over the mean of theirs; 1 is parity."""

    our_mean: float | None
    their_mean: float | None
    """None where there is no scenario."""

    @property
    def gain(self) -> tuple[float | None, float | None, float | None]:
        """Estimate, low and high of the relative gain: 0.15 is 15 % more."""
        less_one = [
            None if one is None else one - 1 for one in (self.estimate, self.low, self.high)
        ]
        return less_one[0], less_one[1], less_one[2]


def ratio_of_means(ours: Sequence[float], theirs: Sequence[float], *, level: float = 0.95) -> Ratio:
    """Divide the means of pairs, and say between what the true ratio lies.

    Every ratio r is kept for which the paired t test does not refuse that ours - r · theirs
    has the mean zero (Fieller 1954, doi:10.1111/j.2517-6161.1954.tb00159.x). Where the mean
    of theirs may itself be zero the interval has no end: `UNBOUNDED` runs over all numbers
    and `OUTSIDE` over all but those from `low` to `high`.

    Raises:
        BadRecord: when the arms are not equally long or hold what is no number.
        BadSettings: when `level` cannot be used.
        MissingExtra: when scipy is not installed.
    """
    refuse_unequal(ours, theirs)
    refuse_what_is_no_number([*ours, *theirs], "value")
    refuse_no_share(level, "the level of an interval")
    n = len(ours)
    top = math.fsum(ours) / n if n else math.nan
    bottom = math.fsum(theirs) / n if n else math.nan
    estimate = top / bottom if n and bottom else None
    low: float | None = None
    high: float | None = None
    if n < 2:
        state = State.TOO_FEW
    elif bottom == 0 and not any(theirs):
        state = State.NOT_POSITIVE
    else:
        low, high, state = _interval(ours, theirs, (top, bottom), level)
    return Ratio(
        n=n,
        estimate=estimate,
        low=low,
        high=high,
        level=level,
        p_value=None,
        state=state,
        assumes=_ASSUMES,
        our_mean=top if n else None,
        their_mean=bottom if n else None,
    )


def _interval(
    ours: Sequence[float], theirs: Sequence[float], means: tuple[float, float], level: float
) -> tuple[float, float, State]:
    """The ratios r with a · r² - 2 · b · r + c <= 0."""
    with from_prove("the interval of a ratio"):
        from lorewright.statistics.rows import quantile
    n, (top, bottom) = len(ours), means
    t2 = quantile(level, n - 1) ** 2 / (n * (n - 1))
    a = bottom**2 - t2 * _products(theirs, theirs, bottom, bottom)
    b = top * bottom - t2 * _products(ours, theirs, top, bottom)
    c = top**2 - t2 * _products(ours, ours, top, top)
    root = math.sqrt(max(0.0, b * b - a * c))
    if a > 0:
        low, high = (b - root) / a, (b + root) / a
        # Equal pairs leave a single point, which rounding must not tear from the estimate.
        ratio = top / bottom
        return min(low, ratio), max(high, ratio), State.SOUND
    if a == 0 or b * b <= a * c:
        return -math.inf, math.inf, State.UNBOUNDED
    return (b + root) / a, (b - root) / a, State.OUTSIDE


def _products(one: Sequence[float], other: Sequence[float], mean: float, mean_of: float) -> float:
    return math.fsum((x - mean) * (y - mean_of) for x, y in zip(one, other, strict=True))
