"""Krippendorff's alpha by evalica, and its bootstrap; loads numpy, pandas and evalica."""

from collections.abc import Mapping, Sequence

import evalica
import numpy as np
import pandas as pd

from lorewright.statistics.sign_flip import Floats
from lorewright.statistics.weights import Distance


def alpha_of(
    rated: Mapping[str, Mapping[str, float]], raters: Sequence[str], distance: Distance
) -> float:
    """Alpha of units that at least two raters rated."""
    table = pd.DataFrame(
        [[unit.get(rater, np.nan) for unit in rated.values()] for rater in raters], index=[*raters]
    )
    return float(evalica.alpha(table, distance=distance).alpha)


def bootstrap_of(
    rated: Mapping[str, Mapping[str, float]],
    distance: Distance,
    *,
    level: float,
    resamples: int,
    seed: int,
) -> tuple[float, float]:
    """The percentile interval of alpha over resamples of whole units."""
    used = {value for unit in rated.values() for value in unit.values()}
    values = np.array(sorted(used), dtype=np.float64)
    place = {value: index for index, value in enumerate(values.tolist())}
    counts: Floats = np.zeros((len(rated), len(values)))
    for row, unit in zip(counts, rated.values(), strict=True):
        for value in unit.values():
            row[place[value]] += 1
    random = np.random.default_rng(seed)
    weights = random.multinomial(len(rated), np.full(len(rated), 1 / len(rated)), size=resamples)
    alphas = alphas_of_counts(counts, weights.astype(np.float64), values, distance)
    tails = (1 - level) / 2
    low, high = np.quantile(alphas, [tails, 1 - tails])
    return float(low), float(high)


def alphas_of_counts(counts: Floats, weights: Floats, values: Floats, distance: Distance) -> Floats:
    """The alpha of each row of weights, which says how often each unit is taken.

    1 where a resample holds one value only: it agrees, as evalica has it.

    Args:
        counts: how often each unit (down) was given each value (across).
        weights: how often each resample (down) takes each unit (across).
        values: the values, in ascending order.
        distance: how far two values are apart.
    """
    totals: Floats = weights @ counts
    if distance in ("ordinal", "interval"):
        # Ordinal values stand in the middle of their ranks, which every resample moves.
        ranks: Floats = np.cumsum(totals, axis=1) - totals / 2
        observed, expected = _squares(
            counts, weights, ranks if distance == "ordinal" else values[None]
        )
    else:
        apart = _apart(values, distance)
        within: Floats = ((counts @ apart) * counts).sum(axis=1) / (counts.sum(axis=1) - 1)
        observed = weights @ within
        expected = ((totals @ apart) * totals).sum(axis=1) / (totals.sum(axis=1) - 1)
    return 1.0 - np.divide(observed, expected, out=np.zeros_like(observed), where=expected > 0)


def _squares(counts: Floats, weights: Floats, places: Floats) -> tuple[Floats, Floats]:
    """Observed and expected disagreement when it is the squared distance of places on a line."""
    sizes: Floats = counts.sum(axis=1)[:, None]
    totals: Floats = weights @ counts
    many: Floats = totals.sum(axis=1)
    within = _spread(sizes, counts @ places.T, counts @ (places**2).T)
    observed: Floats = (weights.T * within).sum(axis=0)
    expected = _spread(many, (totals * places).sum(axis=1), (totals * places**2).sum(axis=1))
    return observed, expected


def _spread(many: Floats, first: Floats, second: Floats) -> Floats:
    """The squared distances of all pairs, both ways, over the number less one."""
    return 2 * (many * second - first**2) / (many - 1)


def _apart(values: Floats, distance: Distance) -> Floats:
    if distance == "nominal":
        return 1.0 - np.eye(len(values))
    sums: Floats = np.add.outer(values, values)
    less: Floats = np.subtract.outer(values, values)
    return np.square(np.divide(less, sums, out=np.zeros_like(sums), where=sums != 0))
