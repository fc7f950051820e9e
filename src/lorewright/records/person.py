"""Who decided."""

from typing import ClassVar

from pydantic import Field

from lorewright.records.record import Record


class Person(Record):
    """Somebody, or something acting for somebody, that makes decisions."""

    kind: ClassVar[str] = "person"
    is_origin: ClassVar[bool] = True
    holds_words: ClassVar[bool] = False

    name: str = Field(min_length=1)
