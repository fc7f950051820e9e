"""What an arm answered, line by line: as it is kept, and read back."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from lorewright.errors import BadRecord


class AnswerLine(NamedTuple):
    """One answer of one arm to one turn of a scenario, or why there is none."""

    scenario: str
    """The id of the scenario."""
    turn: int
    """Which message of the scenario it answers, from 0."""
    generation: int
    """Which of several answers to the same message, from 0."""
    text: str | None
    """None where it failed."""
    tokens: int
    """Of the answer, with the one that ends it."""
    stop: str
    """`end`, `length` where it was cut at the limit, or `failed`."""
    failure: str | None = None
    """Why there is no answer."""


def write_answers(lines: Iterable[AnswerLine]) -> bytes:
    """One JSON object per line, sorted by scenario, turn and generation."""
    ordered = sorted(lines, key=lambda line: line[:3])
    return "".join(f"{line_of(line)}\n" for line in ordered).encode()


def line_of(line: AnswerLine) -> str:
    """One answer as JSON."""
    return json.dumps(line._asdict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read_answers(raw: bytes) -> Iterator[AnswerLine]:
    """Read back what `write_answers` wrote.

    Raises:
        BadRecord: when a line is no answer.
    """
    # A text may hold what `splitlines` takes for the end of a line; JSON writes it as it is.
    for number, line in enumerate(raw.split(b"\n"), start=1):
        if not line:
            continue
        try:
            yield _read(json.loads(line))
        except ValueError as error:
            raise BadRecord(
                f"line {number:,} of the answers is no answer",
                hint="it needs a scenario, a turn, a generation, and either a text or a failure",
            ) from error


def _read(stored: Any) -> AnswerLine:
    match stored:
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
            raise ValueError("it has another shape")
