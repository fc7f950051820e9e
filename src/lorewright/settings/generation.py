"""How examples are proposed."""

from pydantic import BaseModel, ConfigDict, Field


class GenerationSettings(BaseModel):
    """Which teacher proposes examples, and of which levels."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    teacher: str = "extractive"
    """The generator plug-in."""
    levels: tuple[int, ...] = (1, 2, 3)
    """1 chunk-pure, 2 with its document's facts, 3 across chunks, 4 domain expert."""
    min_answer_words: int = Field(default=6, ge=1)
    """Shorter answers are rejected."""
    max_answer_words: int = Field(default=180, ge=10)
    """Longer answers are rejected, never cut."""
    questions_per_passage: int = Field(default=3, ge=1)
    """The most questions that one passage may answer; they share no run of eight words."""
