"""Where knowledge comes from: a file somebody gave us, byte for byte."""

from collections.abc import Iterator
from typing import Any, ClassVar

from lorewright.records.record import Blob, Record

UNKNOWN_LICENCE = "unknown"


class Source(Record):
    """A file as it arrived, before anybody interpreted it."""

    kind: ClassVar[str] = "source"
    schema_number: ClassVar[int] = 2
    is_origin: ClassVar[bool] = True

    file_name: str
    """The last part of its path, so that the same file has the same name everywhere."""
    media_type: str
    content: Blob
    licence: str = UNKNOWN_LICENCE
    """What whoever brought it says; `unknown` when nobody said. Corrected by decisions."""

    origin: str | None = None
    """Where whoever brought it got it from: an address or a few words; None when nobody said."""

    @classmethod
    def upcast(cls, schema: int, content: dict[str, Any]) -> dict[str, Any]:
        """Schema 1 did not ask where a file came from."""
        if schema == 1:
            return {**content, "origin": None}
        return super().upcast(schema, content)

    def cited_blobs(self) -> Iterator[Blob]:
        """The file itself."""
        yield self.content
