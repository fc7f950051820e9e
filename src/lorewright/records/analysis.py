"""What is known about a chunk, field by field, and what is not known and why."""

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, Field, JsonValue, model_validator

from lorewright.lineage import Ref
from lorewright.records.chunk import ChunkType
from lorewright.records.grounded import Grounded
from lorewright.records.record import Value

Text = Annotated[str, Field(min_length=1)]


def _brief(words: str | None) -> str | None:
    if words and len(words.split()) > 30:
        raise ValueError("a summary has at most 30 words")
    return words


class SourceType(StrEnum):
    """What kind of original a text came from."""

    PDF = "pdf"
    DOCX = "docx"
    HTML = "html"
    MARKDOWN = "markdown"
    EMAIL = "email"
    TRANSCRIPT = "transcript"
    NOTION = "notion"
    SPREADSHEET = "spreadsheet"
    IMAGE_OCR = "image_ocr"


class Intent(StrEnum):
    """What the author wants to achieve."""

    EDUCATE = "educate"
    INSTRUCT = "instruct"
    PERSUADE = "persuade"
    INFORM = "inform"
    NARRATE = "narrate"
    SUMMARIZE = "summarize"
    COMPARE = "compare"
    EVALUATE = "evaluate"


class ScenarioType(StrEnum):
    """The form of an example."""

    CASE_STUDY = "case_study"
    DIALOGUE = "dialogue"
    Q_AND_A = "Q&A"
    WALKTHROUGH = "walkthrough"
    ANECDOTE = "anecdote"


class CoverageTag(StrEnum):
    """How central a passage is to its document."""

    CORE = "core"
    SUPPORTING = "supporting"
    EDGE = "edge"


class NoveltyTag(StrEnum):
    """How new what it says is."""

    NOVEL = "novel"
    COMMON = "common"
    DISPUTED = "disputed"


class IpSensitivity(StrEnum):
    """Who may see it."""

    PUBLIC = "Public"
    INTERNAL = "Internal"
    CONFIDENTIAL = "Confidential"
    TRADE_SECRET = "Trade_Secret"  # noqa: S105 - the name of a level, not a secret


class DifficultyLevel(StrEnum):
    """How much a reader must know."""

    BEGINNER = "Beginner"
    INTERMEDIATE = "Intermediate"
    ADVANCED = "Advanced"


class ProcedureStep(Value):
    """One step of a procedure."""

    step: Text
    details: str = ""


class ChunkFields(Value):
    """The dimensions of a chunk that are facts about it, by the names of the catalogue.

    Dimensions that change while nothing about the chunk does (its category, its reviews, its
    split, who labelled it) are not here: they are looked up when somebody asks.
    """

    doc_id: Text
    doc_title: str
    doc_version: str | None = None
    source_type: SourceType | None = None
    source_url: str | None = None
    author: str | None = None
    doc_date: str | None = None

    chunk_id: Text
    section_heading: str | None = None
    page_start: int | None = Field(default=None, ge=1)
    page_end: int | None = Field(default=None, ge=1)
    char_start: int = Field(ge=0)
    char_end: int
    token_count: int = Field(ge=0)
    overlap_tokens: int = Field(ge=0)
    chunk_handle: str = Field(pattern=r"^[a-z0-9-]+$", max_length=50)

    chunk_type: ChunkType | None = None
    chunk_summary_1s: Annotated[Text | None, AfterValidator(_brief)] = Field(
        default=None, max_length=240
    )
    key_terms: tuple[Text, ...] | None = Field(default=None, min_length=3, max_length=10)
    audience: Text | None = None
    intent: Intent | None = None
    tone_voice_tags: tuple[Text, ...] | None = Field(default=None, min_length=2, max_length=6)
    brand_persona_tags: tuple[Text, ...] | None = Field(default=None, min_length=2, max_length=5)
    domain_tags: tuple[Text, ...] | None = Field(default=None, min_length=1, max_length=5)

    task_name: Text | None = None
    preconditions: Text | None = None
    inputs: Text | None = None
    steps_json: tuple[ProcedureStep, ...] | None = Field(default=None, min_length=1)
    expected_output: Text | None = None
    warnings_failure_modes: Text | None = None

    claim: Text | None = None
    evidence_snippets: tuple[Text, ...] | None = Field(default=None, min_length=1)
    reasoning_sketch: Text | None = Field(default=None, max_length=300)
    citations: tuple[Text, ...] | None = Field(default=None, min_length=1)
    factual_confidence_0_1: Decimal | None = Field(default=None, ge=0, le=1, decimal_places=2)

    scenario_type: ScenarioType | None = None
    problem_context: Text | None = None
    solution_action: Text | None = None
    outcome_metrics: Text | None = None
    style_notes: Text | None = None

    prompt_candidate: Text | None = None
    target_answer: Text | None = None
    style_directives: Text | None = None
    safety_tags: tuple[Text, ...] | None = None
    """Empty when somebody looked and found none."""
    coverage_tag: CoverageTag | None = None
    novelty_tag: NoveltyTag | None = None
    ip_sensitivity: IpSensitivity | None = None
    pii_flag: bool | None = None
    compliance_flags: tuple[Text, ...] | None = None
    augmentation_notes: Text | None = None

    complex_prompt: Text | None = None
    contextual_answer: Text | None = None
    follow_up_questions: tuple[Text, ...] | None = Field(default=None, min_length=3, max_length=5)
    difficulty_level: DifficultyLevel | None = None
    prerequisite_knowledge: Text | None = None

    @model_validator(mode="after")
    def _ends_behind_its_start(self) -> Self:
        if self.char_end <= self.char_start:
            raise ValueError("a chunk ends behind its start")
        if (self.page_start is None) != (self.page_end is None):
            raise ValueError("a chunk has both a first and a last page, or neither")
        if (self.page_end or 0) < (self.page_start or 0):
            raise ValueError("the last page of a chunk comes before its first")
        return self

    def filled(self) -> Iterator[str]:
        """The names of the dimensions that have a value."""
        return (name for name in type(self).model_fields if getattr(self, name) is not None)


