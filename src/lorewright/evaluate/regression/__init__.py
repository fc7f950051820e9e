"""What the base could do, and whether the tuned adapter still can."""

from lorewright.evaluate.regression.choices import (
    ChoiceQuestion,
    choices_kept,
    chosen,
    read_choices,
)
from lorewright.evaluate.regression.eq_bench import (
    EmotionQuestion,
    emotions_kept,
    read_questions,
    score_of,
)
from lorewright.evaluate.regression.general_text import text_kept
from lorewright.evaluate.regression.kept import Kept, Outcome, Part
from lorewright.evaluate.regression.safety import PURPOSES, is_as_wanted, safety_kept

__all__ = [
    "PURPOSES",
    "ChoiceQuestion",
    "EmotionQuestion",
    "Kept",
    "Outcome",
    "Part",
    "choices_kept",
    "chosen",
    "emotions_kept",
    "is_as_wanted",
    "read_choices",
    "read_questions",
    "safety_kept",
    "score_of",
    "text_kept",
]
