"""Rows of the report of a proof that are computed from ratings, answers and measures."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean

from lorewright.evaluate.proof import ProofRules
from lorewright.measures import reference_scores
from lorewright.pictures import (
    AgreementShown,
    LengthShown,
    MeanRow,
    OrderShown,
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
    ranking,
)

EVERYTHING = "all dimensions"
FEWEST_ARMS = 3
"""Of a ranking."""


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


def _agreement(about: str, measure: str, found: Agreement) -> AgreementShown:
    return AgreementShown(
        about, measure, found.n, found.estimate, found.low, found.high, found.state.value
    )
