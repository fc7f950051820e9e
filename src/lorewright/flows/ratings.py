"""What judges think of a set of examples; without judgements nothing is measured."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from statistics import mean
from typing import NamedTuple

from lorewright.lineage import Ref
from lorewright.records import Criterion, Dataset, Judgement
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


def members_of(store: Store, dataset: Dataset) -> list[Ref]:
    """The members of every split of `dataset`, by name."""
    return sorted(name for one in dataset.splits for name in members(store, dataset, one.split))


def newest_judgements(store: Store, names: Iterable[Ref]) -> dict[Ref, Judgement]:
    """The judgement that was kept last about each of `names` about which there is one."""
    wanted = set(names)
    made = store.children(sorted(wanted), kind=Judgement.kind)
    found = store.get_many(made, Judgement)
    return {one.example: one for one in found if one.example in wanted}


def ratings_of(examples: int, judgements: Mapping[Ref, Judgement]) -> Ratings:
    """Add up the newest judgements about a set of so many examples."""
    found = list(judgements.values())
    scores = {
        criterion: [one.scores[criterion] for one in found if criterion in one.scores]
        for criterion in Criterion
    }
    return Ratings(
        examples=examples,
        judged=len(found),
        own_work=sum(one.own_work for one in found),
        criteria={criterion: _mean(map(Decimal, ours)) for criterion, ours in scores.items()},
        overall=_mean(one.mean for one in found),
        unsupported=sum(bool(one.rating(Criterion.GROUNDEDNESS).unsupported) for one in found),
    )


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
        f"{ratings.examples:,} examples"
    )
    if ratings.own_work:
        said += f"; {ratings.own_work:,} rated by the language model that wrote them"
    return said


def _mean(values: Iterable[Decimal]) -> Mean | None:
    found = list(values)
    return Mean(mean(found).quantize(PLACES), len(found)) if found else None
