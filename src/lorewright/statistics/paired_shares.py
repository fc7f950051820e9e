"""Is one arm not much less often right than another, on the same units?"""

import math
from dataclasses import dataclass

from lorewright.errors import BadRecord, BadSettings
from lorewright.statistics.finding import Finding, State, from_prove, refuse_no_share

MOST_EXACT = 500
"""Units up to which the p-value is exact; beyond, the score test of Tango is near enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedShares(Finding):
    """How much more often ours is right, and whether it is shown to be not much less often."""

    gained: int
    """Units that only ours got right."""
    lost: int
    """Units that only theirs got right."""
    lowest: float
    """The difference of shares that has to be exceeded; below zero."""
    alpha: float

    @property
    def is_met(self) -> bool:
        """Whether the difference is shown to lie above `lowest`."""
        return self.p_value is not None and self.p_value <= self.alpha


def share_not_worse(
    gained: int, lost: int, same: int, *, by: float, alpha: float = 0.025
) -> PairedShares:
    """Test whether ours is right at most `by` less often than theirs: one-sided.

    The p-value is exact and unconditional: the largest chance, over every share of units that
    may be lost, of counts that speak against `lowest` as much as these by the statistic of
    Tango (Hsueh, Liu and Chen 2001, doi:10.1111/j.0006-341X.2001.00478.x). The interval of the
    difference is Tango's score interval, with the level 1 - 2 · `alpha` (Tango 1998,
    doi:10.1002/(SICI)1097-0258(19980430)17:8<891::AID-SIM780>3.0.CO;2-B). The two are nearly
    but not exactly each other's counterpart; the p-value decides.

    Args:
        gained: units that only ours got right.
        lost: units that only theirs got right.
        same: units that both or neither got right.
        by: how much less often still counts as not worse, 0.05 for five points of a hundred.
        alpha: the one-sided error.

    Raises:
        BadRecord: when a count is below zero.
        BadSettings: when `by` or `alpha` cannot be used.
        MissingExtra: when numpy or scipy is not installed.
    """
    if min(gained, lost, same) < 0:
        raise BadRecord(f"a count is zero or more, not {min(gained, lost, same)}")
    if not (math.isfinite(by) and 0 < by < 1):
        raise BadSettings(f"a bound of shares lies between 0 and 1, {by} does not")
    refuse_no_share(alpha, "the error of a test")
    n = gained + lost + same
    low = high = p_value = None
    if n:
        with from_prove("the test of shares"):
            from lorewright.statistics.score_of_shares import exact_p, score_bounds, score_p
        low, high = score_bounds(gained, lost, n, level=1 - 2 * alpha)
        p_value = (exact_p if n <= MOST_EXACT else score_p)(gained, lost, n, -by)
    exact = "exact" if n <= MOST_EXACT else "nearly normal score"
    return PairedShares(
        n=n,
        estimate=(gained - lost) / n if n else None,
        low=low,
        high=high,
        level=1 - 2 * alpha,
        p_value=p_value,
        state=State.SOUND if n else State.TOO_FEW,
        assumes=f"units are independent; the test is {exact}",
        gained=gained,
        lost=lost,
        lowest=-by,
        alpha=alpha,
    )
