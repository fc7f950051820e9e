"""A passage of a document, seen as one of four things."""

from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import Field, model_validator

from lorewright.lineage import Ref
from lorewright.records.record import Record


class ChunkType(StrEnum):
    """The structural role of a passage."""

    CHAPTER_SEQUENTIAL = "Chapter_Sequential"
    INSTRUCTIONAL_UNIT = "Instructional_Unit"
    CER = "CER"
    """Claim, evidence, reasoning."""
    EXAMPLE_SCENARIO = "Example_Scenario"


class Chunk(Record):
    """A span of a document, with the type that cues gave it.

    The four types are layers over the same text: chunks of different types may overlap,
    chunks of the sequential layer tile the document.
    """

    kind: ClassVar[str] = "chunk"

    document: Ref
    start: int = Field(ge=0)
    end: int
    chunk_type: ChunkType
    ordinal: int = Field(ge=1)
    """Its place among the chunks of its document and type, in reading order."""
    heading: str = ""
    """The nearest heading above it."""
    confidence: Decimal = Field(ge=0, le=1, decimal_places=2)
    cue: str
    """The cue that decided the type."""

    @model_validator(mode="after")
    def _is_a_part_of_its_document(self) -> Self:
        if self.end <= self.start:
            raise ValueError("a chunk holds at least one character")
        if self.document not in self.made_from:
            raise ValueError("a chunk is made from its document")
        return self
