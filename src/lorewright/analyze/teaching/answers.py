"""The shapes that answers about a chunk must have, one for each prompt.

A value that is said of the text comes with the words it rests on (`Said`). What must itself
stand in the text has no quotes beside it; what is judged or written for training may have none.
Bounds of texts are only described here: one text that is too long must not cost the others.
"""

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from lorewright.records import (
    CoverageTag,
    DifficultyLevel,
    Intent,
    IpSensitivity,
    NoveltyTag,
    ScenarioType,
)

T = TypeVar("T")
Text = Annotated[str, Field(min_length=1)]
Texts = tuple[Text, ...]


class Shape(BaseModel):
    """What every answer has in common: nothing beside what was asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Said(Shape, Generic[T]):
    """A value, and the words of the passage that it rests on."""

    value: T | None
    quotes: tuple[str, ...] = Field(description="copied word for word from the passage")


class Step(Shape):
    """One step of a procedure, and the words of the passage that tell it."""

    step: Text
    details: str
    quote: str = Field(description="copied word for word from the passage")


class Content(Shape):
    """What a passage is about, and how it speaks."""

    chunk_summary_1s: Said[
        Annotated[str, Field(description="one sentence; at most 30 words; at most 240 characters")]
    ]
    key_terms: Annotated[Texts, Field(min_length=3, max_length=10)] | None = Field(
        description="terms as they stand in the passage"
    )
    audience: Said[str]
    intent: Said[Intent]
    tone_voice_tags: Said[Annotated[Texts, Field(min_length=2, max_length=6)]]
    brand_persona_tags: Said[Annotated[Texts, Field(min_length=2, max_length=5)]]
    domain_tags: Said[Annotated[Texts, Field(min_length=1, max_length=5)]]


class Task(Shape):
    """What an instruction has somebody do."""

    task_name: Said[str]
    preconditions: Said[str]
    inputs: Said[str]
    steps_json: tuple[Step, ...] | None
    expected_output: Said[str]
    warnings_failure_modes: Said[str]


class Argument(Shape):
    """What an argument claims, and on what grounds."""

    claim: Said[str]
    evidence_snippets: Texts | None = Field(description="copied word for word from the passage")
    reasoning_sketch: Said[Annotated[str, Field(description="at most 300 characters")]]
    citations: Texts | None = Field(description="sources as the passage names them")
    factual_confidence_0_1: Said[Annotated[float, Field(ge=0, le=1)]]


class Scenario(Shape):
    """What an example tells."""

    scenario_type: Said[ScenarioType]
    problem_context: Said[str]
    solution_action: Said[str]
    outcome_metrics: Said[str]
    style_notes: Said[str]


class Training(Shape):
    """What could be asked about a passage, and what a good answer would be."""

    prompt_candidate: str | None
    target_answer: Said[str]
    style_directives: str | None
    complex_prompt: str | None
    contextual_answer: Said[str]
    follow_up_questions: Annotated[Texts, Field(min_length=3, max_length=5)] | None
    difficulty_level: DifficultyLevel | None
    prerequisite_knowledge: str | None
    augmentation_notes: str | None


class Risk(Shape):
    """What could do harm, and how central, new and confidential a passage is."""

    safety_tags: Said[Texts]
    coverage_tag: CoverageTag | None
    novelty_tag: NoveltyTag | None
    ip_sensitivity: IpSensitivity | None
    pii_flag: Said[bool]
    compliance_flags: Said[Texts]


class Choice(Shape):
    """The values that hold of a document for one question, and the words that speak for them."""

    chosen: tuple[str, ...]
    quotes: tuple[str, ...] = Field(description="copied word for word from the excerpts")


class Belonging(Shape):
    """Where a document belongs; the catalogue adds a `Choice` for every other question."""

    belonging: Literal[1, 2, 3, 4, 5] | None
