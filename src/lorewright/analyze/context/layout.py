"""A document laid out in its sequential chunks: which words stand in which."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from lorewright.prose import is_apparatus
from lorewright.records import Chunk, ChunkType, Document, Evidence


@dataclass(frozen=True)
class Layout:
    """A document with its text attached, and its sequential chunks in reading order."""

    document: Document
    chunks: tuple[Chunk, ...]
    """Those about its subject."""
    set_aside: tuple[Chunk, ...] = ()
    """Those that serve the book: title pages, tables of contents, licences, indexes."""

    @classmethod
    def of(cls, document: Document, chunks: Iterable[Chunk]) -> "Layout":
        """Keep the sequential chunks among `chunks`; of a book without a subject all of them."""
        tiles = [one for one in chunks if one.chunk_type is ChunkType.CHAPTER_SEQUENTIAL]
        tiles.sort(key=lambda one: one.start)
        told, aside = list[Chunk](), list[Chunk]()
        for one in tiles:
            (aside if is_apparatus(document.section_at(one.start)) else told).append(one)
        return cls(document, tuple(told), tuple(aside)) if told else cls(document, tuple(aside))

    def words(self, chunk: Chunk) -> str:
        """The words of a chunk."""
        return self.document.words[chunk.start : chunk.end]

    def chunks_with(self, evidence: Iterable[Evidence]) -> set[int]:
        """The places in `chunks` in which some evidence begins."""
        found = {bisect_right(self._starts, one.start) - 1 for one in evidence}
        return {at for at in found if at >= 0}

    def share(self, evidence: Iterable[Evidence]) -> Decimal:
        """The share of the characters of all chunks that lies in those with some evidence."""
        return self.share_of(self._length(at) for at in self.chunks_with(evidence))

    def share_of(self, lengths: Iterable[int]) -> Decimal:
        """A sum of lengths as a share of the characters of all chunks."""
        whole = sum(map(self._length, range(len(self.chunks))))
        return min(Decimal(1), Decimal(sum(lengths)) / whole).quantize(Decimal("0.001"))

    @cached_property
    def lowered(self) -> str:
        """The text in lower case, for counting; a few letters grow, so places may be shifted."""
        return self.document.words.lower()

    @cached_property
    def _starts(self) -> list[int]:
        return [one.start for one in self.chunks]

    def _length(self, at: int) -> int:
        return self.chunks[at].end - self.chunks[at].start
