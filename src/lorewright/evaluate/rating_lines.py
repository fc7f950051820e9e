"""What raters said, line by line: as it is kept, and read back."""

import json
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from pydantic import TypeAdapter

from lorewright.errors import BadRecord
from lorewright.evaluate.stored_lines import read_lines
from lorewright.statistics import Duel, Vote
from lorewright.statistics.votes import Preference

TIE: Final = "tie"
BOTH_BAD: Final = "both-bad"
PREFERENCE = "advice"
"""The question about two answers that counts as the preference: whose advice one would follow."""


class RatingLine(NamedTuple):
    """One value that one rater gave to one answer."""

    scenario: str
    family: str
    arm: str
    dimension: str
    generation: int
    turn: int
    repeat: int
    """0 for what counts; 1 and more where the same answer was shown again."""
    value: float | None
    """None where the rater could not tell."""
    reason: str


class VoteLine(NamedTuple):
    """Which of two arms one rater prefers in one order."""

    scenario: str
    first: str
    """The arm that was shown first."""
    second: str
    preferred: str
    """An arm, `tie` or `both-bad`."""
    question: str
    repeat: int
    reason: str


_RATING = TypeAdapter(RatingLine)
_VOTE = TypeAdapter(VoteLine)


def write_lines(lines: Iterable[RatingLine] | Iterable[VoteLine]) -> bytes:
    """One JSON object per line, by scenario and then as they read.

    So the same opinions have the same bytes, and what was said about a scenario can be read
    together without holding the rest in memory.
    """
    texts = sorted(
        (line.scenario, json.dumps(line._asdict(), ensure_ascii=False, sort_keys=True))
        for line in lines
    )
    return "".join(f"{text}\n" for _, text in texts).encode()


def read_ratings(raw: bytes) -> Iterator[RatingLine]:
    """Read ratings back.

    Raises:
        BadRecord: when a line is none.
    """
    return read_lines(raw, _RATING, "rating")


def read_votes(raw: bytes) -> Iterator[VoteLine]:
    """Read votes back.

    Raises:
        BadRecord: when a line is none.
    """
    for number, vote in enumerate(read_lines(raw, _VOTE, "vote"), start=1):
        if vote.preferred not in {vote.first, vote.second, TIE, BOTH_BAD}:
            raise BadRecord(
                f"line {number:,} of the votes is no vote: it prefers what it did not compare"
            )
        yield vote


def sides_of(line: VoteLine, ours: str) -> Preference:
    """A vote as a number: 1 for `ours`, -1 for the other, 0 for neither."""
    if line.preferred in {TIE, BOTH_BAD}:
        return 0
    return 1 if line.preferred == ours else -1


def duel_of(line: VoteLine) -> Duel:
    """A vote as a duel of two arms; tie and both bad have no winner."""
    winner = None if line.preferred in {TIE, BOTH_BAD} else line.preferred
    return Duel(line.scenario, line.first, line.second, winner)


def between(lines: Iterable[VoteLine], ours: str, theirs: str, question: str) -> Iterator[VoteLine]:
    """The votes between two arms on one question, without repeats."""
    arms = {ours, theirs}
    return (
        line
        for line in lines
        if line.repeat == 0 and line.question == question and {line.first, line.second} == arms
    )


def votes_of_person(
    rater: str, lines: Iterable[VoteLine], ours: str, theirs: str, question: str = PREFERENCE
) -> Iterator[Vote]:
    """The votes of somebody who was shown each pair once, in an order by lot."""
    for line in between(lines, ours, theirs, question):
        yield Vote(line.scenario, rater, sides_of(line, ours))
