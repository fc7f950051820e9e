"""More parents than one record may name."""

from typing import ClassVar, Self

from pydantic import Field, model_validator

from lorewright.records.record import Record


class Collection(Record):
    """Stands for its members wherever a record has more than 64 parents; may nest."""

    kind: ClassVar[str] = "collection"
    holds_words: ClassVar[bool] = False

    member_kind: str
    count: int = Field(ge=1)
    """Members in all, through every level."""

    @model_validator(mode="after")
    def _holds_one_kind(self) -> Self:
        if {ref.kind for ref in self.made_from} - {self.member_kind, self.kind}:
            raise ValueError(f"a collection of {self.member_kind} holds nothing else")
        return self
