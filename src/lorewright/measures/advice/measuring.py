"""All thirteen metrics of one answer."""

from collections.abc import Mapping
from dataclasses import dataclass

from lorewright.measures.advice.emotions import (
    acknowledged_first,
    emotion_words,
    validation_phrases,
)
from lorewright.measures.advice.lexicon import Lexicon
from lorewright.measures.advice.metric import Measurement, Metric, Setting
from lorewright.measures.advice.numbers import specific_numbers
from lorewright.measures.advice.reading import read_answer
from lorewright.measures.advice.relations import both_and, perspective_taking
from lorewright.measures.advice.shape import empathy_first, length, questions
from lorewright.measures.advice.signature import Signature
from lorewright.measures.advice.steps import concrete_steps, timeframes
from lorewright.measures.advice.wording import signature_phrases, unexplained_jargon


@dataclass(frozen=True, slots=True)
class Advice:
    """What was measured of one answer."""

    values: Mapping[Metric, Measurement]
    """All thirteen, in the order of their ids."""
    emotions_matched: float | None
    """Beside A1: the share of the scenario's emotions that are named; None without labels."""
    ungrounded: tuple[str, ...] | None
    """Beside C3: numbers from nowhere; None when there is nothing they could come from."""

    def value(self, metric: Metric) -> float | None:
        """The raw value; None where the metric does not apply."""
        return self.values[metric].value


def measure_advice(
    answer: str,
    setting: Setting = Setting(),  # noqa: B008 - frozen
    *,
    known: Lexicon,
    signature: Signature | None = None,
) -> Advice:
    """Measure one answer; its words decide, and no language model is asked.

    Args:
        answer: the answer.
        setting: what it answers.
        known: the words that are looked for.
        signature: the advisor's own phrases; without them C1 does not apply.

    Raises:
        BadRecord: when the answer is no text.
    """
    reading = read_answer(answer)
    named = emotion_words(reading, setting.emotions, known)
    numbers = specific_numbers(reading, setting)
    values = {
        Metric.EMOTION_WORDS: named.words,
        Metric.ACKNOWLEDGED_FIRST: acknowledged_first(reading, known),
        Metric.VALIDATION: validation_phrases(reading, known),
        Metric.LENGTH: length(reading),
        Metric.EMPATHY_FIRST: empathy_first(reading, known),
        Metric.QUESTIONS: questions(reading),
        Metric.SIGNATURE: signature_phrases(reading, signature),
        Metric.JARGON: unexplained_jargon(reading, setting, known),
        Metric.NUMBERS: numbers.numbers,
        Metric.BOTH_AND: both_and(reading, setting, known),
        Metric.PERSPECTIVE: perspective_taking(reading, setting, known),
        Metric.STEPS: concrete_steps(reading, known),
        Metric.TIMEFRAMES: timeframes(reading, known),
    }
    return Advice(values, named.matched, numbers.ungrounded)
