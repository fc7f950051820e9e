"""Is one arm better by at least a given share of the other?"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lorewright.errors import BadSettings
from lorewright.statistics.finding import (
    Finding,
    State,
    from_prove,
    refuse_no_share,
    refuse_unequal,
    refuse_what_is_no_number,
)

_ASSUMES = "scenarios are independent, and the mean of ours - (1 + margin) · theirs nearly normal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin(Finding):
    """Ours minus (1 + margin) times theirs; `low` above zero shows the margin."""

    margin: float
    alpha: float
    """The one-sided error that is allowed."""

    @property
    def is_met(self) -> bool:
        """Whether the margin is shown."""
        return self.p_value is not None and self.p_value <= self.alpha


def at_least(
    ours: Sequence[float], theirs: Sequence[float], *, margin: float, alpha: float = 0.025
) -> Margin:
    """Test whether the mean of ours is more than 1 + `margin` times the mean of theirs.

    d = ours - (1 + margin) · theirs for each scenario, then the one-sided paired t test of
    d > 0. An observed gain above the margin is not enough: half of all adapters that reach
    exactly the margin show that. It is the test that Fieller's interval inverts, so the margin
    is met just where the whole interval of the gain, at the level 1 - 2 · `alpha`, lies above.

    Raises:
        BadRecord: when the arms are not equally long or hold what is no number.
        BadSettings: when `margin` or `alpha` cannot be used.
        MissingExtra: when scipy is not installed.
    """
    refuse_unequal(ours, theirs)
    refuse_what_is_no_number([*ours, *theirs], "value")
    refuse_no_share(alpha, "the error of a test")
    if not (math.isfinite(margin) and margin > -1):
        raise BadSettings(f"a margin is a share above -1, as 0.15 for 15 %, not {margin}")
    differences = [our - (1 + margin) * their for our, their in zip(ours, theirs, strict=True)]
    n = len(differences)
    estimate = math.fsum(differences) / n if n else None
    low = high = p_value = None
    if n < 2:
        state = State.TOO_FEW
    elif math.fsum(theirs) <= 0:
        state = State.NOT_POSITIVE
    elif min(differences) == max(differences):
        state, low, high = State.CONSTANT, estimate, estimate
    else:
        state, (low, high, p_value) = State.SOUND, _tested(ours, theirs, margin, alpha)
    return Margin(
        n=n,
        estimate=estimate,
        low=low,
        high=high,
        level=1 - 2 * alpha,
        p_value=p_value,
        state=state,
        assumes=_ASSUMES,
        margin=margin,
        alpha=alpha,
    )


def _tested(
    ours: Sequence[float], theirs: Sequence[float], margin: float, alpha: float
) -> tuple[float, float, float]:
    with from_prove("the margin test"):
        import numpy as np

        from lorewright.statistics.rows import means_and_errors, p_of_margins, quantile
    one, other = np.asarray([ours], np.float64), np.asarray([theirs], np.float64)
    mean, error = means_and_errors(one - (1 + margin) * other)
    half = quantile(1 - 2 * alpha, len(ours) - 1) * float(error[0])
    p_value = float(p_of_margins(one, other, margin)[0])
    return float(mean[0]) - half, float(mean[0]) + half, p_value
