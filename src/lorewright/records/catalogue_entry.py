"""One entry of a catalogue: a persona, an arc, a topic, as it stood when it was used."""

from typing import ClassVar

from pydantic import Field, JsonValue

from lorewright.records.record import Record


class CatalogueEntry(Record):
    """What a conversation or a panel was set up with; its name changes with every word.

    Every entry is a record of its own, so that a corrected topic renames nothing that was
    made with another one.
    """

    kind: ClassVar[str] = "entry"
    is_origin: ClassVar[bool] = True
    holds_words: ClassVar[bool] = False

    catalogue: str = Field(pattern=r"^[a-z]+$")
    """Which list it stands in: `personas`, `arcs`, `topics`, `consultants` ..."""
    key: str = Field(pattern=r"^[a-z0-9_]+$")
    content: dict[str, JsonValue]
    """The whole entry; numbers with a fraction as text."""
    own: bool = False
    """Whether it is the operator's and not one that came along."""
