"""What a teacher is shown of a chunk: its words, its place, and what stands around it."""

from collections.abc import Mapping
from typing import NamedTuple

from lorewright.prose import Span
from lorewright.records import Chunk, ChunkType, Document

AROUND = 700
"""Characters on either side of a chunk that a teacher sees to understand it by."""
KINDS: Mapping[ChunkType, str] = {
    ChunkType.CHAPTER_SEQUENTIAL: "a part of a chapter",
    ChunkType.INSTRUCTIONAL_UNIT: "an instruction",
    ChunkType.CER: "an argument: a claim, what supports it, and why it does",
    ChunkType.EXAMPLE_SCENARIO: "an example",
}


class Shown(NamedTuple):
    """The facts that a prompt about a chunk may use."""

    title: str
    category: str
    """Its name; empty when the document has none yet."""
    headings: str
    kind: str
    before: str
    after: str
    passage: str


def shown(document: Document, chunk: Chunk, category: str) -> Shown:
    """What a teacher is shown of `chunk`."""
    section = document.section_at(chunk.start)
    around = surroundings(document, chunk)
    return Shown(
        title=document.title,
        category=category,
        headings="\n".join(filter(None, (*section.path, section.heading))),
        kind=KINDS[chunk.chunk_type],
        before=document.words[around.start : chunk.start].strip(),
        after=document.words[chunk.end : around.end].strip(),
        passage=document.words[chunk.start : chunk.end].strip(),
    )


def surroundings(document: Document, chunk: Chunk) -> Span:
    """The chunk and what is shown on either side of it, in whole words."""
    words = document.words
    first, last = max(0, chunk.start - AROUND), min(document.length, chunk.end + AROUND)
    if first:
        spaces = [at for mark in _SPACES if (at := words.find(mark, first, chunk.start)) >= 0]
        first = min(spaces) + 1 if spaces else first
    if last < document.length:
        space = max(words.rfind(mark, chunk.end, last) for mark in _SPACES)
        last = space if space >= 0 else last
    return Span(first, last)


_SPACES = (" ", "\n")
