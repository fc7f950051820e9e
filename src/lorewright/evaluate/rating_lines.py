"""What raters said, line by line: as it is kept, and read back."""

import json
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from lorewright.errors import BadRecord
from lorewright.statistics import Rating, Vote
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
    for number, line in _objects(raw):
        match line:
            case {
                "scenario": str() as scenario,
                "family": str() as family,
                "arm": str() as arm,
                "dimension": str() as dimension,
                "generation": int() as generation,
                "turn": int() as turn,
                "repeat": int() as repeat,
                "value": int() | float() | None as value,
                "reason": str() as reason,
            }:
                yield RatingLine(
                    scenario, family, arm, dimension, generation, turn, repeat, value, reason
                )
            case _:
                raise BadRecord(f"line {number} of the ratings is no rating")


def read_votes(raw: bytes) -> Iterator[VoteLine]:
    """Read votes back; a line that names no question answers the one for a preference.

    Raises:
        BadRecord: when a line is none.
    """
    for number, line in _objects(raw):
        match line:
            case {
                "scenario": str() as scenario,
                "first": str() as first,
                "second": str() as second,
                "preferred": str() as preferred,
                "repeat": int() as repeat,
                "reason": str() as reason,
            } if preferred in {first, second, TIE, BOTH_BAD}:
                question = str(line.get("question", PREFERENCE))
                yield VoteLine(scenario, first, second, preferred, question, repeat, reason)
            case _:
                raise BadRecord(f"line {number} of the votes is no vote")


def rows_of(rater: str, lines: Iterable[RatingLine]) -> Iterator[Rating]:
    """The long table of one rater; values that could not be told and repeats are not in it."""
    for line in lines:
        if line.repeat == 0 and line.value is not None:
            yield Rating(
                line.scenario,
                line.family,
                line.arm,
                rater,
                line.dimension,
                line.generation,
                line.turn,
                line.value,
            )


def sides_of(line: VoteLine, ours: str) -> Preference:
    """A vote as a number: 1 for `ours`, -1 for the other, 0 for neither."""
    if line.preferred in {TIE, BOTH_BAD}:
        return 0
    return 1 if line.preferred == ours else -1


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


def _objects(raw: bytes) -> Iterator[tuple[int, dict[str, object]]]:
    # JSON leaves characters as they are that `splitlines` takes for the end of a line.
    for number, text in enumerate(raw.decode().split("\n"), start=1):
        if text:
            try:
                found = json.loads(text)
            except ValueError as error:
                raise BadRecord(f"line {number} of what a rater said is no JSON") from error
            if not isinstance(found, dict):
                raise BadRecord(f"line {number} of what a rater said is no object")
            yield number, found
