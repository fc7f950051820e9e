"""The thirteen automated metrics of advice, and what each of them counts."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

OF = 13
"""How many there are."""


class Metric(StrEnum):
    """A metric by the id it is known by."""

    EMOTION_WORDS = "A1"
    ACKNOWLEDGED_FIRST = "A2"
    VALIDATION = "A3"
    LENGTH = "B1"
    EMPATHY_FIRST = "B2"
    QUESTIONS = "B3"
    SIGNATURE = "C1"
    JARGON = "C2"
    NUMBERS = "C3"
    BOTH_AND = "D1"
    PERSPECTIVE = "D2"
    STEPS = "E1"
    TIMEFRAMES = "E2"


class Aim(StrEnum):
    """How a value is held against those of the advisor's own answers."""

    BAND = "band"
    """As the advisor does it: too much counts as too little does."""
    AT_MOST = "at most"
    """Less than the advisor is no fault."""
    RATE = "rate"
    """Yes or no: what counts is in what share of the answers."""


class About(NamedTuple):
    """What stands behind an id."""

    title: str
    unit: str
    aim: Aim


METRICS: dict[Metric, About] = {
    Metric.EMOTION_WORDS: About("emotion words", "different ones", Aim.BAND),
    Metric.ACKNOWLEDGED_FIRST: About("first sentence acknowledges", "yes or no", Aim.RATE),
    Metric.VALIDATION: About("validation phrases", "at most 3", Aim.BAND),
    Metric.LENGTH: About("length", "words", Aim.BAND),
    Metric.EMPATHY_FIRST: About("empathy in the first third", "share of sentences", Aim.BAND),
    Metric.QUESTIONS: About("questions asked", "count", Aim.BAND),
    Metric.SIGNATURE: About("signature phrases", "count", Aim.BAND),
    Metric.JARGON: About("unexplained jargon", "terms", Aim.AT_MOST),
    Metric.NUMBERS: About("specific numbers", "count", Aim.BAND),
    Metric.BOTH_AND: About("both/and language", "count", Aim.BAND),
    Metric.PERSPECTIVE: About("perspective taking", "count", Aim.BAND),
    Metric.STEPS: About("concrete next steps", "count", Aim.BAND),
    Metric.TIMEFRAMES: About("timeframes", "count", Aim.BAND),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What an answer answers; what is not known is left out."""

    prompt: str = ""
    """What the client said."""
    emotions: tuple[str, ...] = ()
    """Those that the scenario is labelled with."""
    is_conflict: bool = False
    """Whether the scenario is of a conflict, such as that of a couple."""
    names_others: bool | None = None
    """Whether the client speaks of somebody else; None means: look in the prompt."""
    is_of_the_field: bool | None = None
    """Whether the glossary's field is spoken of; None means: look in the prompt."""
    sources: tuple[str, ...] = ()
    """What the advisor had at hand: the passages that were retrieved or cited."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One metric of one answer."""

    value: float | None
    found: tuple[str, ...] = ()
    """What was counted, as it stands in the answer."""
    why_not: str | None = None
    """Why the metric does not apply, when it has no value."""


def not_applicable(why: str) -> Measurement:
    """A metric whose condition does not hold: it has no value, which is not the value 0."""
    return Measurement(None, why_not=why)
