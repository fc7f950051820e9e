"""What judges think of a set of examples; without judgements nothing is measured."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from statistics import mean
from typing import NamedTuple

from lorewright.lineage import Ref
from lorewright.records import Criterion, Dataset, Judgement, LanguageModel, Record
from lorewright.store import Store, members

PLACES = Decimal("0.01")


class Mean(NamedTuple):
    """The mean of some scores, and of how many."""

    value: Decimal
    examples: int


class Ratings(NamedTuple):
    """What judges think of a set."""

    examples: int
    judged: int
    own_work: int
    """Judgements by the language model that wrote the example."""
    criteria: dict[Criterion, Mean | None]
    """None for a criterion by which no example could be judged."""
    overall: Mean | None
    """The mean over the means of the examples; None when not measured."""
    unsupported: int
    """Examples of which a claim is not in the evidence."""
    judges: tuple[str, ...]
    """Who judged, as provider:name."""


def members_of(store: Store, dataset: Dataset) -> list[Ref]:
    """The members of every split of `dataset`, by name."""
    return sorted(name for one in dataset.splits for name in members(store, dataset, one.split))


def newest_judgements(store: Store, names: Iterable[Ref]) -> dict[Ref, Judgement]:
    """The judgement that was kept last about each of `names` about which there is one."""
    wanted = set(names)
    made = store.children(sorted(wanted), kind=Judgement.kind)
    found = store.get_many(made, Judgement)
    return {one.example: one for one in found if one.example in wanted}


def ratings_of(
    store: Store, names: Sequence[Ref], judgements: Mapping[Ref, Judgement] | None = None
) -> Ratings:
    """Add up what judges think of the examples `names`.

    Args:
        store: where the judgements are.
        names: the examples.
        judgements: the newest judgement of each, where they are known already.
    """
    newest = newest_judgements(store, names) if judgements is None else judgements
    found = list(newest.values())
    scores = {
        criterion: [one.scores[criterion] for one in found if criterion in one.scores]
        for criterion in Criterion
    }
    return Ratings(
        examples=len(names),
        judged=len(found),
        own_work=sum(one.own_work for one in found),
        criteria={criterion: _mean(map(Decimal, ours)) for criterion, ours in scores.items()},
        overall=_mean(one.mean for one in found),
        unsupported=sum(bool(one.rating(Criterion.GROUNDEDNESS).unsupported) for one in found),
        judges=names_of_language_models(store, found),
    )


def names_of_language_models(store: Store, found: Iterable[Record]) -> tuple[str, ...]:
    """The language models behind some records, as provider:name."""
    refs = {ref for one in found for ref in one.made_from if ref.kind == LanguageModel.kind}
    spoken = store.get_many(sorted(refs), LanguageModel)
    return tuple(sorted({f"{one.provider}:{one.name}" for one in spoken}))


def worst(judgements: Iterable[Judgement], count: int) -> list[Judgement]:
    """The `count` worst rated, the worst first; of two alike the less grounded one."""
    ranked = sorted(
        judgements,
        key=lambda one: (one.mean, one.scores.get(Criterion.GROUNDEDNESS, 0), one.example),
    )
    return ranked[:count]


def in_words(ratings: Ratings) -> str:
    """The mean rating as one sentence."""
    if ratings.overall is None:
        return "mean rating: not measured, since no judge has rated these examples"
    said = (
        f"mean rating: {ratings.overall.value} of 10 over {ratings.judged:,} of "
        f"{ratings.examples:,} examples, judged by {' and '.join(ratings.judges)}"
    )
    if ratings.own_work:
        said += f"; {ratings.own_work:,} rated by the language model that wrote them"
    return said


def _mean(values: Iterable[Decimal]) -> Mean | None:
    found = list(values)
    return Mean(mean(found).quantize(PLACES), len(found)) if found else None
