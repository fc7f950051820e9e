"""The dimensions that need no understanding: what a chunk inherits, and where it stands."""

import re
import unicodedata
from typing import Any

from lorewright.records import Chunk, ChunkType, Document, Source, SourceType
from lorewright.similarity import words

LETTERS = {
    ChunkType.CHAPTER_SEQUENTIAL: "C",
    ChunkType.INSTRUCTIONAL_UNIT: "I",
    ChunkType.CER: "R",
    ChunkType.EXAMPLE_SCENARIO: "E",
}
"""Chunks are numbered within their layer, and the letter says which."""


def inherited(document: Document, source: Source) -> dict[str, Any]:
    """What every chunk has from its document and the file behind it."""
    kind = SourceType.TRANSCRIPT if document.moments else _SOURCE_TYPES.get(source.media_type)
    return {
        "doc_id": document.ref,
        "doc_title": document.title,
        "source_type": kind,
        "source_url": source.origin,
        "author": document.author,
        "doc_date": document.date,
    }


def placed(document: Document, chunk: Chunk) -> dict[str, Any]:
    """Where a chunk stands and how large it is."""
    pages = document.pages_of(chunk.start, chunk.end) or (None, None)
    number = f"{LETTERS[chunk.chunk_type]}{chunk.ordinal:03d}"
    return {
        "chunk_id": f"{document.ref}#{number}",
        "section_heading": chunk.heading or None,
        "page_start": pages[0],
        "page_end": pages[1],
        "char_start": chunk.start,
        "char_end": chunk.end,
        "token_count": len(words(document.words[chunk.start : chunk.end])),
        "overlap_tokens": 0,
        "chunk_handle": handle(chunk.heading or document.title, number),
    }


def handle(heading: str, number: str) -> str:
    """A readable name of at most 50 characters: the heading in plain letters, and the number."""
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode().lower()
    end = f"-{number.lower()}"
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[: 50 - len(end)].strip("-")
    return f"{slug or 'chunk'}{end}"


def reasons(document: Document, source: Source) -> dict[str, str]:
    """Why an inherited or computed dimension may have no value."""
    page = "its characters stand on no page" if document.pages else "the file has no pages"
    return {
        "doc_version": "documents are not read for a version",
        "source_type": f"a file of the type {source.media_type} is of none of the kinds listed",
        "source_url": "nobody said where the file came from",
        "author": "the document does not say",
        "doc_date": "the document does not say",
        "section_heading": "no heading stands above it",
        "page_start": page,
        "page_end": page,
    }


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SOURCE_TYPES = {
    "application/pdf": SourceType.PDF,
    _WORD: SourceType.DOCX,
    "text/html": SourceType.HTML,
    "application/xhtml+xml": SourceType.HTML,
    "text/markdown": SourceType.MARKDOWN,
    "message/rfc822": SourceType.EMAIL,
    "text/vtt": SourceType.TRANSCRIPT,
    "application/x-subrip": SourceType.TRANSCRIPT,
}
