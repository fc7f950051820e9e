"""Questions with several answers of which one is right: read from files, told by likelihood."""

import csv
import string
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from lorewright.errors import Unreadable
from lorewright.evaluate.regression.kept import Kept, Part
from lorewright.evaluate.regression.shares import share_kept
from lorewright.inference import Score
from lorewright.records import Turn
from lorewright.statistics import mcnemar

FEWEST = 10
FEWEST_CHOICES = 2


@dataclass(frozen=True, slots=True)
class ChoiceQuestion:
    """A question, its answers, and which of them is right."""

    name: str
    question: str
    choices: tuple[str, ...]
    right: int
    """The place among the choices, from 0."""

    def conversations(self) -> Iterator[tuple[Turn, Turn]]:
        """One conversation for each choice, as if the assistant had given it."""
        for choice in self.choices:
            yield Turn(role="user", text=self.question), Turn(role="assistant", text=choice)


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    question: str
    choices: list[str | int | float]
    answer: int | str


def read_choices(file: Path) -> tuple[ChoiceQuestion, ...]:
    """Read a file of questions, as JSON lines or as CSV by its ending.

    A line has `question`, `choices` and `answer`: the number of the right choice from 0, its
    letter or its words. A CSV has the columns `question` and `answer`, and one column for each
    choice, by its letter: `A`, `B` and so on.

    Raises:
        Unreadable: naming the line that is off.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(_csv_rows(lines) if file.suffix.lower() == ".csv" else _json_rows(lines))
    except (OSError, UnicodeDecodeError, ValueError, csv.Error) as error:
        raise Unreadable(
            f"the questions cannot be read: {error}",
            where=str(file),
            hint="write one JSON object per line with question, choices and answer",
        ) from error
    if not rows:
        raise Unreadable("the file holds no question", where=str(file))
    return tuple(_question(row, f"{file}, line {line}") for line, row in rows)


def chosen(question: ChoiceQuestion, scores: Sequence[Score]) -> int | None:
    """The choice whose words are the likeliest per token; None where two are equally so.

    Per token, since the sum over its tokens would make every short choice the likeliest.
    """
    means = [one.log_likelihood / one.tokens if one.tokens else float("-inf") for one in scores]
    best = max(means)
    return (
        means.index(best)
        if means.count(best) == 1 and len(means) == len(question.choices)
        else None
    )


def choices_kept(
    questions: Sequence[ChoiceQuestion],
    base: Sequence[int | None],
    tuned: Sequence[int | None],
    *,
    about: str,
    margin: float,
    alpha: float,
) -> Kept:
    """Compare how often base and tuned adapter choose right, by question.

    What chooses nothing is not right. Beside the test of non-inferiority the exact test of
    McNemar says whether the two differ at all.

    Raises:
        MissingExtra: when scipy is not installed.
    """
    theirs = [one.right == choice for one, choice in zip(questions, base, strict=True)]
    ours = [one.right == choice for one, choice in zip(questions, tuned, strict=True)]
    gained = sum(our and not their for our, their in zip(ours, theirs, strict=True))
    lost = sum(their and not our for our, their in zip(ours, theirs, strict=True))
    differ = mcnemar(ours, theirs)
    told = "" if differ.p_value is None else f", exact McNemar p = {differ.p_value:.4f}"
    found = share_kept(
        Part.CHOICES,
        list(zip(theirs, ours, strict=True)),
        about=f"{about}, share right",
        units="questions",
        fewest=FEWEST,
        margin=margin,
        alpha=alpha,
    )
    note = f"{gained:,} right with the adapter alone, {lost:,} with the base alone{told}"
    return replace(found, notes=(note,))


def _json_rows(lines: Iterable[str]) -> Iterator[tuple[int, _Row]]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield number, _Row.model_validate_json(line)
            except ValidationError as error:
                first = error.errors()[0]
                place = " ".join(str(part) for part in first["loc"])
                raise ValueError(f"line {number}, {place}: {first['msg']}") from error


def _csv_rows(lines: Iterable[str]) -> Iterator[tuple[int, _Row]]:
    for number, row in enumerate(csv.DictReader(lines), start=2):
        choices = [row[letter] for letter in string.ascii_uppercase if row.get(letter)]
        question, answer = row.get("question") or "", row.get("answer") or ""
        yield number, _Row(question=question, choices=choices, answer=answer)


def _question(row: _Row, where: str) -> ChoiceQuestion:
    choices = tuple(str(choice) for choice in row.choices)
    if not row.question.strip():
        raise Unreadable("a line has no question", where=where)
    if len(choices) < FEWEST_CHOICES:
        raise Unreadable(f"a question needs at least {FEWEST_CHOICES} choices", where=where)
    if len(set(choices)) < len(choices) or not all(choice.strip() for choice in choices):
        raise Unreadable("a choice is empty or stands there twice", where=where)
    right = _right(choices, row.answer)
    if right is None:
        raise Unreadable(
            f"the answer {row.answer!r} is none of the choices",
            where=where,
            hint="give its number from 0, its letter or its words",
        )
    return ChoiceQuestion(where, row.question, choices, right)


def _right(choices: tuple[str, ...], answer: int | str) -> int | None:
    """The words first: a choice may itself be a number or a letter."""
    said = str(answer).strip()
    if said in choices and not isinstance(answer, int):
        return choices.index(said)
    place = int(said) if said.isdecimal() else string.ascii_uppercase.find(said.upper())
    is_letter = len(said) == 1 or said.isdecimal()
    return place if said and is_letter and 0 <= place < len(choices) else None
