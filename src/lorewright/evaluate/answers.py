"""What an arm answered, line by line: as it is kept, and read back."""

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pydantic import TypeAdapter

from lorewright.errors import BadRecord
from lorewright.evaluate.stored_lines import read_lines


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


_ANSWER = TypeAdapter(AnswerLine)


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
    for number, line in enumerate(read_lines(raw, _ANSWER, "answer"), start=1):
        if (line.text is None) == (line.failure is None):
            raise BadRecord(
                f"line {number:,} of the answers is no answer: it needs either a text or a failure"
            )
        yield line
