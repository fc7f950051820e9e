"""What was said about answers: found again, and turned into the rows that tests take."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from lorewright.evaluate.judging import Settled, settle
from lorewright.evaluate.rating_lines import (
    PREFERENCE,
    RatingLine,
    VoteLine,
    read_ratings,
    read_votes,
    rows_of,
    votes_of_person,
)
from lorewright.flows.answered import newest_answers
from lorewright.lineage import Ref
from lorewright.records import Answers, Ratings, Recipe, ScenarioSet
from lorewright.statistics import Rating, Vote
from lorewright.store import Store


class How(NamedTuple):
    """How some ratings came about."""

    step: str
    """`rate` of a judge, `sheet` or `rank` of a person."""
    profile: str
    """The dimensions; empty where only arms were ranked."""


def ratings_of(store: Store, *about: Ref) -> list[Ratings]:
    """What every rater said last about some answers.

    Somebody who rated twice in the same way and by the same dimensions counts with what was said
    last. Ratings of answers that were given anew since then are not among them.

    Args:
        store: where.
        about: the answers of the arms, or one set of scenarios, which means the newest answers of
            every arm.
    """
    answers: set[Ref] = set()
    for ref in about:
        if ref.kind == ScenarioSet.kind:
            answers |= {one.ref for one in newest_answers(store, ref).values()}
        else:
            answers.add(ref)
    made = store.children(sorted(answers), kind=Ratings.kind)
    newest: dict[tuple[str, str, How], Ratings] = {}
    for one in store.get_many(made, Ratings):
        rated = {ref for ref in one.made_from if ref.kind == Answers.kind}
        if rated <= answers:
            newest[one.rater, one.by, how_of(store, one)] = one
    return [newest[key] for key in sorted(newest)]


def how_of(store: Store, ratings: Ratings) -> How:
    """How `ratings` came about, as its recipe says."""
    recipe = next((ref for ref in ratings.made_from if ref.kind == Recipe.kind), None)
    if recipe is None:
        return How("", "")
    found = store.get(recipe, Recipe)
    return How(found.step, str(found.settings.get("profile", "")))


def lines_of(store: Store, ratings: Ratings) -> Iterator[RatingLine]:
    """Every value that was given, with its reason."""
    return read_ratings(store.blobs.get(ratings.ratings))


def votes_in(store: Store, ratings: Ratings) -> Iterator[VoteLine]:
    """Every vote that was given, order by order."""
    return read_votes(store.blobs.get(ratings.votes))


def rating_rows(store: Store, ratings: Ratings) -> Iterator[Rating]:
    """The long table of one rater. Repeats and values that could not be told are not in it."""
    return rows_of(ratings.rater, lines_of(store, ratings))


def vote_rows(
    store: Store, ratings: Ratings, ours: str, theirs: str, question: str = PREFERENCE
) -> Iterator[Vote]:
    """One vote for each scenario: 1 for `ours`, -1 for `theirs`, 0 for neither.

    Both orders of a judge are one vote, and one that changes with the order is a tie. A scenario
    of which one order failed has none; `settled_votes` names those.
    """
    if ratings.by == "person":
        return votes_of_person(ratings.rater, votes_in(store, ratings), ours, theirs, question)
    return iter(settled_votes(store, ratings, ours, theirs, question).votes)


def settled_votes(
    store: Store, ratings: Ratings, ours: str, theirs: str, question: str = PREFERENCE
) -> Settled:
    """The votes of a judge, with what changed and what has one order only."""
    return settle(ratings.rater, votes_in(store, ratings), ours, theirs, question)


def all_vote_rows(
    store: Store, found: Iterable[Ratings], ours: str, theirs: str, question: str = PREFERENCE
) -> list[Vote]:
    """The votes of all raters; who said something about a scenario twice counts once.

    Somebody may have filled in a sheet and ranked as well. What stands first in `found` counts.
    """
    votes: dict[tuple[str, str], Vote] = {}
    for one in found:
        for vote in vote_rows(store, one, ours, theirs, question):
            votes.setdefault((vote.scenario, vote.rater), vote)
    return [votes[key] for key in sorted(votes)]


def failures_in(found: Iterable[Ratings]) -> Mapping[str, int]:
    """Judgements that were asked for and did not come, of all raters, by reason."""
    failed: dict[str, int] = {}
    for one in found:
        for lost in one.failed:
            failed[lost.reason] = failed.get(lost.reason, 0) + lost.count
    return dict(sorted(failed.items()))
