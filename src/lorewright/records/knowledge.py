"""What a base model knew of an example before it was tuned."""

from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import Field, model_validator

from lorewright.lineage import Ref
from lorewright.records.record import Record, Value


class Known(StrEnum):
    """Whether a base model knows the answer of an example already."""

    KNOWN = "known"
    """It was right every time."""
    PARTLY = "partly"
    UNKNOWN = "unknown"
    """It was never right."""


class OwnAnswer(Value):
    """What the base model said once, with nothing before it but the question."""

    text: str
    found: Decimal = Field(ge=0, le=1)
    """How much of the example's answer stands in it, as a share of words."""
    is_right: bool


class Knowledge(Record):
    """The own answers to one example; made from it, the base model asked and the recipe."""

    kind: ClassVar[str] = "knowledge"

    example: Ref
    answers: tuple[OwnAnswer, ...] = Field(min_length=1)
    """One for each draw, in their order."""

    @model_validator(mode="after")
    def _is_made_from_its_example(self) -> Self:
        if self.example not in self.made_from:
            raise ValueError("knowledge is made from its example")
        return self

    @property
    def right(self) -> int:
        """How many of the answers are right."""
        return sum(one.is_right for one in self.answers)

    @property
    def known(self) -> Known:
        """What they come to."""
        if self.right == len(self.answers):
            return Known.KNOWN
        return Known.PARTLY if self.right else Known.UNKNOWN
