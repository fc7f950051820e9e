"""One thing that a passage teaches."""

from typing import ClassVar, Self

from pydantic import Field, model_validator

from lorewright.lineage import Ref
from lorewright.records.grounded import Grounded


class KeyFact(Grounded):
    """Something that a reader of a passage should know afterwards, and the words that say it."""

    kind: ClassVar[str] = "fact"

    chunk: Ref
    document: Ref
    statement: str = Field(min_length=1)
    """In the words of whoever found it."""

    @model_validator(mode="after")
    def _stands_in_its_chunk(self) -> Self:
        if not {self.chunk, self.document} <= set(self.made_from):
            raise ValueError("a fact is made from its chunk and its document")
        if not self.evidence:
            raise ValueError("a fact points at the words that say it")
        return self
