"""Cohen's kappa: two raters, or one rater on two days."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lorewright.statistics.finding import (
    Finding,
    State,
    from_prove,
    refuse_no_share,
    refuse_what_is_no_number,
)
from lorewright.statistics.weights import Nearness, nearness, sorted_categories


@dataclass(frozen=True, slots=True, kw_only=True)
class Kappa(Finding):
    """Agreement of two readings beyond chance."""

    same: float | None
    """The share of units with the same value both times."""


def kappa(
    readings: Sequence[tuple[float, float]],
    *,
    weights: Nearness = "quadratic",
    categories: Sequence[float] | None = None,
    level: float = 0.95,
) -> Kappa:
    """Kappa, weighted by how near two values are (Cohen 1968, doi:10.1037/h0026256).

    The interval is normal with the variance of Fleiss, Cohen and Everitt (1969,
    doi:10.1037/h0028106).

    Args:
        readings: what the two said about each unit.
        weights: how near two categories are; `identity` gives the plain kappa.
        categories: the whole scale; without it the categories that were used.
        level: the coverage of the interval.

    Raises:
        BadRecord: when a reading is no number or stands outside `categories`.
        BadSettings: when `level` cannot be used.
        MissingExtra: when scipy is not installed.
    """
    refuse_no_share(level, "the level of an interval")
    used = [value for pair in readings for value in pair]
    refuse_what_is_no_number(used, "reading")
    n = len(readings)
    estimate = low = high = None
    if n < 2:
        state = State.TOO_FEW
    elif len(set(used)) < 2:
        state = State.CONSTANT
    else:
        state = State.SOUND
        scale = sorted_categories(set(used), categories)
        estimate, low, high = _tested(readings, scale, weights, level)
    return Kappa(
        n=n,
        estimate=estimate,
        low=low,
        high=high,
        level=level,
        p_value=None,
        state=state,
        assumes="units are independent and there are many of them",
        same=sum(one == other for one, other in readings) / n if n else None,
    )


def _tested(
    readings: Sequence[tuple[float, float]],
    scale: Sequence[float],
    weights: Nearness,
    level: float,
) -> tuple[float, float, float]:
    with from_prove("the interval of kappa"):
        import numpy as np

        from lorewright.statistics.exact import normal_quantile
    near = np.asarray(nearness(scale, weights))
    place = {value: index for index, value in enumerate(scale)}
    shares = np.zeros((len(scale), len(scale)))
    for one, other in readings:
        shares[place[one], place[other]] += 1 / len(readings)
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    observed, expected = float((shares * near).sum()), float(rows @ near @ columns)
    estimate = (observed - expected) / (1 - expected)
    pulls = np.add.outer(near @ columns, near.T @ rows)
    spread = float((shares * (near - pulls * (1 - estimate)) ** 2).sum())
    spread -= (estimate - expected * (1 - estimate)) ** 2
    error = math.sqrt(max(0.0, spread) / len(readings)) / (1 - expected)
    half = normal_quantile(level) * error
    return estimate, estimate - half, min(1.0, estimate + half)
