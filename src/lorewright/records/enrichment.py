"""A conversation after its five stages: what was found, what was mended, what it is worth."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from lorewright.lineage import Ref
from lorewright.records.conversation import Emotion, Scaffold
from lorewright.records.grounded import Grounded
from lorewright.records.record import Value

Score = Annotated[Decimal, Field(ge=0, le=10)]
Criterion5 = Annotated[Decimal, Field(ge=1, le=5)]


class Severity(StrEnum):
    """Whether an issue stops the conversation."""

    BLOCKER = "blocker"
    WARNING = "warning"


class Issue(Value):
    """One thing that is wrong with a conversation, where it is, and what to do."""

    code: str = Field(pattern=r"^[A-Z_]+$")
    severity: Severity
    field: str
    """Where it is, as a path into the raw text: `turns[2].emotional_context.intensity`."""
    message: str = Field(min_length=1)
    suggestion: str = Field(min_length=1)
    line: int | None = Field(default=None, ge=1)
    """In the raw text or the file, where that is known."""


class Repair(Value):
    """A known defect that was mended; both values as JSON text."""

    code: str = Field(pattern=r"^[A-Z_]+$")
    field: str
    original: str
    repaired: str


class QualityParts(Value):
    """What the quality score is made of, each from 0 to 10."""

    turn_count: Score
    """Against the range of the arc itself."""
    length: Score
    structure: Score
    confidence: Score


class QualityTier(StrEnum):
    """What a conversation may be used for; see the thresholds where it is set."""

    SEED_DATASET = "seed_dataset"
    PRODUCTION = "production"
    EXPERIMENTAL = "experimental"
    REJECTED = "rejected"


class EnrichedTurn(Value):
    """One turn with what a trainer may want to know of it; optional where a file may lack it."""

    role: Literal["user", "assistant"]
    text: str = Field(min_length=1)
    emotion: Emotion | None = None
    valence: Literal["positive", "negative", "mixed"] | None = None
    pair_id: str = Field(min_length=1)
    """Different from that of every other turn of every conversation."""
    difficulty_level: str | None = None
    key_learning_objective: str | None = None
    demonstrates_skills: tuple[str, ...] = ()
    emotional_progression_target: str | None = None
    quality_score: int | None = Field(default=None, ge=1, le=5)
    empathy: Criterion5 | None = None
    clarity: Criterion5 | None = None
    appropriateness: Criterion5 | None = None
    brand_voice: Criterion5 | None = None
    """These four are None where nothing was measured; they are never made up."""
    deliberation: str | None = Field(default=None, min_length=2)
    """What a panel argued before this answer, a JSON object as text; None where none did."""


class EnrichedContent(Value):
    """What a complete enrichment holds; the history of a turn is the turns before it."""

    scaffold: Scaffold
    client_persona: str
    client_background: str | None = None
    session_context: str
    conversation_phase: str
    expected_outcome: str | None = None
    system_prompt: str | None = None
    turns: tuple[EnrichedTurn, ...] = Field(min_length=2)
    parts: QualityParts
    quality: Score
    """The weighted sum of the parts."""
    tier: QualityTier
    created_date: str | None = None
    human_reviewed: bool = False
    """As an imported file says; what people decide here stands in decisions."""
    reviewer_notes: str | None = None


class EnrichmentState(StrEnum):
    """How far the stages came."""

    COMPLETED = "completed"
    VALIDATION_FAILED = "validation_failed"
    NORMALIZATION_FAILED = "normalization_failed"


class Enrichment(Grounded):
    """What the five stages made of one conversation.

    Made from it, from the entries that were used and from the recipe. It exists for every
    conversation that went through, so that requested = completed + failed.
    """

    kind: ClassVar[str] = "enrichment"

    conversation: Ref
    state: EnrichmentState
    issues: tuple[Issue, ...]
    repairs: tuple[Repair, ...] = ()
    content: EnrichedContent | None

    @model_validator(mode="after")
    def _has_content_when_it_is_complete(self) -> Self:
        if self.conversation not in self.made_from:
            raise ValueError("an enrichment is made from its conversation")
        if (self.content is not None) != (self.state is EnrichmentState.COMPLETED):
            raise ValueError("an enrichment has content exactly when it is complete")
        blocked = any(one.severity is Severity.BLOCKER for one in self.issues)
        if blocked and self.content is not None:
            raise ValueError("a conversation with a blocker is not complete")
        return self
