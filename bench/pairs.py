"""The accepted pairs of a book, by the same steps as the program's, without a store."""

import hashlib
from pathlib import Path

from lorewright import analyze, generate, ingest
from lorewright.records import Blob, ChunkType, Document, Example, Recipe, Source
from lorewright.settings import ChunkSettings, GenerationSettings


def document_of(book: Path) -> Document:
    """Read a book into its document, with its text attached."""
    raw = book.read_bytes()
    source = Source(file_name=book.name, media_type="text/plain", content=_blob(raw))
    reading = ingest.read(raw, file_name=book.name)
    document = ingest.document_from(source, reading, _blob(reading.text.encode()))
    return document.with_text(reading.text)


def pairs_of(book: Path) -> list[Example]:
    """Every pair that the extractive teacher proposes for a book and its gates accept."""
    document = document_of(book)
    recipe = Recipe(step="generate", settings={}).ref
    chunks = [
        chunk
        for chunk in analyze.chunks_of(document, settings=ChunkSettings(), recipe=recipe)
        if chunk.chunk_type is ChunkType.CHAPTER_SEQUENTIAL
    ]
    proposed = generate.propose(document, chunks, settings=GenerationSettings(), recipe=recipe)
    return [one for one in proposed if isinstance(one, Example)]


def _blob(content: bytes) -> Blob:
    return Blob(sha256=hashlib.sha256(content).hexdigest(), size=len(content))
