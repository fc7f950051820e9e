"""What an arm said, line by line, as it is kept."""

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lorewright.errors import BadRecord


class AnswerLine(NamedTuple):
    """One answer to one turn of a scenario, or why there is none."""

    scenario: str
    turn: int
    """From 0."""
    generation: int
    """From 0: which of several answers to the same scenario."""
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
    for number, line in enumerate(raw.split(b"\n"), start=1):
        if not line:
            continue
        try:
            yield _read(json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            raise BadRecord(f"line {number:,} of the answers is no answer") from error


def _read(stored: dict[str, object]) -> AnswerLine:
    match stored:
        case {
            "scenario": str() as scenario,
            "turn": int() as turn,
            "generation": int() as generation,
            "text": str() | None as text,
            "tokens": int() as tokens,
            "stop": str() as stop,
            "failure": str() | None as failure,
        }:
            return AnswerLine(scenario, turn, generation, text, tokens, stop, failure)
        case _:
            raise ValueError("it has another shape")
