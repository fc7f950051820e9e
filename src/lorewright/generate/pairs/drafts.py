"""The shapes that a language model is asked for."""

from pydantic import BaseModel, Field

from lorewright.generate.pairs.forms import TaskForm
from lorewright.records import DifficultyLevel

_QUOTES = "stretches of the source, copied letter by letter, that the answer rests on"


class FactDraft(BaseModel):
    """One key fact."""

    statement: str = Field(description="one complete statement")
    quotes: list[str] = Field(description="stretches of the passage, copied letter by letter")


class FactsDraft(BaseModel):
    """The key facts of one passage; none when it holds none."""

    facts: list[FactDraft]


class ExchangeDraft(BaseModel):
    """One question with its answer."""

    question: str
    answer: str
    quotes: list[str] = Field(description=_QUOTES)


class PairDraft(ExchangeDraft):
    """One question with its answer, and what comes after it."""

    task_form: TaskForm
    difficulty: DifficultyLevel
    prerequisite_knowledge: str = Field(description="what one must know to follow; may be empty")
    style_directives: str = Field(description="how such an answer is written; may be empty")
    follow_ups: list[ExchangeDraft] = Field(description="how the one who asks goes on, if so")


class PairsDraft(BaseModel):
    """What one call brings at the levels 1 to 3."""

    pairs: list[PairDraft]


class ExpertPairDraft(PairDraft):
    """A pair whose answer goes beyond the source, and says where."""

    beyond: str = Field(description="what an expert adds that the source does not say")


class ExpertPairsDraft(BaseModel):
    """What one call brings at level 4."""

    pairs: list[ExpertPairDraft]
