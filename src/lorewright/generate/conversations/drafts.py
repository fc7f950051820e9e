"""The shapes that a language model is asked for; their JSON is the raw form of a conversation."""

from typing import Literal

from pydantic import BaseModel, Field


class EmotionDraft(BaseModel):
    """What one side feels in a turn."""

    primary_emotion: str = Field(min_length=1)
    secondary_emotion: str | None
    intensity: float = Field(ge=0, le=1, allow_inf_nan=False)


class TurnDraft(BaseModel):
    """One turn."""

    turn_number: int = Field(ge=1)
    role: Literal["user", "assistant"]
    content: str = Field(min_length=1)
    emotional_context: EmotionDraft


class MetadataDraft(BaseModel):
    """What the conversation is, in the words of whoever wrote it."""

    client_persona: str = Field(min_length=1)
    session_context: str = Field(min_length=1)
    conversation_phase: str = Field(min_length=1)
    expected_outcome: str = Field(min_length=1)


class ConversationDraft(BaseModel):
    """One conversation."""

    conversation_metadata: MetadataDraft
    turns: list[TurnDraft]


class EvidenceDraft(BaseModel):
    """What one answer rests on."""

    turn_number: int = Field(ge=1)
    quotes: list[str] = Field(description="stretches of a passage, copied letter by letter")


class GroundedDraft(ConversationDraft):
    """One conversation that rests on passages."""

    evidence: list[EvidenceDraft]
