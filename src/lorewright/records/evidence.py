"""The exact words that something rests on."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from lorewright.lineage import Ref
from lorewright.records.record import Value


class Match(StrEnum):
    """How the words were found: as they stand, after normalising, or approximately."""

    EXACT = "exact"
    NORMALISED = "normalised"
    FUZZY = "fuzzy"


class Evidence(Value):
    """A span of a document's canonical text and the words that stand there.

    Made only by `Document.cite`; the store compares the words again when it keeps them.
    """

    document: Ref
    start: int = Field(ge=0)
    """First character, counted in Unicode code points."""
    end: int
    """One past the last character."""
    quote: str = Field(min_length=1)
    match: Match = Match.EXACT

    @model_validator(mode="after")
    def _has_the_length_of_its_quote(self) -> Self:
        if self.end - self.start != len(self.quote):
            raise ValueError("a quote must be exactly as long as its span")
        return self