class Ground(Value):
    """Who filled a dimension, and the words that it rests on."""

    field: str
    teacher: Ref | None = None
    """The language model that said it; None when a rule did."""
    rule: str
    """The sentence that says what the rule looks for; of a teacher, the prompt that asked."""
    agreement: Decimal | None = Field(default=None, ge=0, le=1, decimal_places=2)
    """How far the rule agrees with labels made by hand; nobody measured that of a teacher."""
    evidence: tuple[int, ...] = ()
    """Places in the record's list of evidence."""

    @model_validator(mode="after")
    def _is_measured_when_it_is_a_rule(self) -> Self:
        if (self.teacher is None) != (self.agreement is not None):
            raise ValueError("a rule says how far it agrees with a reader, and only a rule does")
        return self


class Quarantined(Value):
    """What a teacher said and what does not count, kept so that a person can look at it."""

    field: str
    value: JsonValue
    """As the teacher gave it; of a list that counts in part, what does not."""
    reason: Text
    quotes: tuple[str, ...] = ()
    """The words it was to rest on and that do not stand in the chunk."""


class Unanswered(Value):
    """A prompt whose answer could not be used."""

    prompt: Text
    """Its name: `analyze/content_analysis`."""
    fault: Text
    """A short key, the same for all alike: `refused`, `truncated`, `wrong_shape` ..."""
    sentence: Text


class Unknown(Value):
    """Dimensions that have no value, for one reason."""

    reason: Text
    fields: tuple[str, ...] = Field(min_length=1)


class ChunkAnalysis(Grounded):
    """The dimensions of one chunk: each has a value, or a reason why it has none."""

    kind: ClassVar[str] = "analysis"
    schema_number: ClassVar[int] = 2

    chunk: Ref
    document: Ref
    fields: ChunkFields
    grounds: tuple[Ground, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    precision: int = Field(ge=1, le=10)
    """Ten times the share of the dimensions expected of its type that have a value, at least 1."""
    accuracy: int | None = Field(default=None, ge=1, le=10)
    """Ten times the share of the words it rests on that stand in the chunk; None without any."""
    teacher: Ref | None = None
    """The language model that was asked; None when only rules were."""
    quarantined: tuple[Quarantined, ...] = ()
    unanswered: tuple[Unanswered, ...] = ()

    @model_validator(mode="after")
    def _says_every_dimension_once(self) -> Self:
        teachers = {self.teacher, *(ground.teacher for ground in self.grounds)} - {None}
        if not {self.chunk, self.document, *teachers} <= set(self.made_from):
            raise ValueError("an analysis is made from its chunk, its document and its teachers")
        unknown = [name for one in self.unknown for name in one.fields]
        known = list(self.fields.filled())
        if sorted([*known, *unknown]) != sorted(ChunkFields.model_fields):
            raise ValueError("each dimension has a value, or one reason why it has none")
        if not {ground.field for ground in self.grounds} <= set(known):
            raise ValueError("only what has a value has a ground")
        if any(at >= len(self.evidence) for ground in self.grounds for at in ground.evidence):
            raise ValueError("a ground points beyond the evidence")
        return self

    @model_validator(mode="after")
    def _has_a_teacher_where_one_spoke(self) -> Self:
        by_teacher = any(ground.teacher is not None for ground in self.grounds)
        if self.teacher is None and (by_teacher or self.quarantined or self.unanswered):
            raise ValueError("an analysis names the teacher that was asked")
        return self

    @classmethod
    def upcast(cls, schema: int, content: dict[str, Any]) -> dict[str, Any]:
        """Schema 1 knew rules only, and left four dimensions to be looked up."""
        if schema == 1:
            looked_up = {"reason": NOT_ASKED_FOR, "fields": TRAINING_TEXTS}
            return {**content, "unknown": (*content["unknown"], looked_up)}
        return super().upcast(schema, content)

    def reason_for(self, field: str) -> str | None:
        """Why a dimension has no value; None when it has one."""
        return next((one.reason for one in self.unknown if field in one.fields), None)

    def ground_of(self, field: str) -> Ground | None:
        """What a dimension rests on; None for what is computed or inherited."""
        return next((one for one in self.grounds if one.field == field), None)


TRAINING_TEXTS = ("prompt_candidate", "target_answer", "complex_prompt", "contextual_answer")
"""Questions and answers; until a teacher writes some, the first examples of the chunk stand in."""
NOT_ASKED_FOR = "it was not asked for when this chunk was described"
