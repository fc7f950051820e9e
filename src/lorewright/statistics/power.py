"""How many scenarios a claim needs, and how likely so many show what is true."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from lorewright.errors import BadSettings
from lorewright.statistics.finding import from_prove, refuse_no_share

Sides: TypeAlias = Literal[1, 2]

MOST = 1_000_000
"""Beyond it nobody evaluates."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How answers and raters vary: what the differences of two arms are made of."""

    sd: float = 0.8
    """Of the true scores of one arm over scenarios."""
    correlation: float = 0.35
    """Of the true scores of two arms on the same scenario."""
    rater_noise: float = 0.6
    """The standard deviation of one rater about the true score."""
    raters: int = 5

    def sd_of(self, factor: float = 1.0) -> float:
        """The standard deviation of ours - `factor` · theirs."""
        shared = 1 + factor**2 - 2 * factor * self.correlation
        heard = (1 + factor**2) * self.rater_noise**2 / self.raters
        return math.sqrt(self.sd**2 * shared + heard)


@dataclass(frozen=True, slots=True)
class PlanRow:
    """What one spread of the differences needs to show one difference."""

    sd: float
    difference: float
    for_eighty: int
    """Scenarios for a power of 80 %."""
    for_ninety: int


def power_of(
    n: float, difference: float, sd: float, *, alpha: float = 0.05, sides: Sides = 2
) -> float:
    """The chance that a paired t test of `n` scenarios shows a true `difference`.

    By the noncentral t distribution with n - 1 degrees of freedom and the noncentrality
    difference / sd · √n (Cohen 1988, as R's `power.t.test` with `strict = TRUE`).

    Raises:
        BadSettings: when a number cannot be used.
        MissingExtra: when scipy is not installed.
    """
    _refuse_bad_plan(sd, alpha)
    if n < 2:
        return 0.0
    with from_prove("planning"):
        from lorewright.statistics.planning import t_power
    # A two-sided test knows no direction.
    effect = abs(difference) / sd if sides == 2 else difference / sd
    return t_power(n, effect, alpha=alpha, sides=sides)


def pairs_for(
    difference: float, sd: float, *, power: float = 0.8, alpha: float = 0.05, sides: Sides = 2
) -> int:
    """The fewest scenarios whose paired t test shows a true `difference` with `power`.

    Raises:
        BadSettings: when a number cannot be used, or no number of scenarios is enough.
        MissingExtra: when scipy is not installed.
    """
    refuse_no_share(power, "power")
    if difference == 0 or (sides == 1 and difference < 0):
        raise BadSettings(
            "no number of scenarios shows a difference that is not there",
            hint="say how large a difference you hope for",
        )
    return _fewest(lambda n: power_of(n, difference, sd, alpha=alpha, sides=sides), power)


def plan(
    sds: Sequence[float], differences: Sequence[float], *, alpha: float = 0.05
) -> tuple[PlanRow, ...]:
    """Required scenarios for each spread and each true difference, two-sided."""
    return tuple(
        PlanRow(
            sd,
            difference,
            pairs_for(difference, sd, power=0.8, alpha=alpha),
            pairs_for(difference, sd, power=0.9, alpha=alpha),
        )
        for sd in sds
        for difference in differences
    )


def power_of_margin(
    n: float, base: float, gain: float, *, margin: float, spread: Spread, alpha: float = 0.025
) -> float:
    """The chance that `n` scenarios show `margin` when the true gain is `gain`.

    Args:
        n: scenarios.
        base: the mean of the other arm.
        gain: the true gain as a share of `base`, 0.25 for 25 %.
        margin: the gain to be shown.
        spread: how answers and raters vary.
        alpha: the one-sided error.

    Raises:
        BadSettings: when a number cannot be used.
        MissingExtra: when scipy is not installed.
    """
    sd = spread.sd_of(1 + margin)
    return power_of(n, base * (gain - margin), sd, alpha=alpha, sides=1)


def pairs_for_margin(
    base: float,
    gain: float,
    *,
    margin: float,
    spread: Spread,
    power: float = 0.8,
    alpha: float = 0.025,
) -> int:
    """The fewest scenarios that show `margin` with `power` when the true gain is `gain`.

    Raises:
        BadSettings: when a number cannot be used, or the gain is not above the margin.
        MissingExtra: when scipy is not installed.
    """
    sd = spread.sd_of(1 + margin)
    return pairs_for(base * (gain - margin), sd, power=power, alpha=alpha, sides=1)


def power_of_preference(n: int, share: float, *, alpha: float = 0.05) -> float:
    """The chance that the exact sign test of `n` scenarios shows a preference.

    Args:
        n: scenarios that decide; ties do not count.
        share: how often ours is truly preferred.
        alpha: the two-sided error.

    Raises:
        BadSettings: when a share cannot be used.
        MissingExtra: when scipy is not installed.
    """
    refuse_no_share(share, "a share")
    refuse_no_share(alpha, "the error of a test")
    if n < 1:
        return 0.0
    with from_prove("planning"):
        from lorewright.statistics.planning import sign_power
    return sign_power(n, share, alpha=alpha)


def scenarios_for_preference(share: float, *, power: float = 0.8, alpha: float = 0.05) -> int:
    """The fewest scenarios whose sign test shows a preference of `share` with `power`.

    The power of an exact test rises in saw teeth, an even number above the odd one after it.
    So the answer is the first number that reaches `power` together with the next: one tie
    more or less does not undo it.

    Raises:
        BadSettings: when a share cannot be used, or no number of scenarios is enough.
        MissingExtra: when scipy is not installed.
    """
    refuse_no_share(power, "power")
    refuse_no_share(share, "a share")
    if abs(share - 0.5) < 0.005:
        raise BadSettings(
            "no number of scenarios that anyone could ask shows a preference so near one half",
            hint="say a share at least half a point away from it",
        )
    n, reached = 0, 0
    while reached < 2:
        n += 1
        reached = reached + 1 if power_of_preference(n, share, alpha=alpha) >= power else 0
    return n - 1


def _fewest(power_at: Callable[[float], float], power: float) -> int:
    """The fewest scenarios with `power`, which never falls with their number."""
    high = 2
    while power_at(high) < power:
        high *= 2
        if high > MOST:
            raise BadSettings(
                f"more than {MOST:,} scenarios are needed",
                hint="say a larger difference or a smaller power",
            )
    low = max(1, high // 2)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power_at(middle) >= power else (middle, high)
    return high


def _refuse_bad_plan(sd: float, alpha: float) -> None:
    refuse_no_share(alpha, "the error of a test")
    if not (math.isfinite(sd) and sd > 0):
        raise BadSettings(f"a standard deviation is a number above zero, not {sd}")
