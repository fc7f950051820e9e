"""Are differences other than zero when scenarios of one family go together?"""

import math
from collections import Counter
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

FEW_FAMILIES = 10
"""Below it the standard error is itself too uncertain to be relied on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clustered(Finding):
    """A mean difference whose error counts families rather than scenarios."""

    families: int
    largest: int
    """Scenarios in the largest family."""

    @property
    def warning(self) -> str | None:
        """What weakens the result, in a sentence; None where nothing does."""
        if self.families < FEW_FAMILIES:
            return (
                f"only {self.families} families: with fewer than {FEW_FAMILIES} "
                "the test can claim too much"
            )
        return None


def clustered(
    differences: Sequence[float], families: Sequence[str], *, level: float = 0.95
) -> Clustered:
    """Test whether the mean difference is zero, by families.

    The standard error sums the residuals of each family before it squares them, times
    G / (G - 1), and t has G - 1 degrees of freedom for G families (Cameron and Miller 2015,
    doi:10.3368/jhr.50.2.317). With one family there is no test.

    Raises:
        BadRecord: when the two are not equally long or a difference is no number.
        BadSettings: when `level` cannot be used.
        MissingExtra: when scipy is not installed.
    """
    refuse_unequal(differences, families)
    refuse_what_is_no_number(differences, "difference")
    refuse_no_share(level, "the level of an interval")
    sizes = Counter(families)
    n = len(differences)
    estimate = math.fsum(differences) / n if n else None
    low = high = p_value = None
    if len(sizes) < 2:
        state = State.TOO_FEW
    elif min(differences) == max(differences):
        state, low, high = State.CONSTANT, estimate, estimate
    else:
        low, high, p_value = _tested(differences, families, level)
        state = State.CONSTANT if p_value is None else State.SOUND
    return Clustered(
        n=n,
        estimate=estimate,
        low=low,
        high=high,
        level=level,
        p_value=p_value,
        state=state,
        assumes="families are independent, scenarios of one family need not be",
        families=len(sizes),
        largest=max(sizes.values(), default=0),
    )


def _tested(
    differences: Sequence[float], families: Sequence[str], level: float
) -> tuple[float, float, float | None]:
    with from_prove("the test by families"):
        import numpy as np

        from lorewright.statistics.rows import clustered_means_and_errors, p_two_sided, quantile
    names = sorted(set(families))
    members = np.asarray([[float(family == name) for name in names] for family in families])
    rows = np.asarray([differences], np.float64)
    mean, error = clustered_means_and_errors(rows, members)
    degrees = len(names) - 1
    middle, spread = float(mean[0]), float(error[0])
    # Families whose sums all equal their share of the mean leave nothing but rounding.
    if spread <= 1e-14 * float(np.abs(rows).max()):
        return middle, middle, None
    half = quantile(level, degrees) * spread
    return middle - half, middle + half, float(p_two_sided(mean, error, degrees)[0])
