"""Rows of the report of a proof that are computed from ratings, answers and measures."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import fmean

from lorewright.evaluate.proof import Contrast, Proof, ProofRules
from lorewright.measures import reference_scores
from lorewright.measures.advice import METRICS, Advice, Calibration, Metric, score_advice
from lorewright.pictures import (
    AgreementShown,
    LengthShown,
    MeanRow,
    MetricShown,
    OrderShown,
    PowerShown,
    RankShown,
    WordingShown,
)
from lorewright.statistics import (
    Agreement,
    AtEqualLength,
    Duel,
    Rating,
    aggregate,
    at_equal_length,
    flips,
    gwet,
    krippendorff,
    power_of,
    power_of_preference,
    ranking,
    signed,
)

EVERYTHING = "all dimensions"
FEWEST_ARMS = 3
"""Of a ranking."""
_STEPS = 40
"""Halvings until a smallest effect is exact enough."""


def means_of(
    ratings: Sequence[Rating], arms: Sequence[str], rules: ProofRules
) -> tuple[MeanRow, ...]:
    """The mean rating of every arm, over all dimensions and on each."""
    scale = (float(rules.lowest), float(rules.highest))
    rows: list[MeanRow] = []
    for name, dimensions in [
        (EVERYTHING, rules.dimensions),
        *((one, (one,)) for one in rules.dimensions),
    ]:
        found = aggregate(ratings, scale=scale, dimensions=dimensions).arms
        means = tuple(fmean(found[arm].values()) if found.get(arm) else None for arm in arms)
        rows.append(MeanRow(name, means))
    return tuple(rows)


def agreement_of(
    ratings: Iterable[Rating], rules: ProofRules, *, resamples: int = 1_000
) -> tuple[AgreementShown, ...]:
    """How far raters agree about the same answers: over all dimensions, and on each.

    Over all it is the mean that each rater gives an answer, which is what tests rest on; a
    rater who left out a dimension has none. Dimensions of one answer are no further units.
    """
    low, high = float(rules.lowest), float(rules.highest)
    sheets: dict[str, dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    whole: dict[tuple[str, str], list[float]] = defaultdict(list)
    for one in ratings:
        if one.dimension in rules.dimensions and low <= one.value <= high:
            unit = f"{one.scenario} {one.arm} {one.turn} {one.generation}"
            sheets[one.dimension][unit][one.rater] = one.value
            whole[unit, one.rater].append(one.value)
    means: dict[str, dict[str, float]] = defaultdict(dict)
    for (unit, rater), values in whole.items():
        if len(values) == len(rules.dimensions):
            means[unit][rater] = fmean(values)
    if not sheets:
        return ()
    alpha = krippendorff(means, distance="interval", resamples=resamples, seed=rules.seed)
    rows = [_agreement(EVERYTHING, "Krippendorff's alpha, interval", alpha)]
    for name in (one for one in rules.dimensions if one in sheets):
        alpha = krippendorff(sheets[name], resamples=resamples, seed=rules.seed)
        rows.append(_agreement(name, "Krippendorff's alpha, ordinal", alpha))
        rows.append(_agreement(name, "Gwet's AC2, ordinal", gwet(sheets[name])))
    return tuple(rows)


def order_of(cases: Mapping[str, Sequence[tuple[int, int]]]) -> tuple[OrderShown, ...]:
    """What the order of two answers did to each judge.

    Args:
        cases: by judge, the preference with ours first and with ours second: 1, 0 or -1.
    """
    rows: list[OrderShown] = []
    for judge, seen in sorted(cases.items()):
        found = flips(seen)
        rows.append(
            OrderShown(
                judge=judge,
                cases=found.n,
                flips=found.flips,
                for_first=found.for_first,
                for_second=found.for_second,
                low=found.low,
                high=found.high,
                p_value=found.p_value,
            )
        )
    return tuple(rows)


def ranking_of(duels: Sequence[Duel], *, seed: int = 0) -> tuple[RankShown, ...]:
    """All arms by what raters prefer; of two arms alone the preference says it all."""
    if len({arm for duel in duels for arm in (duel.left, duel.right)}) < FEWEST_ARMS:
        return ()
    return tuple(
        RankShown(one.arm, one.wins, one.ties, one.losses, one.estimate, one.low, one.high)
        for one in ranking(duels, seed=seed)
    )


def metrics_of(
    measured: Mapping[str, Sequence[Advice]],
    arms: Sequence[str],
    calibration: Calibration | None = None,
) -> tuple[MetricShown, ...]:
    """The mean of each automated metric by arm, raw and against the advisor's own answers."""
    scored = {
        arm: [score_advice(one, calibration).scores for one in found] if calibration else []
        for arm, found in measured.items()
    }
    return tuple(
        MetricShown(
            key=metric.value,
            title=METRICS[metric].title,
            unit=METRICS[metric].unit,
            values=tuple(_mean(_values(measured.get(arm, ()), metric)) for arm in arms),
            scores=tuple(
                _mean(one[metric] for one in scored.get(arm, []) if metric in one) for arm in arms
            ),
        )
        for metric in Metric
    )


