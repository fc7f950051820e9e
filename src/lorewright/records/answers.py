"""What one arm of a proof answered."""

from collections.abc import Iterator
from typing import ClassVar, Self

from pydantic import Field, model_validator

from lorewright.lineage import Ref
from lorewright.records.record import Blob, Record


class Answers(Record):
    """Every answer of one arm to one set of scenarios.

    Made from the set of scenarios, the base model and the recipe; from the adapter too where
    the arm has one, from the prompt where it is prompted, and from the language model in place
    of the base where a service answered.
    """

    kind: ClassVar[str] = "answers"

    arm: str = Field(min_length=1)
    """As `ProofArm` names it."""
    scenarios: Ref
    """The set."""
    requested: int = Field(ge=1)
    """Turns of scenarios, times generations."""
    answered: int = Field(ge=0)
    failed: int = Field(ge=0)
    lines: Blob
    """JSON lines {scenario, turn, generation, text, tokens, stop, failure}, sorted; the text of
    a failed one is null, and its failure says why."""

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.scenarios not in self.made_from:
            raise ValueError("answers are made from the set of scenarios that was asked")
        if self.requested != self.answered + self.failed:
            raise ValueError("requested is not answered + failed")
        return self

    def cited_blobs(self) -> Iterator[Blob]:
        """The answers themselves."""
        yield self.lines
