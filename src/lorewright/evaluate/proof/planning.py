"""What has to be asked to show what: the table that one looks at before anything is answered."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lorewright.evaluate.proof.rules import ProofRules
from lorewright.statistics import (
    PlanRow,
    Spread,
    pairs_for_margin,
    plan,
    power_of,
    power_of_margin,
    power_of_preference,
    scenarios_for_preference,
)

BASE_MEAN = 2.8
"""Of the prompted base on a scale of 1 to 5, until a pilot says better."""
SDS = (0.7, 0.8, 0.9, 1.0, 1.25)
"""Standard deviations of the differences by scenario; the last is that of a single rater."""
GAINS = (0.12, 0.15, 0.20, 0.25)
"""True gains over the prompted base."""
ABOVE = (0.03, 0.06, 0.10, 0.15, 0.25)
"""How far a true gain lies above the margin that is to be proven."""
SHARES = (0.60, 0.65, 0.70, 0.75)
RATERS = (1, 2, 3, 5, 10)


class MarginRow(NamedTuple):
    """What proving the margin needs at one true gain."""

    gain: float
    for_eighty: int
    for_ninety: int
    power: float
    """Of the number of scenarios that is planned."""


class PreferenceRow(NamedTuple):
    """What one true share of preferences needs, ties not counted."""

    share: float
    for_eighty: int
    for_ninety: int
    power: float


class RaterRow(NamedTuple):
    """What so many raters make of the spread."""

    raters: int
    sd: float
    for_eighty: int
    """Scenarios that show the margin's difference as a difference."""


class Reach(NamedTuple):
    """What the planned number of scenarios shows at one spread."""

    sd: float
    eighty: float
    """The smallest true difference that is shown with a power of 80 %, in points."""
    ninety: float
    power: float
    """Of showing that there is a difference where it is as large as the margin."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole table, computed from assumptions that stand in it."""

    scenarios: int
    base_mean: float
    spread: Spread
    alpha: float
    margin: float
    differences: tuple[PlanRow, ...]
    reach: tuple[Reach, ...]
    margins: tuple[MarginRow, ...]
    preferences: tuple[PreferenceRow, ...]
    raters: tuple[RaterRow, ...]
    warnings: tuple[str, ...]


def plan_for(
    rules: ProofRules,
    scenarios: int,
    *,
    base_mean: float = BASE_MEAN,
    spread: Spread = Spread(),  # noqa: B008 - frozen
) -> Plan:
    """What `scenarios` show by these rules, and how many other aims need.

    Args:
        rules: margins and errors.
        scenarios: how many are to be asked.
        base_mean: the mean that the prompted base is expected to have.
        spread: how answers and raters are expected to vary.

    Raises:
        BadSettings: when a number cannot be used.
        MissingExtra: when scipy is not installed.
    """
    alpha, margin = float(rules.alpha), float(rules.over_base)
    wanted = margin * base_mean
    return Plan(
        scenarios,
        base_mean,
        spread,
        alpha,
        margin,
        differences=plan(SDS, [round(gain * base_mean, 4) for gain in GAINS], alpha=alpha),
        reach=tuple(_reach(sd, scenarios, wanted, alpha) for sd in SDS),
        margins=tuple(
            _margin(margin + above, rules, scenarios, base_mean, spread) for above in ABOVE
        ),
        preferences=tuple(
            PreferenceRow(
                share,
                scenarios_for_preference(share, power=0.8, alpha=alpha),
                scenarios_for_preference(share, power=0.9, alpha=alpha),
                power_of_preference(scenarios, share, alpha=alpha),
            )
            for share in sorted({*SHARES, float(rules.preferred)})
            if share > 0.5
        ),
        raters=tuple(_raters(count, spread, wanted, alpha) for count in RATERS),
        warnings=tuple(_warnings(rules, scenarios)),
    )


def _reach(sd: float, scenarios: int, wanted: float, alpha: float) -> Reach:
    def at(difference: float) -> float:
        return power_of(scenarios, difference, sd, alpha=alpha)

    return Reach(sd, _smallest(at, 0.8, sd), _smallest(at, 0.9, sd), at(wanted))


def _smallest(power_at: Callable[[float], float], power: float, sd: float) -> float:
    """The smallest difference with `power`, to a thousandth of a point, by bisection."""
    low, high = 0.0, sd
    while power_at(high) < power:
        high *= 2
        if high > 1_000 * sd:
            return high  # two scenarios show next to nothing
    while high - low > 0.0005:
        middle = (low + high) / 2
        low, high = (low, middle) if power_at(middle) >= power else (middle, high)
    return math.ceil(1_000 * high) / 1_000


def _margin(
    gain: float, rules: ProofRules, scenarios: int, base_mean: float, spread: Spread
) -> MarginRow:
    margin, alpha = float(rules.over_base), float(rules.alpha) / 2
    needed = [
        pairs_for_margin(base_mean, gain, margin=margin, spread=spread, power=power, alpha=alpha)
        for power in (0.8, 0.9)
    ]
    reached = power_of_margin(scenarios, base_mean, gain, margin=margin, spread=spread, alpha=alpha)
    return MarginRow(round(gain, 4), needed[0], needed[1], reached)


def _raters(count: int, spread: Spread, wanted: float, alpha: float) -> RaterRow:
    sd = Spread(spread.sd, spread.correlation, spread.rater_noise, count).sd_of()
    (row,) = plan([sd], [wanted], alpha=alpha)
    return RaterRow(count, sd, row.for_eighty)


def _warnings(rules: ProofRules, scenarios: int) -> Sequence[str]:
    if scenarios < rules.fewest:
        return [f"with fewer than {rules.fewest} scenarios nothing is proven"]
    if scenarios < rules.enough:
        return [f"{scenarios} scenarios show large differences only; {rules.enough} are usual"]
    return []
