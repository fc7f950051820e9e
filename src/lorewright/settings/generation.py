"""How examples are proposed."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

PAIRS = "pairs"
"""Stands for the pairs that a chat model wrote, where a generator plug-in has its name."""
CONVERSATIONS = "conversations"
"""Stands for the conversations that went through all stages, but for neutral counterparts."""
CONTROLS = "controls"
"""Stands for the neutral counterparts."""
DELIBERATIONS = "deliberations"
"""Stands for what panels argued out."""
KEPT = (PAIRS, CONVERSATIONS, CONTROLS, DELIBERATIONS)
"""What is no generator: examples that are kept for good, whoever wrote them and when."""


class GenerationSettings(BaseModel):
    """Which teacher proposes examples, and of which levels."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    teacher: str = Field(default="extractive", min_length=1)
    """What a dataset is made of: the examples of a generator plug-in, `pairs` for those that a
    chat model wrote, `conversations`, their neutral `controls`, `deliberations`, or several of
    them, as in `extractive+pairs`."""
    levels: tuple[int, ...] = (1, 2, 3)
    """1 chunk-pure, 2 with its document's facts, 3 across chunks, 4 domain expert."""
    min_answer_words: int = Field(default=6, ge=1)
    """Shorter answers are rejected."""
    max_answer_words: int = Field(default=180, ge=10)
    """Longer answers are rejected, never cut."""
    questions_per_passage: int = Field(default=3, ge=1)
    """The most questions that one passage may answer; they share no run of eight words."""

    @model_validator(mode="after")
    def _names_one_generator(self) -> Self:
        names = self.teacher.split("+")
        generators = [one for one in names if one not in KEPT]
        if not all(names) or len(set(names)) < len(names) or len(generators) > 1:
            known = ", ".join(f"`{one}`" for one in KEPT)
            raise ValueError(f"teacher is one generator, any of {known}, or several joined by +")
        return self

    @property
    def takes_pairs(self) -> bool:
        """Whether the pairs that a chat model wrote are wanted."""
        return self.takes(PAIRS)

    def takes(self, kept: str) -> bool:
        """Whether one of `KEPT` is wanted."""
        return kept in self.teacher.split("+")

    @property
    def needs_documents(self) -> bool:
        """Whether anything is wanted that is made from documents alone."""
        return self.by_generator is not None or self.takes_pairs

    @property
    def by_generator(self) -> "GenerationSettings | None":
        """The settings as the generator plug-in has them; None when there is none.

        What it proposes is the same whether pairs stand beside it or not, and so is its recipe.
        """
        name = next((one for one in self.teacher.split("+") if one not in KEPT), None)
        return self.model_copy(update={"teacher": name}) if name else None
