"""What stands in an entry of each catalogue."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Text = Annotated[str, Field(min_length=1)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
Intensity = Annotated[Decimal, Field(ge=0, le=1)]


class Entry(BaseModel):
    """A frozen entry with a key of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Key
    name: Text


class Tier(StrEnum):
    """What an arc is for; each tier is scored against its own lengths."""

    TEMPLATE = "template"
    SCENARIO = "scenario"
    EDGE_CASE = "edge_case"


class Complexity(StrEnum):
    """How much a topic asks of the one who asks."""

    BEGINNER = "beginner"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class Persona(Entry):
    """Somebody who comes for advice."""

    archetype: Text
    age_range: str = ""
    occupation: str = ""
    income_range: str = ""
    demographics: dict[str, str] = {}
    background: Text
    situation: str = ""
    communication_style: Text
    emotional_baseline: Text
    typical_questions: tuple[Text, ...] = ()
    common_concerns: tuple[Text, ...] = ()
    language_patterns: tuple[Text, ...] = ()

    @property
    def label(self) -> str:
        """As the metadata of a conversation calls the client."""
        return f"{self.name} - {self.archetype}"


class Feeling(BaseModel):
    """An emotion and how strong it is at a point of an arc."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    emotion: Text
    least: Intensity
    most: Intensity

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.least > self.most:
            raise ValueError("the least intensity is above the most")
        return self


class Phase(BaseModel):
    """What happens in some turns of an arc; turns count one exchange of both sides."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: int = Field(ge=1)
    last: int = Field(ge=1)
    user: Text
    advisor: Text
    name: str = ""
    """What the metadata of a conversation calls it, such as `exploring_deeper_concern`."""
    optional: bool = False


class Arc(Entry):
    """How feelings move from the first turn to the last."""

    tier: Tier
    start: Feeling
    middle: Feeling | None = None
    end: Feeling
    strategy: Text
    fewest_turns: int = Field(ge=1)
    """Exchanges: one of the client and one of the advisor each."""
    most_turns: int = Field(ge=1)
    difficulty: int = Field(ge=1, le=10)
    principles: tuple[Text, ...]
    phases: tuple[Phase, ...]
    """In order and without a gap from turn 1 to the most turns; an arc without phases cannot
    be planned."""
    required_elements: tuple[Text, ...] = ()
    techniques: tuple[Text, ...] = ()
    phrases: tuple[Text, ...] = ()
    avoid: tuple[Text, ...] = ()
    personas: tuple[Key, ...] = ()
    """Those that it suits; none means all."""
    topics: tuple[Key, ...] = ()


class Topic(Entry):
    """What the conversation is about."""

    category: Text
    complexity: Complexity
    description: Text
    questions: tuple[Text, ...] = ()
    concepts: tuple[Text, ...] = ()
    personas: tuple[Key, ...] = ()
    arcs: tuple[Key, ...] = ()


class Principle(BaseModel):
    """Something that a consultant always holds to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Key
    name: Text
    rule: Text


class Consultant(Entry):
    """Who gives the advice, and how."""

    credential: str = ""
    business: Text
    vertical: Text
    """As training files name the field: `financial_planning_consultant`."""
    expertise: Text
    years_experience: int = Field(ge=0)
    tone: tuple[Text, ...]
    principles: tuple[Principle, ...] = Field(min_length=1)
    techniques: tuple[Text, ...] = ()
    avoid: tuple[Text, ...] = ()
    signature_phrases: tuple[Text, ...] = ()
    jargon_to_explain: tuple[Text, ...] = ()
