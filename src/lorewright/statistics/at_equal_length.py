"""How much of a difference is left where both answers are equally long: a sensitivity."""

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

_ASSUMES = "scenarios are independent, and ratings go with length along a line"
_SHARE_BEYOND = 0.1
"""With fewer scenarios than this on either side of equal length, the line is drawn past them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtEqualLength(Finding):
    """The height of the line through differences at no difference in length; no verdict.

    Longer answers may be rated higher for their length, or be long for what makes them better:
    a line cannot tell the two apart. So this stands beside the mean difference and never in
    its place.
    """

    raw: float | None
    """The mean difference as it is."""
    longer: float | None
    """The mean of how much longer ours are."""
    slope: float | None
    """Difference for each unit of length."""
    longer_share: float
    """Scenarios in which ours is the longer answer, as a share."""
    shorter_share: float

    @property
    def is_beyond(self) -> bool:
        """Whether nearly all scenarios lie on one side of equal length, so that it is a guess."""
        return min(self.longer_share, self.shorter_share) < _SHARE_BEYOND


def at_equal_length(
    differences: Sequence[float], longer_by: Sequence[float], *, level: float = 0.95
) -> AtEqualLength:
    """Fit differences = a + b · how much longer ours is, and give a with its t interval.

    Ordinary least squares (Draper and Smith 1998, doi:10.1002/9781118625590, chapter 1), with
    n - 2 degrees of freedom.

    Args:
        differences: of the ratings, ours less theirs, one for each scenario.
        longer_by: of the lengths, in the same order.
        level: the coverage of the interval.

    Raises:
        BadRecord: when the two are not equally long or hold what is no number.
        BadSettings: when `level` cannot be used.
        MissingExtra: when scipy is not installed.
    """
    refuse_unequal(differences, longer_by)
    refuse_what_is_no_number([*differences, *longer_by], "value")
    refuse_no_share(level, "the level of an interval")
    n = len(differences)
    raw = math.fsum(differences) / n if n else None
    longer = math.fsum(longer_by) / n if n else None
    found: tuple[float, float, float, float] | None = None
    if n < 3 or raw is None or longer is None:
        state = State.TOO_FEW
    elif min(longer_by) == max(longer_by) or min(differences) == max(differences):
        state = State.CONSTANT
    else:
        state = State.SOUND
        found = _line(differences, longer_by, (raw, longer), level)
    return AtEqualLength(
        n=n,
        estimate=found[0] if found else None,
        low=found[1] if found else None,
        high=found[2] if found else None,
        level=level,
        p_value=None,
        state=state,
        assumes=_ASSUMES,
        raw=raw,
        longer=longer,
        slope=found[3] if found else None,
        longer_share=sum(one > 0 for one in longer_by) / n if n else 0.0,
        shorter_share=sum(one < 0 for one in longer_by) / n if n else 0.0,
    )


def _line(
    heights: Sequence[float], places: Sequence[float], means: tuple[float, float], level: float
) -> tuple[float, float, float, float]:
    """The intercept with its interval, and the slope."""
    with from_prove("the interval of a line"):
        from lorewright.statistics.rows import quantile
    height, place = means
    n = len(heights)
    spread = math.fsum((at - place) ** 2 for at in places)
    slope = (
        math.fsum((at - place) * (up - height) for at, up in zip(places, heights, strict=True))
        / spread
    )
    intercept = height - slope * place
    left = math.fsum(
        (up - intercept - slope * at) ** 2 for at, up in zip(places, heights, strict=True)
    )
    error = math.sqrt(left / (n - 2) * (1 / n + place**2 / spread))
    half = quantile(level, n - 2) * error
    return intercept, intercept - half, intercept + half, slope
