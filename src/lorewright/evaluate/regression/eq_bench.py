"""Questions about what others feel, with scores that a formula gives and no judge.

The form of the questions and the rule of the score are those of EQ-Bench, version 2 (Paech 2023,
arXiv 2312.06281; https://github.com/EQ-bench/EQ-Bench). The questions do not come along: whoever
has the file names it.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from lorewright.errors import Unreadable
from lorewright.evaluate.regression.kept import Kept, Part, kept
from lorewright.statistics import Exclusion, not_worse

EMOTIONS = 4
"""Of every question."""
HIGHEST = 10.0
"""Of a rating of one emotion, and of the score of a question."""
CHANCE = 0.7477
"""Chosen by the authors so that random answers score about 0."""
FEWEST = 10
FEWEST_READ = 0.8333
"""The share of answers that must be readable, as the authors ask for: else no score is given."""

_NUMBER = re.compile(
    r"^\W*(?P<name>[^\W\d_][\w '\u2019-]*?)[\s*_`]*[:=][\s*_`]*(?P<value>-?\d+(?:\.\d+)?)\b"
)
_REVISED = re.compile(r"revised\s+scores?\s*[*_]*\s*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class EmotionQuestion:
    """A scene, and how strongly somebody in it feels each of four emotions."""

    name: str
    prompt: str
    reference: Mapping[str, float]
    """By emotion, in small letters; from 0 to 10."""


class _Stored(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    prompt: str
    reference_answer_fullscale: dict[str, str | float]


_FILE = TypeAdapter(dict[str, _Stored])
_FORM = "name the file of questions of EQ-Bench, version 2, with full-scale references"


def read_questions(file: Path) -> tuple[EmotionQuestion, ...]:
    """Read a file of questions: an object of objects, by number.

    Raises:
        Unreadable: naming the question that is off.
    """
    try:
        found = _FILE.validate_json(file.read_bytes())
    except OSError as error:
        raise Unreadable(f"the questions cannot be read: {error}", where=str(file)) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ", ".join(str(part) for part in first["loc"])
        raise Unreadable(
            f"the questions cannot be read: {first['msg']}",
            where=f"{file}, {place}" if place else str(file),
            hint=_FORM,
        ) from error
    if not found:
        raise Unreadable("the file holds no question", where=str(file), hint=_FORM)
    return tuple(_question(name, one, f"{file}, question {name}") for name, one in found.items())


def ratings_in(answer: str) -> dict[str, float]:
    """The last number that an answer gives to each name, of its revised scores if it has some.

    A line is read as a name, a colon and a number; everything else is let be.
    """
    parts = _REVISED.split(answer)
    for part in (parts[-1], answer) if len(parts) > 1 else (answer,):
        found = {
            match["name"].strip().lower(): float(match["value"])
            for line in part.splitlines()
            if (match := _NUMBER.match(line))
        }
        if found:
            return found
    return {}


def score_of(question: EmotionQuestion, answer: str) -> float | None:
    """The score of one answer, at most 10; None where it cannot be read.

    Ten less 0.7477 times the sum over the four emotions of how far the rating is off: nothing
    for none, 6.5 / (1 + e^(-1.2 (d - 4))) up to five points, and the distance itself beyond.
    """
    given = ratings_in(answer)
    if not question.reference.keys() <= given.keys():
        return None
    rated = {name: given[name] for name in question.reference}
    if not all(0 <= value <= HIGHEST for value in rated.values()):
        return None
    return score_of_distances(
        [abs(rated[name] - value) for name, value in question.reference.items()]
    )


def score_of_distances(distances: Sequence[float]) -> float:
    """The score of a question whose four ratings are so far off."""
    return HIGHEST - CHANCE * math.fsum(_weight(distance) for distance in distances)


def emotions_kept(
    questions: Sequence[EmotionQuestion],
    base: Sequence[str],
    tuned: Sequence[str],
    *,
    about: str,
    margin: float,
    alpha: float,
) -> Kept:
    """Compare scores by question; answers that cannot be read are left out and counted.

    Raises:
        MissingExtra: when scipy is not installed.
    """
    scored = [
        (one.name, score_of(one, theirs), score_of(one, ours))
        for one, theirs, ours in zip(questions, base, tuned, strict=True)
    ]
    pairs = [
        (theirs, ours) for _, theirs, ours in scored if theirs is not None and ours is not None
    ]
    found = not_worse([ours - theirs for theirs, ours in pairs], by=margin, alpha=alpha)
    unread = [
        Exclusion(f"the answer of the {arm} cannot be read", len(names), f"question {names[0]}")
        for arm, names in (
            ("base", [name for name, theirs, _ in scored if theirs is None]),
            ("tuned adapter", [name for name, _, ours in scored if ours is None]),
        )
        if names
    ]
    return kept(
        Part.EMOTIONS,
        pairs,
        found,
        about=f"{about}, points of 10",
        units="questions",
        fewest=max(FEWEST, math.ceil(FEWEST_READ * len(questions))),
        left_out=unread,
    )


def _weight(distance: float) -> float:
    if distance == 0:
        return 0.0
    return distance if distance > HIGHEST / 2 else 6.5 / (1 + math.exp(-1.2 * (distance - 4)))


def _question(name: str, stored: _Stored, where: str) -> EmotionQuestion:
    answer = stored.reference_answer_fullscale
    try:
        reference = {
            str(answer[f"emotion{at}"]).strip().lower(): float(answer[f"emotion{at}_score"])
            for at in range(1, EMOTIONS + 1)
        }
    except (KeyError, ValueError) as error:
        raise Unreadable(f"the reference is off: {error}", where=where, hint=_FORM) from error
    if len(reference) < EMOTIONS:
        raise Unreadable("a question names an emotion twice", where=where)
    return EmotionQuestion(name, stored.prompt, reference)
