"""What reading a file gives, and what a reader must be able to do."""

from dataclasses import dataclass
from typing import Protocol

from lorewright.records import Moment, PageRange


@dataclass(frozen=True, slots=True)
class Reading:
    """The canonical text of a file and what the file says about itself."""

    text: str
    """Markdown; lines end with a newline alone, Unicode is in its composed form (NFC)."""
    media_type: str
    reader: str
    """The name of the reader and its version."""
    title: str
    author: str | None = None
    date: str | None = None
    """YYYY, YYYY-MM or YYYY-MM-DD."""
    language: str | None = None
    """ISO 639-1."""
    licence: str | None = None
    """None when the file says nothing about it."""
    pages: tuple[PageRange, ...] = ()
    """Where each page of the file stands in `text`; empty for a file without pages."""
    moments: tuple[Moment, ...] = ()
    """When the words were said; empty for anything but a transcript."""


class Reader(Protocol):
    """Turns the bytes of one kind of file into canonical Markdown.

    A plug-in of the group `lorewright.readers`; made without arguments.
    """

    name: str
    """How the plug-in is called."""
    version: str
    """Changes whenever the same bytes would give another text."""
    suffixes: tuple[str, ...]
    """The ends of the file names it reads: lower-case, with the dot."""
    media_type: str
    """What its files are, as in `text/plain`."""

    def read(self, raw: bytes, *, file_name: str) -> Reading:
        """Read a whole file; raise `Unreadable` when it is not what this reader can read."""
        ...
