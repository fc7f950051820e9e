"""Which ratings belong to the answers of a contest, and what they come to."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from lorewright.errors import BadRecord
from lorewright.evaluate.judging import own_family
from lorewright.evaluate.proof import Origin, ProofArm
from lorewright.evaluate.proof.reading import LeftOut, usable_ratings, usable_votes
from lorewright.flows.rated import failures_in, lines_of, ratings_of, votes_in
from lorewright.records import Answers, Ratings
from lorewright.statistics import Exclusion, Rating, Vote
from lorewright.store import Store


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
    """What every rater said last about these answers and no others, by rater.

    What rates answers of another contest beside some of this one is left out and counted, and
    so is what a rater has rated anew in the same way.
    """
    ours = {one.ref for one in answers.values()}
    kept = ratings_of(store, *sorted(ours))
    left_out = LeftOut()
    for one in store.get_many(store.children(sorted(ours), kind=Ratings.kind), Ratings):
        rated = {ref for ref in one.made_from if ref.kind == Answers.kind}
        if not rated <= ours:
            left_out.note("ratings of another contest", one.ref.short)
        elif one not in kept:
            left_out.note("ratings that their rater made anew", one.ref.short)
    return kept, left_out.exclusions()


def rated_in(store: Store, sheets: Sequence[Ratings], families: Mapping[str, str]) -> Rated:
    """Read ratings and votes about the scenarios in `families`.

    Somebody may have filled in a sheet and ranked the arms as well; the first vote counts.

    Raises:
        BadRecord: when a line is no rating or no vote.
    """
    left_out = LeftOut()
    ratings: list[Rating] = []
    votes: dict[tuple[str, str], Vote] = {}
    for one in sheets:
        try:
            said, preferred = list(lines_of(store, one)), list(votes_in(store, one))
        except BadRecord as error:
            error.where = f"{one.ref.short}, rater {one.rater}"
            raise
        ratings += usable_ratings(said, rater=one.rater, families=families, left_out=left_out)
        for vote in usable_votes(
            preferred,
            rater=one.rater,
            is_judge=one.by == "judge",
            scenarios=families,
            left_out=left_out,
        ):
            if votes.setdefault((vote.scenario, vote.rater), vote) is not vote:
                place = f"scenario {vote.scenario}, rater {vote.rater}"
                left_out.note("a second vote of the same rater", place)
    return Rated(
        tuple(ratings),
        tuple(votes.values()),
        failures_in(sheets),
        left_out.exclusions(),
        _origin(sheets),
    )


def raters_of(sheets: Sequence[Ratings], authors: Collection[str]) -> tuple[Rater, ...]:
    """Who rated, and whether it judges what its own family wrote.

    Args:
        sheets: what was said.
        authors: the language models that wrote training data, as `plug-in:name`.
    """
    return tuple(
        Rater(
            one.rater,
            one.by,
            one.family,
            one.origin,
            one.requested,
            one.accepted,
            failures_in([one]),
            wrote_training_data=one.by == "judge"
            and (one.rater in authors or own_family(one.rater, authors)),
        )
        for one in sheets
    )


def _origin(sheets: Sequence[Ratings]) -> Origin:
    said = {one.origin for one in sheets}
    if "synthetic" in said:
        return "synthetic"
    return "rehearsed" if "rehearsed" in said else "measured"
