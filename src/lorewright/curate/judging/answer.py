"""The answer that is asked of a judge."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Reason = Annotated[str, Field(min_length=1, max_length=1_000, description="one or two sentences")]
Score = Annotated[int | None, Field(ge=1, le=10)]


class Scored(BaseModel):
    """One criterion."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Reason
    score: Score


class Claims(Scored):
    """Groundedness, with the statements that nothing carries."""

    unsupported: list[str] = Field(description="statements of the answer, in its exact words")


class Answer(BaseModel):
    """What is said about one example."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(description="the id of the example")
    groundedness: Claims
    relevance: Scored
    clarity: Scored
    voice: Scored
    usefulness: Scored


class Answers(BaseModel):
    """What is said about all of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    judged: list[Answer]
