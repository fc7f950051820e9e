"""The answer that is asked of a judge."""

from functools import cache
from types import GenericAlias
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, create_model

Reason = Annotated[str, Field(min_length=1, max_length=1_000, description="one or two sentences")]
Score = Annotated[int, Field(ge=1, le=10)]


class Reasoned(BaseModel):
    """The reason, which comes before the score."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Reason


class Scored(Reasoned):
    """A criterion by which every example can be judged."""

    score: Score


class ScoredOrNot(Reasoned):
    """A criterion that needs something to judge by."""

    score: Score | None


class Claims(ScoredOrNot):
    """Groundedness, with the statements that nothing carries."""

    unsupported: list[str] = Field(description="statements of the answer, in its exact words")


class Answer(BaseModel):
    """What is said about one example."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(description="the id of the example")
    groundedness: Claims
    relevance: Scored
    clarity: Scored
    voice: ScoredOrNot
    usefulness: Scored


class Answers(BaseModel):
    """What is said about all of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    judged: list[Answer]


@cache
def shape_for(ids: tuple[str, ...]) -> type[Answers]:
    """`Answers` whose schema names the examples that are asked about, and how many they are.

    Providers enforce what the schema says. It is not checked here: an answer that leaves one
    example out still counts for the others.
    """
    count = len(ids)
    said = f"one entry for each example; at least {count} entries; at most {count} entries"
    ours: dict[str, Any] = {"id": (str, Field(json_schema_extra={"enum": [*ids]}))}
    answer = create_model("Answer", __base__=Answer, **ours)
    all_: dict[str, Any] = {"judged": (GenericAlias(list, (answer,)), Field(description=said))}
    return create_model("Answers", __base__=Answers, **all_)
