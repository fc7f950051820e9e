import hashlib
import os
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from lorewright.generate.extractive import ExtractiveTeacher
from lorewright.ingest import read
from lorewright.prose import BlockKind, blocks, is_apparatus, sections
from lorewright.records import Blob, Chunk, ChunkType, Document, Example, Recipe, Source
from lorewright.settings import GenerationSettings

CORPUS = Path(
    os.environ.get("LOREWRIGHT_CORPUS", Path(__file__).parents[2].parent / "shared" / "corpus")
)
BOOKS = ["barnum-art-of-money-getting.txt", "nightingale-notes-on-nursing.txt"]

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus folder is not beside the project"),
]


def a_book(name: str) -> Document:
    raw = (CORPUS / name).read_bytes()
    reading = read(raw, file_name=name)
    text = reading.text.encode()
    blob = Blob(sha256=hashlib.sha256(text).hexdigest(), size=len(text))
    source = Source(file_name=name, media_type="text/plain", content=blob)
    return Document(
        title=reading.title or name,
        author=reading.author,
        reader="test/1",
        text=blob,
        length=len(reading.text),
        sections=sections(reading.text),
        made_from=(source.ref,),
    ).with_text(reading.text)


def pairs_of(document: Document) -> list[Example]:
    chunk = Chunk(
        document=document.ref,
        start=0,
        end=document.length,
        chunk_type=ChunkType.CHAPTER_SEQUENTIAL,
        ordinal=1,
        confidence=Decimal(1),
        cue="whole",
        made_from=(document.ref,),
    )
    recipe = Recipe(step="generate", settings={}).ref
    proposed = ExtractiveTeacher().propose(
        document, [chunk], settings=GenerationSettings(), recipe=recipe
    )
    return [one for one in proposed if isinstance(one, Example)]


def words_of_content(text: str) -> int:
    """Words of paragraphs and lists, as docs/acceptance-rules.md counts them."""
    counted = {BlockKind.PARAGRAPH, BlockKind.LIST_ITEM}
    return sum(
        len(text[block.start : block.end].split())
        for block in blocks(text)
        if block.kind in counted
    )


@pytest.mark.parametrize("name", BOOKS)
def test_a_book_gives_enough_pairs_of_many_forms_from_most_sections(name: str) -> None:
    book = a_book(name)
    pairs = pairs_of(book)
    content = [section for section in book.sections if not is_apparatus(section)]
    words = sum(len(book.words[s.start : s.end].split()) for s in content)
    large = [s for s in content if words_of_content(book.words[s.start : s.end]) >= 80]
    taught = [
        s for s in large if any(s.start <= e.start < s.end for pair in pairs for e in pair.evidence)
    ]
    spans = {(pair.evidence[0].start, pair.evidence[-1].end): set[str]() for pair in pairs}
    for pair in pairs:
        spans[pair.evidence[0].start, pair.evidence[-1].end].add(pair.task_form)
    forms = Counter(pair.task_form for pair in pairs)

    assert len(pairs) >= 5 * words / 1000
    assert len(taught) >= 0.6 * len(large)
    assert forms.most_common(1)[0][1] <= 0.4 * len(pairs)
    assert sum(len(several) > 1 for several in spans.values()) >= 0.35 * len(spans)
    for pair in pairs:
        quotes = [book.words[e.start : e.end] for e in pair.evidence]
        assert pair.answer == "\n\n".join(quotes)
