"""Two arms beside each other, in every way that something may be said of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from lorewright.evaluate.proof.arms import ProofArm
from lorewright.evaluate.proof.rules import ProofRules
from lorewright.statistics import (
    Averages,
    Bounded,
    Clustered,
    Margin,
    PairedResult,
    Pairs,
    Rating,
    Ratio,
    adjusted,
    aggregate,
    at_least,
    clustered,
    equivalent,
    paired,
    ratio_of_means,
)


@dataclass(frozen=True, slots=True)
class Contrast:
    """The tuned arm beside another."""

    pairs: Pairs
    result: PairedResult | None
    """None with fewer than two scenarios."""
    by_family: Clustered | None
    """Where scenarios share families; then its p-value and interval count, not those of
    `result`."""
    gain: Ratio
    """Its interval counts scenarios, also where families are known."""
    margin: Margin
    same: Bounded
    margin_by_family: Clustered | None
    """Ours less (1 + margin) times theirs, by families; two-sided."""
    same_by_family: Clustered | None
    """The mean difference with the narrower interval that equivalence asks for."""

    @property
    def n(self) -> int:
        """Scenarios that both arms have."""
        return len(self.pairs.scenarios)

    @property
    def mean(self) -> float:
        """The mean difference, in points of the scale."""
        return self.result.mean if self.result else 0.0

    @property
    def low(self) -> float | None:
        """Of the interval of the mean difference."""
        return self._interval[0]

    @property
    def high(self) -> float | None:
        """Of the interval of the mean difference."""
        return self._interval[1]

    @property
    def p_value(self) -> float | None:
        """Two-sided; None where there is no test."""
        if self.by_family is not None:
            return self.by_family.p_value
        return self.result.p_value if self.result and self._varies else None

    @property
    def p_margin(self) -> float | None:
        """One-sided, for being ahead by the margin; None where there is no test."""
        found = self.margin_by_family
        if found is None:
            return self.margin.p_value
        if found.p_value is None or found.estimate is None:
            return None
        return found.p_value / 2 if found.estimate > 0 else 1 - found.p_value / 2

    @property
    def is_by_the_margin(self) -> bool:
        """Whether it is shown to be ahead by the margin."""
        return self.p_margin is not None and self.p_margin <= self.margin.alpha

    @property
    def is_the_same(self) -> bool:
        """Whether the mean difference is shown to lie within the bounds of equivalence."""
        found = self.same_by_family
        if found is None:
            return self.same.is_met
        if found.low is None or found.high is None or found.p_value is None:
            return False
        return self.same.lowest < found.low and found.high < self.same.highest

    @property
    def p_ahead(self) -> float | None:
        """The same for being ahead: 1 where the tuned arm is behind."""
        p_value = self.p_value
        if p_value is None:
            return None
        return p_value if self.mean > 0 else 1.0

    @property
    def _interval(self) -> tuple[float | None, float | None]:
        if self.by_family is not None:
            return self.by_family.low, self.by_family.high
        return (self.result.low, self.result.high) if self.result else (None, None)

    @property
    def _varies(self) -> bool:
        differences = self.pairs.differences
        return min(differences) != max(differences)


@dataclass(frozen=True, slots=True)
class DimensionRow:
    """One dimension, tuned beside the prompted base."""

    name: str
    ours: float
    theirs: float
    result: PairedResult | None
    adjusted: float | None
    """By Holm over all dimensions."""
    is_shown: bool


def contrast(
    averages: Averages, against: ProofArm, *, margin: Decimal, rules: ProofRules
) -> Contrast:
    """Put the tuned arm beside `against`.

    Raises:
        BadRecord: when the two share no scenario.
        MissingExtra: when numpy and scipy are not installed.
    """
    pairs = averages.paired_by_scenario(ProofArm.TUNED, against)
    differences = pairs.differences
    level, alpha = 1 - float(rules.alpha), float(rules.alpha)
    surplus = [
        our - (1 + float(margin)) * their
        for our, their in zip(pairs.ours, pairs.theirs, strict=True)
    ]
    return Contrast(
        pairs,
        result=_paired(differences, rules),
        by_family=_by_family(pairs, differences, level),
        margin_by_family=_by_family(pairs, surplus, level),
        same_by_family=_by_family(pairs, differences, 1 - 2 * alpha),
        gain=ratio_of_means(pairs.ours, pairs.theirs, level=level),
        margin=at_least(pairs.ours, pairs.theirs, margin=float(margin), alpha=alpha / 2),
        same=equivalent(differences, within=float(rules.equal_within), alpha=alpha),
    )


def by_dimension(ratings: Sequence[Rating], rules: ProofRules) -> tuple[DimensionRow, ...]:
    """Every dimension by itself, with p-values that hold for all of them together."""
    rows: list[tuple[str, Pairs, PairedResult | None]] = []
    for name in rules.dimensions:
        averages = aggregate(ratings, scale=scale_of(rules), dimensions=[name])
        if not {ProofArm.TUNED, ProofArm.PROMPTED} <= averages.arms.keys():
            continue
        pairs = averages.paired_by_scenario(ProofArm.TUNED, ProofArm.PROMPTED)
        rows.append((name, pairs, _paired(pairs.differences, rules)))
    found = adjusted(
        {name: result.p_value if result else None for name, _, result in rows},
        alpha=float(rules.alpha),
    )
    return tuple(
        DimensionRow(
            name,
            sum(pairs.ours) / len(pairs.ours),
            sum(pairs.theirs) / len(pairs.theirs),
            result,
            one.adjusted,
            is_shown=one.is_met and result is not None and result.mean > 0,
        )
        for (name, pairs, result), one in zip(rows, found, strict=True)
    )


def scale_of(rules: ProofRules) -> tuple[float, float]:
    """The lowest and the highest rating."""
    return float(rules.lowest), float(rules.highest)


def _by_family(pairs: Pairs, values: Sequence[float], level: float) -> Clustered | None:
    """None where every scenario stands alone."""
    if len(set(pairs.families)) == len(pairs.families):
        return None
    return clustered(values, pairs.families, level=level)


def _paired(differences: Sequence[float], rules: ProofRules) -> PairedResult | None:
    if len(differences) < 2:
        return None
    return paired(
        differences,
        permutations=rules.permutations,
        seed=rules.seed,
        level=1 - float(rules.alpha),
    )
