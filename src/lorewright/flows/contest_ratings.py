"""Which ratings belong to the answers of a contest, and what they come to."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lorewright.evaluate.proof import Origin, ProofArm
from lorewright.evaluate.proof.reading import LeftOut, read_ballots, read_ratings, votes_of
from lorewright.lineage import Ref
from lorewright.records import Answers, LanguageModel, Ratings
from lorewright.statistics import Exclusion, Rating, Vote
from lorewright.store import Store, ancestors


class Rated(NamedTuple):
    """All that was said about the answers of a contest."""

    ratings: tuple[Rating, ...]
    votes: tuple[Vote, ...]
    failed: Mapping[str, int]
    """Judgements that did not come, by reason."""
    excluded: tuple[Exclusion, ...]
    origin: Origin
    """The least of all: one made-up sheet makes the whole synthetic."""


class Rater(NamedTuple):
    """Who rated, for the numbers of a proof."""

    rater: str
    by: str
    family: str | None
    origin: str
    requested: int
    accepted: int
    failed: Mapping[str, int]
    wrote_training_data: bool
    """Whether it, or one of its family, wrote what the adapter was trained on."""


def ratings_about(
    store: Store, answers: Mapping[ProofArm, Answers]
) -> tuple[list[Ratings], tuple[Exclusion, ...]]:
    """The newest ratings of each rater about these answers and no others, by rater.

    What rates answers of another contest beside some of this one is left out and counted, and
    so is what a rater has rated anew.
    """
    ours = {one.ref for one in answers.values()}
    found = store.get_many(store.children(sorted(ours), kind=Ratings.kind), Ratings)
    newest: dict[str, Ratings] = {}
    left_out = LeftOut()
    for one in found:
        rated = {ref for ref in one.made_from if ref.kind == Answers.kind}
        if not rated <= ours:
            left_out.note("ratings of another contest", one.ref.short)
            continue
        if one.rater in newest:
            left_out.note("ratings that their rater made anew", newest[one.rater].ref.short)
        newest[one.rater] = one
    return [newest[rater] for rater in sorted(newest)], left_out.exclusions()


def rated_in(store: Store, sheets: Sequence[Ratings], families: Mapping[str, str]) -> Rated:
    """Read ratings and votes about the scenarios in `families`.

    Raises:
        BadRecord: when a line is no rating or no vote.
    """
    left_out, failed = LeftOut(), Counter[str]()
    ratings: list[Rating] = []
    votes: list[Vote] = []
    for one in sheets:
        raw = store.blobs.get(one.ratings)
        ratings += read_ratings(raw, rater=one.rater, families=families, left_out=left_out)
        ballots = read_ballots(store.blobs.get(one.votes), rater=one.rater)
        votes += votes_of(ballots, rater=one.rater, scenarios=families, left_out=left_out)
        for reason in one.failed:
            failed[reason.reason] += reason.count
    return Rated(tuple(ratings), tuple(votes), failed, left_out.exclusions(), _origin(sheets))


def raters_of(store: Store, sheets: Sequence[Ratings], dataset: Ref) -> tuple[Rater, ...]:
    """Who rated, and whether it judges what its own family wrote."""
    writers = [
        *store.get_many(
            (ref for ref in ancestors(store, dataset) if ref.kind == LanguageModel.kind),
            LanguageModel,
        )
    ]
    return tuple(
        Rater(
            one.rater,
            one.by,
            one.family,
            one.origin,
            one.requested,
            one.accepted,
            _counted(one),
            wrote_training_data=_wrote(one, writers),
        )
        for one in sheets
    )


def _counted(one: Ratings) -> Mapping[str, int]:
    counts = defaultdict[str, int](int)
    for reason in one.failed:
        counts[reason.reason] += reason.count
    return dict(counts)


def _wrote(one: Ratings, writers: Sequence[LanguageModel]) -> bool:
    if any(writer.ref in one.made_from for writer in writers):
        return True
    family = (one.family or "").casefold()
    return bool(family) and any(
        family in f"{writer.provider}:{writer.name}".casefold() for writer in writers
    )


def _origin(sheets: Sequence[Ratings]) -> Origin:
    said = {one.origin for one in sheets}
    if "synthetic" in said:
        return "synthetic"
    return "rehearsed" if "rehearsed" in said else "measured"
