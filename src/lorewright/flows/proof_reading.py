"""What a proof rests on, read from the store a line at a time."""

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO

from lorewright.flows.proof_pairs import Stored, VoteLine
from lorewright.pictures import LockShown
from lorewright.records import Answers, Blob, EvaluationLock, Ratings
from lorewright.statistics import Duel
from lorewright.store import Store

Cases = Mapping[str, Sequence[tuple[int, int]]]


def stored_of(store: Store, answers: Sequence[Answers], ratings: Sequence[Ratings]) -> Stored:
    """The lines of answers by arm, and of ratings and votes by rater, to be read once."""
    return Stored(
        answers={one.arm: lines_of(store, one.lines) for one in answers},
        ratings={one.rater: lines_of(store, one.ratings) for one in ratings},
        votes={one.rater: lines_of(store, one.votes) for one in ratings},
    )


def lines_of(store: Store, blob: Blob) -> Iterator[str]:
    """The lines of a blob, decoded one by one; it is fetched with the first of them."""
    for line in BytesIO(store.blobs.get(blob)):
        yield line.decode()


def order_cases(store: Store, ratings: Sequence[Ratings]) -> Cases:
    """What each judge preferred of the same two answers in one order and in the other.

    Only pairs that were read in both orders count; ours is the arm that comes first by name, so
    that no arm is favoured.
    """
    found: dict[str, list[tuple[int, int]]] = {}
    for one in ratings:
        if one.by != "judge":
            continue
        by_pair: dict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
        for text in lines_of(store, one.votes):
            vote = VoteLine.model_validate_json(text)
            if not vote.repeat:
                pair = tuple(sorted((vote.first, vote.second)))
                by_pair[vote.scenario, *pair][vote.first] = _preference(vote, pair[0])
        cases = [(seen[key[1]], seen[key[2]]) for key, seen in by_pair.items() if len(seen) == 2]
        if cases:
            found[one.rater] = cases
    return found


def duels_of(store: Store, ratings: Sequence[Ratings]) -> list[Duel]:
    """Every vote of every rater as a duel; both bad is a tie, and a second reading is none."""
    votes = (
        VoteLine.model_validate_json(text) for one in ratings for text in lines_of(store, one.votes)
    )
    return [
        Duel(
            vote.scenario,
            vote.first,
            vote.second,
            vote.preferred if vote.preferred in {vote.first, vote.second} else None,
        )
        for vote in votes
        if not vote.repeat
    ]


def lock_shown(lock: EvaluationLock) -> LockShown:
    """A lock with every promise of its file, by its path in it."""
    return LockShown(lock.sha256, tuple(_promises(tomllib.loads(lock.text))))


def _preference(vote: VoteLine, ours: str) -> int:
    if vote.preferred == ours:
        return 1
    return -1 if vote.preferred in {vote.first, vote.second} else 0


def _promises(table: Mapping[str, object], above: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        path = f"{above}{name}"
        if isinstance(value, dict):
            yield from _promises({str(key): one for key, one in value.items()}, f"{path}.")  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] # TOML nests anything
        elif isinstance(value, list):
            yield path, ", ".join(str(one) for one in value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] # the same
        else:
            yield path, str(value)
