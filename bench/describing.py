"""How fast chunks are described, and how large the descriptions are."""

import time
from pathlib import Path

from books import books
from lorewright.analyze import analyses_of, chunks_of
from lorewright.records import Blob, ChunkAnalysis, Recipe, Source
from lorewright.settings import ChunkSettings
from measuring import spread
from page import Section
from pairs import document_of

RUNS = 5


def measure() -> Section:
    """Describe the chunks of every book that is here."""
    return Section(
        title="Describe chunks",
        about=(
            "The second half of `analyze`, without the store: every chunk of a book in its "
            f"dimensions, in CPU time; {RUNS} runs in one process after one that is not counted. "
            "MB are those of the text; a record is its stored bytes."
        ),
        columns=["book", "text", "chunks", "describing", "chunks a second", "bytes a record"],
        rows=[_row(book) for book in books()],
    )


def _row(book: Path) -> list[str]:
    document = document_of(book)
    source = Source(
        file_name=book.name, media_type="text/plain", content=Blob(sha256="0" * 64, size=1)
    )
    recipe = Recipe(step="describe", settings={}).ref
    chunks = list(chunks_of(document, settings=ChunkSettings(), recipe=recipe))

    def describe() -> list[ChunkAnalysis]:
        return list(analyses_of(document, source, chunks, recipe=recipe))

    megabytes = document.text.size / 1e6

    def cpu_s() -> float:
        begun = time.process_time()
        describe()
        return time.process_time() - begun

    cpu_s()
    median, low, high = spread([cpu_s() for _ in range(RUNS)])
    size = sum(len(one.body) for one in describe()) / len(chunks)
    return [
        f"`{book.name}`",
        f"{megabytes:.2f} MB",
        f"{len(chunks):,}",
        f"{megabytes / median:.2f} MB/s ({megabytes / high:.2f}-{megabytes / low:.2f})",
        f"{len(chunks) / median:,.0f}",
        f"{size:,.0f}",
    ]
