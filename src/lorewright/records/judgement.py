"""What a language model thinks of an example, criterion by criterion."""

from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import Field, model_validator

from lorewright.lineage import Ref
from lorewright.records.record import Record, Value


class Criterion(StrEnum):
    """What an example is judged by."""

    GROUNDEDNESS = "groundedness"
    """Whether all that the answers claim stands in the evidence."""
    RELEVANCE = "relevance"
    """Whether the answers answer what was asked."""
    CLARITY = "clarity"
    """Whether a reader without the text before them understands both sides."""
    VOICE = "voice"
    """Whether the answers speak as they were to speak, else as the evidence does."""
    USEFULNESS = "usefulness"
    """Whether learning this makes a better advisor."""


class Rating(Value):
    """One criterion: a score and why, or why there is none."""

    criterion: Criterion
    score: int | None = Field(ge=1, le=10)
    """From 1, useless, to 10, nothing to improve; None where it cannot be judged."""
    reason: str = Field(min_length=1)
    unsupported: tuple[str, ...] = ()
    """What the answers claim and the evidence does not say, in the answers' own words."""

    @model_validator(mode="after")
    def _only_groundedness_names_claims(self) -> Self:
        if self.unsupported and (self.criterion is not Criterion.GROUNDEDNESS or not self.score):
            raise ValueError("only a score for groundedness comes with unsupported claims")
        return self


class Judgement(Record):
    """The ratings of one example; made from it, the prompt, the language model and the recipe."""

    kind: ClassVar[str] = "judgement"

    example: Ref
    ratings: tuple[Rating, ...]
    """Every criterion once, in their order."""
    own_work: bool
    """Whether the language model judged what it wrote itself, and may be kinder for it."""

    @model_validator(mode="after")
    def _says_every_criterion_once(self) -> Self:
        if self.example not in self.made_from:
            raise ValueError("a judgement is made from its example")
        if [one.criterion for one in self.ratings] != list(Criterion):
            raise ValueError("a judgement rates every criterion once, in their order")
        if not self.scores:
            raise ValueError("a judgement scores at least one criterion")
        return self

    def rating(self, criterion: Criterion) -> Rating:
        """What is said about one criterion."""
        return next(one for one in self.ratings if one.criterion is criterion)

    @property
    def scores(self) -> dict[Criterion, int]:
        """The criteria that could be judged, with their scores."""
        return {one.criterion: one.score for one in self.ratings if one.score is not None}

    @property
    def mean(self) -> Decimal:
        """The mean of the scores, each criterion as heavy as the next, to two places."""
        scores = self.scores.values()
        return (Decimal(sum(scores)) / len(scores)).quantize(Decimal("0.01"))
