"""Whether the raters of a proof agree, dimension by dimension."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from lorewright.evaluate.proof.rules import ProofRules
from lorewright.statistics import Agreement, Rating, gwet, krippendorff

RESAMPLES = 200
WANTED = 0.6
"""The alpha below which a report says that raters disagree; no verdict rests on it."""


class DimensionAgreement(NamedTuple):
    """One dimension, over answers that two raters judged."""

    dimension: str
    krippendorff: Agreement
    """Ordinal."""
    gwet: Agreement
    """AC2 with ordinal weights: it holds where nearly all ratings are alike."""


def agreement_of(ratings: Sequence[Rating], rules: ProofRules) -> tuple[DimensionAgreement, ...]:
    """How far raters agree beyond chance; empty where fewer than two rated.

    Raises:
        MissingExtra: when numpy, scipy or evalica is not installed.
    """
    if len({one.rater for one in ratings}) < 2:
        return ()
    lowest, highest = float(rules.lowest), float(rules.highest)
    sheets: dict[str, dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    for one in ratings:
        if lowest <= one.value <= highest:
            unit = f"{one.scenario} {one.arm} {one.generation} {one.turn}"
            sheets[one.dimension][unit][one.rater] = one.value
    return tuple(
        DimensionAgreement(
            dimension,
            krippendorff(sheets[dimension], resamples=RESAMPLES, seed=rules.seed),
            gwet(sheets[dimension]),
        )
        for dimension in rules.dimensions
        if dimension in sheets
    )
