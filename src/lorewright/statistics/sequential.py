"""A test that may be looked at after every scenario and stopped whenever one likes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lorewright.errors import BadRecord, BadSettings
from lorewright.statistics.finding import (
    Finding,
    State,
    from_prove,
    refuse_no_share,
    refuse_what_is_no_number,
)

PLACES = 2_000
"""Means tried for the confidence sequence."""
OF_RATINGS = 0.05
"""The variance of shares that the first bets on ratings expect; that of votes is a quarter."""
OF_VOTES = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched(Finding):
    """What is known after the last scenario; true at whatever scenario one stops."""

    alpha: float
    stopped_at: int | None
    """The first scenario after which the test was met; None when it never was."""
    running: tuple[float, ...]
    """The p-value after each scenario; it never rises."""

    @property
    def is_met(self) -> bool:
        """Whether the mean is shown to differ from zero."""
        return self.stopped_at is not None


def watched(differences: Sequence[float], *, largest: float, alpha: float = 0.05) -> Watched:
    """Bet against a mean difference of zero, scenario by scenario.

    Differences become shares, x = d / (2 · largest) + ½, so that on a scale of 1 to 5 it is
    d / 8 + ½. Two gamblers bet on more and on less, each bet resting only on earlier ones;
    where one has multiplied its stake by 2 / `alpha` the test is met, and by the inequality
    of Ville (1939) a true null hypothesis lets that happen in at most `alpha` of all cases,
    however often one looks. The interval holds the means that no gambler has refused, found
    on a grid. (Waudby-Smith and Ramdas 2024, doi:10.1093/jrsssb/qkad009.)

    Args:
        differences: in the order in which the scenarios were evaluated, fixed beforehand.
        largest: the largest difference there can be; 4 on a scale of 1 to 5.
        alpha: the two-sided error at any stopping time.

    Raises:
        BadRecord: when a difference is no number, or larger than `largest`.
        BadSettings: when `largest` or `alpha` cannot be used.
        MissingExtra: when numpy is not installed.
    """
    return _watched(differences, largest, alpha, OF_RATINGS)


def watched_preferences(preferences: Sequence[int], *, alpha: float = 0.05) -> Watched:
    """Bet against no preference: 1 for ours, -1 for theirs, 0 for a tie, in order.

    The estimate is the share of wins less the share of losses.

    Raises:
        BadRecord: when a preference is none of 1, 0 and -1.
        BadSettings: when `alpha` cannot be used.
        MissingExtra: when numpy is not installed.
    """
    for place, preference in enumerate(preferences, start=1):
        if preference not in (-1, 0, 1):
            raise BadRecord(f"preference {place} is {preference}, none of 1, 0 and -1")
    return _watched([float(one) for one in preferences], 1.0, alpha, OF_VOTES)


def _watched(differences: Sequence[float], largest: float, alpha: float, guess: float) -> Watched:
    refuse_what_is_no_number(differences, "difference")
    refuse_no_share(alpha, "the error of a test")
    if not (math.isfinite(largest) and largest > 0):
        raise BadSettings(f"the largest difference is a number above zero, not {largest}")
    for place, difference in enumerate(differences, start=1):
        if abs(difference) > largest:
            raise BadRecord(
                f"difference {place} of {len(differences)} is {difference:g}, "
                f"larger than {largest:g}",
                hint="name the scale that the ratings were given on",
            )
    if not differences:
        return _seen((), None, (-largest, largest), alpha)
    shares = [difference / (2 * largest) + 0.5 for difference in differences]
    running, (low, high) = _played(shares, alpha, guess)
    estimate = math.fsum(differences) / len(differences)
    bounds = (2 * low - 1) * largest, (2 * high - 1) * largest
    return _seen(running, estimate, bounds, alpha)


def _played(
    shares: Sequence[float], alpha: float, guess: float
) -> tuple[tuple[float, ...], tuple[float, float]]:
    with from_prove("the sequential test"):
        import numpy as np

        from lorewright.statistics.betting import means_left, running_p_values
    row = np.asarray(shares, np.float64)
    running = running_p_values(row, np.asarray(0.5), guess=guess)
    return tuple(running.tolist()), means_left(row, guess=guess, alpha=alpha, places=PLACES)


def _seen(
    running: tuple[float, ...],
    estimate: float | None,
    bounds: tuple[float, float],
    alpha: float,
) -> Watched:
    met = (place for place, p_value in enumerate(running, start=1) if p_value <= alpha)
    return Watched(
        n=len(running),
        estimate=estimate,
        low=bounds[0],
        high=bounds[1],
        level=1 - alpha,
        p_value=running[-1] if running else None,
        state=State.SOUND if running else State.TOO_FEW,
        assumes="the mean is the same whatever came before, and differences stay in their range",
        alpha=alpha,
        stopped_at=next(met, None),
        running=running,
    )
