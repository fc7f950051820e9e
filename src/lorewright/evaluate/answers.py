"""What an arm answered, line by line: as it is kept, and read back."""

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lorewright.errors import BadRecord


class AnswerLine(NamedTuple):
    """One answer of one arm, or why there is none."""

    scenario: str
    """The id of the scenario."""
    turn: int
    """Which message of the scenario it answers, from 0."""
    generation: int
    """Which of several answers to the same message, from 0."""
    text: str | None
    """None where no answer came."""
    tokens: int
    """Of the answer."""
    stop: str
    """Why it ends where it ends."""
    failure: str | None
    """Why there is none."""


def write_answers(answers: Iterable[AnswerLine]) -> bytes:
    """One JSON object per line, sorted by scenario, turn and generation."""
    ordered = sorted(answers, key=lambda one: (one.scenario, one.turn, one.generation))
    return "".join(
        f"{json.dumps(one._asdict(), ensure_ascii=False, sort_keys=True)}\n" for one in ordered
    ).encode()


def read_answers(raw: bytes) -> Iterator[AnswerLine]:
    """Read back what `write_answers` wrote.

    Raises:
        BadRecord: when a line is no answer.
    """
    # A text may hold what `splitlines` takes for the end of a line; JSON writes it as it is.
    for number, line in enumerate(raw.decode().split("\n"), start=1):
        if line:
            yield _read(line, number)


def _read(line: str, number: int) -> AnswerLine:
    try:
        match json.loads(line):
            case {
                "scenario": str() as scenario,
                "turn": int() as turn,
                "generation": int() as generation,
                "text": str() | None as text,
                "tokens": int() as tokens,
                "stop": str() as stop,
                "failure": str() | None as failure,
            } if (text is None) == (failure is not None):
                return AnswerLine(scenario, turn, generation, text, tokens, stop, failure)
            case _:
                pass
    except ValueError as error:
        raise BadRecord(f"line {number} of the answers is no JSON") from error
    raise BadRecord(
        f"line {number} of the answers is no answer",
        hint="it needs a scenario, a turn, a generation, and either a text or a failure",
    )
