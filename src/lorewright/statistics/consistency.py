"""Whether a judge agrees with itself: in the other order, and on another day."""

from collections.abc import Sequence
from dataclasses import dataclass

from lorewright.statistics.binary import sign_test, wilson
from lorewright.statistics.finding import Finding
from lorewright.statistics.kappa import Kappa, kappa
from lorewright.statistics.weights import Nearness


@dataclass(frozen=True, slots=True, kw_only=True)
class Flips(Finding):
    """How often a preference changed with the order in which two answers were shown.

    `estimate` is the share of cases that changed; the p-value is that of the order, not of
    the share: whether the changes favour one place.
    """

    flips: int
    for_first: int
    """Cases that moved towards whichever answer was shown first."""
    for_second: int


def flips(cases: Sequence[tuple[int, int]], *, level: float = 0.95) -> Flips:
    """Count preferences that change with the order, and test whether the order has a side.

    The interval is that of Wilson. Under no effect of order a change favours the first place
    as often as the second: the exact sign test of the changes.

    Args:
        cases: for each pair of answers the preference when ours was shown first, and when it
            was shown second: 1 for ours, 0 for a tie, -1 for theirs.
        level: the coverage of the interval.

    Raises:
        BadSettings: when `level` cannot be used.
        MissingExtra: when scipy is not installed.
    """
    for_first = sum(first > second for first, second in cases)
    for_second = sum(first < second for first, second in cases)
    changed = for_first + for_second
    share = wilson(changed, len(cases), level=level)
    return Flips(
        n=len(cases),
        estimate=share.estimate,
        low=share.low,
        high=share.high,
        level=level,
        p_value=sign_test(for_first, for_second, level=level).p_value,
        state=share.state,
        assumes="cases are independent",
        flips=changed,
        for_first=for_first,
        for_second=for_second,
    )


def repeated(
    readings: Sequence[tuple[float, float]],
    *,
    weights: Nearness = "quadratic",
    categories: Sequence[float] | None = None,
    level: float = 0.95,
) -> Kappa:
    """Test and retest: the kappa of what one rater said first and what it said again.

    Raises:
        BadRecord: when a reading is no number or stands outside `categories`.
        BadSettings: when `level` cannot be used.
        MissingExtra: when scipy is not installed.
    """
    return kappa(readings, weights=weights, categories=categories, level=level)
