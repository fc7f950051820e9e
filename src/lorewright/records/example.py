"""Training examples: the one record every generator makes and every dataset holds."""

from enum import StrEnum
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from lorewright.records.analysis import DifficultyLevel
from lorewright.records.grounded import Grounded
from lorewright.records.record import Value


class Level(StrEnum):
    """How much of a document an example draws on, or what else it was made along."""

    CHUNK_PURE = "chunk-pure"
    CHUNK_ENHANCED = "chunk-enhanced"
    DOCUMENT_INTEGRATED = "document-integrated"
    DOMAIN_EXPERT = "domain-expert"
    CONVERSATION = "conversation"
    """Along a scaffold: a persona, an emotional arc and a topic."""
    DELIBERATION = "deliberation"
    """By a panel that argues."""


FROM_DOCUMENTS = (
    Level.CHUNK_PURE,
    Level.CHUNK_ENHANCED,
    Level.DOCUMENT_INTEGRATED,
    Level.DOMAIN_EXPERT,
)
"""The levels of examples that are made from documents; tables show them also when empty."""


class Turn(Value):
    """One thing that one side says."""

    role: Literal["system", "user", "assistant"]
    text: str = Field(min_length=1)


class Example(Grounded):
    """A conversation that a base model may learn from, and the words it rests on."""

    kind: ClassVar[str] = "example"
    schema_number: ClassVar[int] = 2

    turns: tuple[Turn, ...] = Field(min_length=2)
    level: Level
    task_form: str
    """What the question asks for: a reason, a procedure, a definition ..."""
    teacher: str
    """The generator that proposed it."""
    ungrounded: str | None = None
    """Why there is no evidence, for an example that has none."""
    difficulty: DifficultyLevel | None = None
    prerequisite_knowledge: str | None = Field(default=None, min_length=1)
    """What somebody must know to follow the answer."""
    style_directives: str | None = Field(default=None, min_length=1)
    """How the answer was to be written."""

    @model_validator(mode="after")
    def _is_grounded_or_says_why(self) -> Self:
        if bool(self.evidence) == bool(self.ungrounded):
            raise ValueError("an example has evidence, or says why it is ungrounded")
        if self.turns[-1].role != "assistant":
            raise ValueError("an example ends with the assistant's turn")
        return self

    @classmethod
    def upcast(cls, schema: int, content: dict[str, Any]) -> dict[str, Any]:
        """Schema 1 knew neither difficulty nor prerequisites nor directives."""
        if schema == 1:
            unknown = ("difficulty", "prerequisite_knowledge", "style_directives")
            return {**content, **dict.fromkeys(unknown)}
        return super().upcast(schema, content)

    @property
    def question(self) -> str:
        """The last thing the user says."""
        return next((turn.text for turn in reversed(self.turns) if turn.role == "user"), "")

    @property
    def answer(self) -> str:
        """The last thing the assistant says."""
        return self.turns[-1].text
