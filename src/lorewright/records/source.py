"""Where knowledge comes from: a file somebody gave us, byte for byte."""

from collections.abc import Iterator
from typing import ClassVar

from lorewright.records.record import Blob, Record

UNKNOWN_LICENCE = "unknown"


class Source(Record):
    """A file as it arrived, before anybody interpreted it."""

    kind: ClassVar[str] = "source"
    is_origin: ClassVar[bool] = True

    file_name: str
    """The last part of its path, so that the same file has the same name everywhere."""
    media_type: str
    content: Blob
    licence: str = UNKNOWN_LICENCE
    """What whoever brought it says; `unknown` when nobody said. Corrected by decisions."""

    def cited_blobs(self) -> Iterator[Blob]:
        """The file itself."""
        yield self.content
