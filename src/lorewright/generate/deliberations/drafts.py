"""The shapes that a language model is asked for."""

from decimal import Decimal

from pydantic import BaseModel, Field

from lorewright.records.deliberation import ActKind, PanelDomain

LEAST_ANSWER = 100
"""Characters of an answer; less is no synthesis of several voices."""


class ActDraft(BaseModel):
    """One thing that one persona says."""

    speaker: str = Field(description="its name, exactly as listed")
    act: ActKind
    statement: str
    to: str = Field(description="whom it answers; may be empty")
    recommendation: str = Field(description="what the user should hear of it; may be empty")
    moves: list[str]
    critical: bool


class BlindSpotDraft(BaseModel):
    """What the user did not ask about."""

    text: str
    raised_by: str = Field(description="its name, exactly as listed")


class DeliberationDraft(BaseModel):
    """One turn."""

    acts: list[ActDraft]
    agreement: list[str]
    tradeoffs: list[str]
    risks: list[str]
    blind_spots: list[BlindSpotDraft]
    prevents: list[str]
    answer: str = Field(min_length=LEAST_ANSWER)
    next_question: str


class StateDraft(BaseModel):
    """One state of a purpose."""

    key: str
    score: Decimal
    settles: list[str]


class PersonaDraft(BaseModel):
    """One expert."""

    key: str
    role: str
    expertise: list[str]
    focus: str
    style: str
    weights: list[Decimal]
    blocker: Decimal
    core: bool
    keywords: list[str]


class PanelDraft(BaseModel):
    """A panel for a goal."""

    name: str
    domain: PanelDomain
    rationale: str
    states: list[StateDraft]
    target: str
    personas: list[PersonaDraft]
