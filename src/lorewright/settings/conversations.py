"""How conversations are planned and how a language model is asked for them."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field


class ConversationSettings(BaseModel):
    """What one conversation is like, and how it is asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    temperature: Decimal = Field(default=Decimal("0.70"), ge=0, le=2)
    """How freely conversations are written; not used where teacher.temperature leaves it to the
    provider."""
    beginner_temperature: Decimal = Field(default=Decimal("0.65"), ge=0, le=2)
    """The same for topics for beginners."""
    most_tokens: int = Field(default=8192, ge=256)
    """The most tokens of one conversation, in place of teacher.most_tokens."""
    min_answer_words: int = Field(default=200, ge=1)
    """The fewest words that each answer of the consultant is asked to have."""
    max_answer_words: int = Field(default=400, ge=10)
    """The most words that each answer of the consultant is asked to have."""
    passages: int = Field(default=3, ge=1, le=20)
    """How many passages a conversation is given that should rest on documents."""
    seed: int = 7
    """Decides the order of a plan where nothing else does."""
