"""Where a document belongs, as far as rules or a teacher can tell."""

from typing import ClassVar, Self

from pydantic import Field, model_validator

from lorewright.lineage import Ref
from lorewright.records.record import Record, Value


class CategoryField(Value):
    """One question about a document: the values that were found, or why there are none."""

    field: str
    """`belonging`, `category`, or the key of a tag dimension."""
    values: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()
    """What speaks for each value, in the same order; counted, never quoted."""
    reason: str | None = None
    """Why there is no value."""

    @model_validator(mode="after")
    def _has_values_or_says_why(self) -> Self:
        if bool(self.values) == bool(self.reason):
            raise ValueError(f"{self.field} has a value, or says why it has none")
        if len(self.cues) != len(self.values):
            raise ValueError(f"every value of {self.field} has its cue")
        return self


class Categorisation(Record):
    """What rules, or a teacher, say about belonging, category and tags.

    Decisions of the owner win over it. A teacher is among its parents.
    """

    kind: ClassVar[str] = "categorisation"
    holds_words: ClassVar[bool] = False
    """Values come from the catalogue, and cues are counts and places."""

    document: Ref
    fields: tuple[CategoryField, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_about_its_document(self) -> Self:
        if self.document not in self.made_from:
            raise ValueError("a categorisation is made from its document")
        names = [one.field for one in self.fields]
        if len(set(names)) != len(names):
            raise ValueError("a categorisation says every field once")
        return self
