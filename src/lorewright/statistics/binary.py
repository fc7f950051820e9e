"""Yes or no, won or lost: exact tests and intervals of shares."""

from collections.abc import Sequence
from dataclasses import dataclass

from lorewright.errors import BadRecord
from lorewright.statistics.finding import (
    Finding,
    State,
    from_prove,
    refuse_no_share,
    refuse_unequal,
)

_ASSUMES = "scenarios are independent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share(Finding):
    """How many of those that decide go one way; `n` counts only those."""

    successes: int
    ties: int
    """Units that decide nothing; they are counted here and take no part in the test."""
    more_than: float
    """What the share is tested against."""

    @property
    def with_half_ties(self) -> float | None:
        """The share among all units when a tie is half a success."""
        units = self.n + self.ties
        return (self.successes + self.ties / 2) / units if units else None


def sign_test(wins: int, losses: int, *, ties: int = 0, level: float = 0.95) -> Share:
    """Test whether wins and losses are equally likely, two-sided and exactly.

    The interval is that of Clopper and Pearson (1934, doi:10.1093/biomet/26.4.404): it
    excludes one half just where the test refuses it.

    Raises:
        BadRecord: when a count is below zero.
        BadSettings: when `level` cannot be used.
        MissingExtra: when scipy is not installed.
    """
    _refuse_negative(wins, losses, ties)
    refuse_no_share(level, "the level of an interval")
    if wins + losses == 0:
        return _undecided(ties, level, 0.5)
    with from_prove("the sign test"):
        import numpy as np

        from lorewright.statistics.exact import exact_interval, p_of_signs
    n = wins + losses
    low, high = exact_interval(wins, n, level)
    return Share(
        n=n,
        estimate=wins / n,
        low=low,
        high=high,
        level=level,
        p_value=float(p_of_signs(np.asarray([float(wins)]), np.asarray([float(losses)]))[0]),
        state=State.SOUND,
        assumes=_ASSUMES,
        successes=wins,
        ties=ties,
        more_than=0.5,
    )


def mcnemar(ours: Sequence[bool], theirs: Sequence[bool], *, level: float = 0.95) -> Share:
    """Compare what two arms got right on the same units: the exact test of McNemar.

    Only units that one arm got right and the other wrong decide; it is their sign test.

    Raises:
        BadRecord: when the arms are not equally long.
        BadSettings: when `level` cannot be used.
        MissingExtra: when scipy is not installed.
    """
    refuse_unequal(ours, theirs)
    gained = sum(our and not their for our, their in zip(ours, theirs, strict=True))
    lost = sum(their and not our for our, their in zip(ours, theirs, strict=True))
    return sign_test(gained, lost, ties=len(ours) - gained - lost, level=level)


def more_often_than(
    share: float, wins: int, losses: int, *, ties: int = 0, level: float = 0.95
) -> Share:
    """Test whether a win is more likely than `share`: one-sided and exactly.

    Its error is (1 - `level`) / 2, so that it is met just where the two-sided interval lies
    above `share`.

    Raises:
        BadRecord: when a count is below zero.
        BadSettings: when `share` or `level` cannot be used.
        MissingExtra: when scipy is not installed.
    """
    _refuse_negative(wins, losses, ties)
    refuse_no_share(share, "a share")
    refuse_no_share(level, "the level of an interval")
    n = wins + losses
    if n == 0:
        return _undecided(ties, level, share)
    with from_prove("the exact test of a share"):
        import numpy as np

        from lorewright.statistics.exact import exact_interval, p_of_more_than
    low, high = exact_interval(wins, n, level)
    p_values = p_of_more_than(np.asarray([float(wins)]), np.asarray([float(n)]), share)
    return Share(
        n=n,
        estimate=wins / n,
        low=low,
        high=high,
        level=level,
        p_value=float(p_values[0]),
        state=State.SOUND,
        assumes=_ASSUMES,
        successes=wins,
        ties=ties,
        more_than=share,
    )


def wilson(successes: int, n: int, *, level: float = 0.95) -> Share:
    """A share with the interval of Wilson (1927, doi:10.1080/01621459.1927.10502953).

    Raises:
        BadRecord: when the counts contradict each other.
        BadSettings: when `level` cannot be used.
        MissingExtra: when scipy is not installed.
    """
    _refuse_negative(successes, n - successes)
    refuse_no_share(level, "the level of an interval")
    if n == 0:
        return _undecided(0, level, 0.5)
    with from_prove("the interval of a share"):
        from lorewright.statistics.exact import score_interval
    low, high = score_interval(successes, n, level)
    return Share(
        n=n,
        estimate=successes / n,
        low=low,
        high=high,
        level=level,
        p_value=None,
        state=State.SOUND,
        assumes=_ASSUMES,
        successes=successes,
        ties=0,
        more_than=0.5,
    )


def _undecided(ties: int, level: float, share: float) -> Share:
    return Share(
        n=0,
        estimate=None,
        low=None,
        high=None,
        level=level,
        p_value=None,
        state=State.ALL_TIES if ties else State.TOO_FEW,
        assumes=_ASSUMES,
        successes=0,
        ties=ties,
        more_than=share,
    )


def _refuse_negative(*counts: int) -> None:
    if min(counts) < 0:
        raise BadRecord(f"a count is zero or more, not {min(counts)}")
