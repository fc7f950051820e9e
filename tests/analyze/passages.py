"""Passages for tests of rules."""

import hashlib
from decimal import Decimal

from builders import a_source
from lorewright.analyze import RULES, Filling, Passage
from lorewright.prose import sections
from lorewright.records import Blob, Chunk, ChunkType, Document


def a_text(words: str, **more: object) -> Document:
    """A document of `words` with its sections."""
    raw = words.encode()
    document = Document(
        title="A handbook",
        reader="markdown 1",
        text=Blob(sha256=hashlib.sha256(raw).hexdigest(), size=len(raw)),
        length=len(words),
        sections=sections(words),
        made_from=(a_source(words).ref,),
    )
    return document.model_copy(update=more).with_text(words)


def a_passage(
    words: str, kind: ChunkType = ChunkType.CHAPTER_SEQUENTIAL, *, heading: str = ""
) -> Passage:
    """A chunk over all of `words`."""
    document = a_text(words)
    chunk = Chunk(
        document=document.ref,
        start=0,
        end=len(words),
        chunk_type=kind,
        ordinal=1,
        heading=heading,
        confidence=Decimal("0.90"),
        cue="a cue",
        made_from=(document.ref,),
    )
    return Passage(document, chunk)


def found(field: str, passage: Passage) -> Filling | None:
    """What the rule of a dimension says, whether it may fill it or not."""
    return next(rule for rule in RULES if rule.field == field).find(passage)


def spans_of(filling: Filling | None, passage: Passage) -> list[str]:
    """The words that a value rests on."""
    assert filling is not None
    return [passage.words_at(span) for span in filling.spans]
