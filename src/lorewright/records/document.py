"""One readable text with a place for every word."""

import hashlib
from collections.abc import Iterator
from typing import Any, ClassVar, Self

from pydantic import Field, PrivateAttr, model_validator

from lorewright.errors import BadRecord
from lorewright.records.evidence import Evidence, Match
from lorewright.records.record import Blob, Record, Value


class Section(Value):
    """A heading and the span that it governs, up to the next heading of any level."""

    heading: str
    """Empty for text before the first heading."""
    level: int = Field(ge=0, le=6)
    """1 to 6 as in Markdown; 0 without a heading."""
    start: int
    """Where the heading line begins."""
    end: int
    path: tuple[str, ...] = ()
    """The headings above it, outermost first."""


class PageRange(Value):
    """A page of the original and the span of the canonical text that stands on it."""

    number: int = Field(ge=1)
    """Counted from the first page of the file, whatever is printed on it."""
    start: int = Field(ge=0)
    end: int
    """Equal to `start` for a page without words."""


class Moment(Value):
    """A stretch of a recording and the span of the canonical text that was said in it."""

    start: int = Field(ge=0)
    end: int
    from_ms: int = Field(ge=0)
    """Milliseconds after the beginning of the recording."""
    until_ms: int = Field(ge=0)
    speaker: str | None = None
    """As the transcript names who speaks; None when it does not."""


class Document(Record):
    """The one canonical text of a source, in Markdown.

    Every span anywhere is `[start, end)` into this text, in Unicode code points. The words
    themselves live in a blob; `with_text` attaches them and `cite` needs them.
    """

    kind: ClassVar[str] = "document"
    schema_number: ClassVar[int] = 2

    title: str
    author: str | None = None
    date: str | None = Field(default=None, pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")
    language: str | None = None
    """ISO 639-1, as far as the source itself says."""
    licence: str | None = None
    """As far as the text itself says; the source's own licence and decisions win."""
    reader: str
    """The reader and its version."""
    text: Blob
    """UTF-8."""
    length: int = Field(ge=0)
    """In code points."""
    sections: tuple[Section, ...]
    """In order, without gaps or overlaps, from 0 to `length`."""
    pages: tuple[PageRange, ...] = ()
    """In order, for a file that has pages; characters between two of them belong to neither."""
    moments: tuple[Moment, ...] = ()
    """In order of the text, for a transcript."""

    _words: str | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _sections_tile_the_text(self) -> Self:
        at = 0
        for section in self.sections:
            if section.start != at or section.end <= section.start:
                raise ValueError(f"sections leave a gap or overlap at character {at}")
            at = section.end
        if at != self.length:
            raise ValueError(f"sections end at {at}, the text at {self.length}")
        return self

    @model_validator(mode="after")
    def _ranges_stand_in_order(self) -> Self:
        for ranges in (self.pages, self.moments):
            at = 0
            for one in ranges:
                if not at <= one.start <= one.end <= self.length:
                    raise ValueError(f"a page or moment leaves the text or its order at {at}")
                at = one.end
        numbers = [page.number for page in self.pages]
        if sorted(set(numbers)) != numbers:
            raise ValueError("the pages of a document are numbered in order, each once")
        if any(moment.until_ms < moment.from_ms for moment in self.moments):
            raise ValueError("a moment of a document ends before it begins")
        return self

    @classmethod
    def upcast(cls, schema: int, content: dict[str, Any]) -> dict[str, Any]:
        """Schema 1 knew neither pages nor moments."""
        if schema == 1:
            return {**content, "pages": (), "moments": ()}
        return super().upcast(schema, content)

    def with_text(self, words: str) -> Self:
        """Attach the canonical text after checking that it is this document's.

        Raises:
            BadRecord: when the words have another hash, or are more or fewer than `length`.
        """
        if hashlib.sha256(words.encode()).hexdigest() != self.text.sha256:
            raise BadRecord("the text of a document has changed", where=str(self.ref))
        if len(words) != self.length:
            raise BadRecord(
                f"a document says that its text has {self.length:,} characters, and it has "
                f"{len(words):,}",
                where=str(self.ref),
            )
        self._words = words
        return self

    @property
    def words(self) -> str:
        """The canonical text; attach it first."""
        if self._words is None:
            raise BadRecord("the text of this document was not loaded", where=str(self.ref))
        return self._words

    def cite(self, start: int, end: int, *, match: Match = Match.EXACT) -> Evidence:
        """The words in `[start, end)` as evidence.

        Raises:
            BadRecord: when the span is empty or leaves the text.
        """
        if not 0 <= start < end <= self.length:
            raise BadRecord(
                f"the span {start}-{end} does not lie in a text of {self.length} characters",
                where=str(self.ref),
            )
        return Evidence(
            document=self.ref, start=start, end=end, quote=self.words[start:end], match=match
        )

    def section_at(self, position: int) -> Section:
        """The section that holds the character at `position`."""
        low, high = 0, len(self.sections)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.sections[middle].start <= position else (low, middle)
        return self.sections[low]

    def pages_of(self, start: int, end: int) -> tuple[int, int] | None:
        """First and last page with a character of `[start, end)`; None without pages."""
        touched = [one.number for one in self.pages if one.start < end and start < one.end]
        return (touched[0], touched[-1]) if touched else None

    def moments_of(self, start: int, end: int) -> tuple[Moment, ...]:
        """The moments in which the words in `[start, end)` were said."""
        return tuple(one for one in self.moments if one.start < end and start < one.end)

    def cited_blobs(self) -> Iterator[Blob]:
        """The canonical text."""
        yield self.text
