"""Quantiles of Student's t; imported only when a test runs, since it loads scipy."""

from scipy.special import stdtrit  # pyright: ignore[reportMissingTypeStubs] # scipy ships none


def two_sided_quantile(level: float, *, degrees: int) -> float:
    """The t that encloses the share `level` of Student's distribution around zero."""
    return float(stdtrit(degrees, (1 + level) / 2))
