"""Sources, documents, chunks, and who made them: small valid records for tests."""

import hashlib
from decimal import Decimal

from lorewright.records import (
    Blob,
    Chunk,
    ChunkType,
    Document,
    LanguageModel,
    Moment,
    PageRange,
    Prompt,
    Recipe,
    Section,
    Source,
)
from lorewright.store import NewCall, Store

WORDS = """# Pumps

Check the oil of every pump once a week. A pump that runs dry is damaged within minutes.

# Valves

Close the inlet valve first. Turn it clockwise until it stops.
"""


def a_blob(content: bytes = b"some bytes") -> Blob:
    return Blob(sha256=hashlib.sha256(content).hexdigest(), size=len(content))


def a_source(
    words: str = WORDS,
    *,
    file_name: str = "handbook.md",
    licence: str = "CC0",
    origin: str | None = None,
) -> Source:
    return Source(
        file_name=file_name,
        media_type="text/markdown",
        content=a_blob(words.encode()),
        licence=licence,
        origin=origin,
    )


def a_document(words: str = WORDS, *, source: Source | None = None) -> Document:
    """One section over all of `words`, with the text attached."""
    section = Section(heading="Pumps", level=1, start=0, end=len(words))
    return Document(
        title="Handbook",
        reader="markdown 1",
        text=a_blob(words.encode()),
        length=len(words),
        sections=(section,) if words else (),
        made_from=((source or a_source(words)).ref,),
    ).with_text(words)


def a_transcript(words: str = WORDS) -> Document:
    """A document with a page and a moment over all of `words`."""
    return a_document(words).model_copy(
        update={
            "author": "Ada",
            "date": "2030-01",
            "language": "en",
            "licence": "CC0",
            "pages": (PageRange(number=1, start=0, end=len(words)),),
            "moments": (Moment(start=0, end=len(words), from_ms=0, until_ms=4_200, speaker="Ada"),),
        }
    )


def a_recipe(step: str = "generate", **settings: str | int) -> Recipe:
    return Recipe(step=step, settings={**settings})


def a_chunk(
    document: Document | None = None,
    start: int = 0,
    end: int | None = None,
    *,
    ordinal: int = 1,
    heading: str = "Pumps",
) -> Chunk:
    document = document or a_document()
    return Chunk(
        document=document.ref,
        start=start,
        end=document.length if end is None else end,
        chunk_type=ChunkType.CHAPTER_SEQUENTIAL,
        ordinal=ordinal,
        heading=heading,
        confidence=Decimal("0.90"),
        cue="paragraph",
        made_from=(document.ref,),
    )


def a_language_model(name: str = "teacher-1") -> LanguageModel:
    return LanguageModel(provider="openai", name=name, endpoint="https://api.example.org")


def a_prompt(
    text: str = "# Task\n\nAsk one question about {{ words | fenced }}",
    *,
    name: str = "generate/chunk_pure",
) -> Prompt:
    return Prompt(name=name, text=text)


def keep_document(store: Store, words: str = WORDS, *, file_name: str = "handbook.md") -> Document:
    """Keep a source and its document with their bytes."""
    store.put_blob(words.encode())
    source = a_source(words, file_name=file_name)
    document = a_document(words, source=source)
    store.put(source, document)
    return document


def a_call(about: Document, *, key: bytes = b"1" * 32, text: str = "Once a week.") -> NewCall:
    """A complete call about `about`; keep the document and the language model first."""
    return NewCall(
        key=key,
        language_model=a_language_model().ref,
        purpose="analyze/content_analysis",
        draw=0,
        about=(about.ref,),
        run="run-1",
        state="complete",
        seconds=Decimal("1.250"),
        cost_usd=Decimal("0.000123"),
        characters=400,
        stop="end",
        answered_by="teacher-1-2030",
        text=text,
        raw=f'{{"said": "{text}"}}'.encode(),
    )
