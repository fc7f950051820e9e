"""Training examples: the one record every generator makes and every dataset holds."""

from enum import StrEnum
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from lorewright.records.grounded import Grounded
from lorewright.records.record import Value


class Level(StrEnum):
    """How much of a document an example draws on."""

    CHUNK_PURE = "chunk-pure"
    CHUNK_ENHANCED = "chunk-enhanced"
    DOCUMENT_INTEGRATED = "document-integrated"
    DOMAIN_EXPERT = "domain-expert"


class Turn(Value):
    """One thing that one side says."""

    role: Literal["system", "user", "assistant"]
    text: str = Field(min_length=1)


class Example(Grounded):
    """A conversation that a base model may learn from, and the words it rests on."""

    kind: ClassVar[str] = "example"

    turns: tuple[Turn, ...] = Field(min_length=2)
    level: Level
    task_form: str
    """What the question asks for: a reason, a procedure, a definition ..."""
    teacher: str
    """The generator that proposed it."""
    ungrounded: str | None = None
    """Why there is no evidence, for an example that has none."""

    @model_validator(mode="after")
    def _is_grounded_or_says_why(self) -> Self:
        if bool(self.evidence) == bool(self.ungrounded):
            raise ValueError("an example has evidence, or says why it is ungrounded")
        if self.turns[-1].role != "assistant":
            raise ValueError("an example ends with the assistant's turn")
        return self

    @property
    def question(self) -> str:
        """The last thing the user says."""
        return next((turn.text for turn in reversed(self.turns) if turn.role == "user"), "")

    @property
    def answer(self) -> str:
        """The last thing the assistant says."""
        return self.turns[-1].text
