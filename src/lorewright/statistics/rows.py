"""Tests of means for many sets at once; imported only when a test runs, since it loads scipy.

One row is one set of paired differences. A user tests one row; a simulation tests ten thousand
of them by the same lines.
"""

import numpy as np
from scipy.special import stdtr, stdtrit  # pyright: ignore[reportMissingTypeStubs] # none ship

from lorewright.statistics.sign_flip import Floats


def means_and_errors(rows: Floats) -> tuple[Floats, Floats]:
    """The mean of each row and its standard error, whatever the order in the row."""
    ordered = np.sort(rows, axis=-1)
    error = ordered.std(axis=-1, ddof=1) / np.sqrt(rows.shape[-1])
    return ordered.mean(axis=-1), error


def p_above(mean: Floats, error: Floats, degrees: int) -> Floats:
    """One-sided p-values for means above zero, by Student's t; NaN where the error is zero."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(error > 0, stdtr(degrees, -mean / error), np.nan)


def p_two_sided(mean: Floats, error: Floats, degrees: int) -> Floats:
    """Two-sided p-values for means other than zero, by Student's t."""
    return 2 * p_above(np.abs(mean), error, degrees)


def quantile(level: float, degrees: int) -> float:
    """The t that encloses the share `level` of Student's distribution around zero."""
    return float(stdtrit(degrees, (1 + level) / 2))


def p_of_margins(ours: Floats, theirs: Floats, margin: float) -> Floats:
    """One-sided p-values for: the mean of ours is more than 1 + `margin` times that of theirs."""
    mean, error = means_and_errors(ours - (1 + margin) * theirs)
    return p_above(mean, error, ours.shape[-1] - 1)


def p_of_equivalence(rows: Floats, low: float, high: float) -> Floats:
    """The larger of the p-values for: the mean lies above `low`, and it lies below `high`."""
    mean, error = means_and_errors(rows)
    degrees = rows.shape[-1] - 1
    return np.maximum(p_above(mean - low, error, degrees), p_above(high - mean, error, degrees))


def clustered_means_and_errors(rows: Floats, members: Floats) -> tuple[Floats, Floats]:
    """The mean of each row with its cluster-robust standard error.

    Args:
        rows: differences.
        members: one column for each cluster: 1 where a difference belongs to it, else 0.
    """
    clusters = members.shape[1]
    mean = rows.mean(axis=-1)
    sums = (rows - mean[..., None]) @ members
    spread = (sums**2).sum(axis=-1) * clusters / (clusters - 1)
    return mean, np.sqrt(spread) / rows.shape[-1]
