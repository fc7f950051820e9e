"""What a proof rests on, read from the store a line at a time."""

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from lorewright.evaluate.answers import read_answers
from lorewright.evaluate.judging import settled_cases
from lorewright.evaluate.rating_lines import PREFERENCE, duel_of
from lorewright.flows.proof_pairs import Stored
from lorewright.flows.rated import lines_of, votes_in
from lorewright.pictures import LockShown
from lorewright.records import Answers, EvaluationLock, Ratings
from lorewright.statistics import Duel
from lorewright.store import Store

Cases = Mapping[str, Sequence[tuple[int, int]]]


def stored_of(store: Store, answers: Sequence[Answers], ratings: Sequence[Ratings]) -> Stored:
    """The lines of answers by arm, and of ratings and votes by rater, to be read once.

    Raises:
        BadRecord: as they are read, when a line is none.
    """
    return Stored(
        answers=[(one.arm, read_answers(store.blobs.get(one.lines))) for one in answers],
        ratings=[(one.rater, lines_of(store, one)) for one in ratings],
        votes=[(one.rater, votes_in(store, one)) for one in ratings],
    )


def order_cases(store: Store, ratings: Sequence[Ratings]) -> Cases:
    """What each judge preferred of the same two answers in one order and in the other.

    Only pairs that were read in both orders count; ours is the arm that comes first by name, so
    that no arm is favoured.
    """
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for one in ratings:
        if one.by == "judge":
            found[one.rater] += settled_cases(one.rater, list(votes_in(store, one)))
    return {rater: cases for rater, cases in found.items() if cases}


def duels_of(store: Store, ratings: Sequence[Ratings]) -> list[Duel]:
    """Whose advice every rater would follow, as duels; both bad is a tie.

    A second reading is none, and the other questions of a ranking have standings of their own.
    """
    return [
        duel_of(vote)
        for one in ratings
        for vote in votes_in(store, one)
        if not vote.repeat and vote.question == PREFERENCE
    ]


def lock_shown(lock: EvaluationLock) -> LockShown:
    """A lock with every promise of its file, by its path in it."""
    return LockShown(lock.sha256, tuple(_promises(tomllib.loads(lock.text))))


def _promises(table: Mapping[str, object], above: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        path = f"{above}{name}"
        if isinstance(value, dict):
            yield from _promises({str(key): one for key, one in value.items()}, f"{path}.")  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] # TOML nests anything
        elif isinstance(value, list):
            yield path, ", ".join(str(one) for one in value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] # the same
        else:
            yield path, str(value)
