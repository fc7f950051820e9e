"""The shape that a neutral counterpart is asked for."""

from pydantic import BaseModel, Field


class NeutralDraft(BaseModel):
    """Every turn of the assistant, rewritten."""

    answers: list[str] = Field(description="the assistant's turns, in order, rewritten")