def wording_of(
    answers: Mapping[str, Sequence[str]], references: Sequence[str]
) -> tuple[WordingShown, ...]:
    """BLEU and chrF of every arm against the same references.

    Raises:
        BadRecord: when an arm has another number of answers than there are references.
        MissingExtra: when sacrebleu is not installed.
    """
    rows: list[WordingShown] = []
    for arm, said in answers.items():
        found = reference_scores(said, references)
        signature = f"{found.bleu_signature}; {found.chrf_signature}"
        rows.append(WordingShown(arm, found.answers, found.bleu, found.chrf, signature))
    return tuple(rows)


def length_of(differences: Sequence[float], longer_by: Sequence[float]) -> LengthShown | None:
    """How the difference goes with the length of the answers; None without any scenario."""
    found = at_equal_length(differences, longer_by)
    if found.raw is None or found.longer is None:
        return None
    return LengthShown(
        n=found.n,
        raw=found.raw,
        longer=found.longer,
        equal=found.estimate,
        low=found.low,
        high=found.high,
        per_hundred=None if found.slope is None else 100 * found.slope,
        warning=_warning(found),
    )


def _warning(found: AtEqualLength) -> str | None:
    if found.estimate is None:
        return f"No line can be drawn through them: {found.state.value}"
    if not found.is_beyond:
        return None
    share = 100 * max(found.longer_share, found.shorter_share)
    return (
        f"One arm has the longer answer in {share:.0f} % of the scenarios, so the line is drawn to "
        "where there are hardly any"
    )


def power_rows(proof: Proof) -> tuple[PowerShown, ...]:
    """The smallest true effects that so many scenarios show, by the spread that was seen.

    It is no power of what was found: that says nothing that the p-value does not.
    """
    alpha = float(proof.rules.alpha)
    rows: list[PowerShown] = []
    for name, found in (
        ("ahead of the prompted base", proof.base),
        ("ahead of the control", proof.control),
    ):
        if found is not None and found.result is not None and found.result.sd > 0:
            rows.append(_ahead(name, found.n, found.result.sd, alpha))
    if proof.base is not None:
        rows += _by_margin(proof.base, float(proof.rules.over_base), alpha)
    if proof.preference is not None and proof.preference.n:
        n = proof.preference.n
        rows.append(PowerShown("preferred", n, None, *_preferences(n, alpha)))
    return tuple(rows)


def _ahead(name: str, n: int, sd: float, alpha: float) -> PowerShown:
    told = [_points(_smallest(n, sd, power=power, alpha=alpha, sides=2)) for power in (0.8, 0.9)]
    return PowerShown(name, n, sd, *told)


def _by_margin(found: Contrast, margin: float, alpha: float) -> Iterator[PowerShown]:
    """The true gain at which the margin would be shown."""
    pairs = found.pairs
    surplus = [
        our - (1 + margin) * their for our, their in zip(pairs.ours, pairs.theirs, strict=True)
    ]
    theirs = fmean(pairs.theirs)
    spread = _sd(surplus)
    if not spread or theirs <= 0:
        return
    told = [
        _smallest(found.n, spread, power=power, alpha=alpha / 2, sides=1) for power in (0.8, 0.9)
    ]
    gains = [
        None if one is None else f"a gain of {100 * (margin + one / theirs):.0f} %" for one in told
    ]
    yield PowerShown(f"by the margin of {100 * margin:.0f} %", found.n, spread, *gains)


def _preferences(n: int, alpha: float) -> list[str | None]:
    """The smallest shares in whole per cent."""
    told: list[str | None] = []
    for power in (0.8, 0.9):
        enough = (
            share
            for share in range(51, 100)
            if power_of_preference(n, share / 100, alpha=alpha) >= power
        )
        share = next(enough, None)
        told.append(None if share is None else f"{share} % of those that prefer one")
    return told


def _smallest(n: int, sd: float, *, power: float, alpha: float, sides: int) -> float | None:
    """The smallest true difference in points that is shown with `power`."""
    if n < 2:
        return None

    def reached(difference: float) -> bool:
        found = power_of(n, difference, sd, alpha=alpha, sides=1 if sides == 1 else 2)
        return found >= power

    low, high = 0.0, sd
    while not reached(high):
        high *= 2
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high


def _points(difference: float | None) -> str | None:
    return None if difference is None else f"{signed(difference)} points"


def _sd(values: Sequence[float]) -> float:
    if len(values) < 2:
        return 0.0
    mean = fmean(values)
    return (sum((one - mean) ** 2 for one in values) / (len(values) - 1)) ** 0.5


def _values(found: Iterable[Advice], metric: Metric) -> Iterator[float]:
    for one in found:
        value = one.value(metric)
        if value is not None:
            yield value


def _mean(values: Iterable[float]) -> float | None:
    found = list(values)
    return fmean(found) if found else None


def _agreement(about: str, measure: str, found: Agreement) -> AgreementShown:
    return AgreementShown(
        about, measure, found.n, found.estimate, found.low, found.high, found.state.value
    )
