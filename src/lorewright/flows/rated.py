"""What was said about answers: found again, with how it came about."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from lorewright.evaluate.rating_lines import RatingLine, VoteLine, read_ratings, read_votes
from lorewright.flows.answered import newest_answers
from lorewright.lineage import Ref
from lorewright.records import Answers, Ratings, Recipe, ScenarioSet
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


def failures_in(found: Iterable[Ratings]) -> Mapping[str, int]:
    """Judgements that were asked for and did not come, of all raters, by reason."""
    failed: dict[str, int] = {}
    for one in found:
        for lost in one.failed:
            failed[lost.reason] = failed.get(lost.reason, 0) + lost.count
    return dict(sorted(failed.items()))
