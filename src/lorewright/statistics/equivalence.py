"""Are two arms as good as the same, or is one at least not much worse?"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lorewright.errors import BadSettings
from lorewright.statistics.finding import (
    Finding,
    State,
    from_prove,
    refuse_no_share,
    refuse_what_is_no_number,
)

_ASSUMES = "scenarios are independent, and the mean of the differences is nearly normal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounded(Finding):
    """The mean difference, and whether it is shown to lie within bounds set beforehand."""

    lowest: float
    highest: float
    """The bounds; infinite where only one side was asked for."""
    alpha: float

    @property
    def is_met(self) -> bool:
        """Whether the mean is shown to lie within the bounds."""
        return self.p_value is not None and self.p_value <= self.alpha


def equivalent(differences: Sequence[float], *, within: float, alpha: float = 0.05) -> Bounded:
    """Test whether the mean difference lies between -`within` and `within`.

    Two one-sided t tests, of which the larger p-value counts (Schuirmann 1987,
    doi:10.1007/BF01068419). The interval has the level 1 - 2 · `alpha`: it lies within the
    bounds just where the test is met.

    Raises:
        BadRecord: when a difference is no number.
        BadSettings: when `within` or `alpha` cannot be used.
        MissingExtra: when scipy is not installed.
    """
    _refuse_bad_bound(within)
    return _within(differences, -within, within, alpha)


def not_worse(differences: Sequence[float], *, by: float, alpha: float = 0.025) -> Bounded:
    """Test whether the mean difference lies above -`by`: one one-sided t test.

    Raises:
        BadRecord: when a difference is no number.
        BadSettings: when `by` or `alpha` cannot be used.
        MissingExtra: when scipy is not installed.
    """
    _refuse_bad_bound(by)
    return _within(differences, -by, math.inf, alpha)


def _refuse_bad_bound(bound: float) -> None:
    if not (math.isfinite(bound) and bound > 0):
        raise BadSettings(f"a bound is a number above zero, not {bound}")


def _within(differences: Sequence[float], lowest: float, highest: float, alpha: float) -> Bounded:
    refuse_what_is_no_number(differences, "difference")
    refuse_no_share(alpha, "the error of a test")
    n = len(differences)
    estimate = math.fsum(differences) / n if n else None
    low = high = p_value = None
    if n < 2:
        state = State.TOO_FEW
    elif min(differences) == max(differences):
        state, low, high = State.CONSTANT, estimate, estimate
    else:
        state = State.SOUND
        low, high, p_value = _tested(differences, lowest, highest, alpha)
    return Bounded(
        n=n,
        estimate=estimate,
        low=low,
        high=high,
        level=1 - 2 * alpha,
        p_value=p_value,
        state=state,
        assumes=_ASSUMES,
        lowest=lowest,
        highest=highest,
        alpha=alpha,
    )


def _tested(
    differences: Sequence[float], lowest: float, highest: float, alpha: float
) -> tuple[float, float, float]:
    with from_prove("the test of equivalence"):
        import numpy as np

        from lorewright.statistics.rows import means_and_errors, p_of_equivalence, quantile
    rows = np.asarray([differences], np.float64)
    mean, error = means_and_errors(rows)
    half = quantile(1 - 2 * alpha, len(differences) - 1) * float(error[0])
    p_value = float(p_of_equivalence(rows, lowest, highest)[0])
    return float(mean[0]) - half, float(mean[0]) + half, p_value
