"""How fast the extractive teacher reads, and how much it finds."""

import time
from collections import Counter
from pathlib import Path

from books import books
from lorewright import curate, prose
from lorewright.records import Document, Example
from measuring import spread
from page import Section
from pairs import document_of, pairs_of

RUNS = 5
CONTENT_WORDS = 80
"""A section with fewer words of paragraphs and lists has little to ask about."""
COUNTED = {prose.BlockKind.PARAGRAPH, prose.BlockKind.LIST_ITEM}


def measure() -> Section:
    """Read, chunk and extract each book in one thread."""
    return Section(
        title="Extraction",
        about="The whole way from the text of a book to its accepted pairs, sentences included, in "
        f"one thread: CPU time, {RUNS} runs in one process after one that is not counted, because "
        "it loads the tagger; the first run stands beside them. Words are those of content: "
        "paragraphs and lists outside title pages, contents and licences. A content section "
        f"has at least {CONTENT_WORDS} of them.",
        columns=[
            "book",
            "speed",
            "first run",
            "words",
            "accepted pairs",
            "per 1,000 words",
            "distinct passages",
            "sections with pairs",
            "largest form",
        ],
        rows=[_row(book) for book in books()],
    )


def _row(book: Path) -> list[str]:
    kilobytes = book.stat().st_size / 1000
    first = _cpu_s(book)
    taken = spread([kilobytes / _cpu_s(book) for _ in range(RUNS)])
    document, pairs = document_of(book), pairs_of(book)
    sections = _content_sections(document)
    words = sum(sections.values())
    wide = {start for start, count in sections.items() if count >= CONTENT_WORDS}
    found = {document.section_at(each.start).start for one in pairs for each in one.evidence}
    form, most = Counter(one.task_form for one in pairs).most_common(1)[0]
    return [
        document.title,
        taken.shown("kB/s"),
        f"{first:.1f} s",
        f"{words:,}",
        f"{len(pairs):,}",
        f"{1000 * len(pairs) / words:.1f}",
        f"{len(_passages(pairs)):,}",
        f"{len(wide & found)} of {len(wide)} ({len(wide & found) / len(wide):.0%})",
        f"{form}, {most / len(pairs):.0%}",
    ]


def _cpu_s(book: Path) -> float:
    begun = time.process_time()
    pairs_of(book)
    return time.process_time() - begun


def _passages(pairs: list[Example]) -> set[tuple[tuple[int, int], ...]]:
    return {tuple((each.start, each.end) for each in one.evidence) for one in pairs}


def _content_sections(document: Document) -> dict[int, int]:
    """Words of paragraphs and lists per content section, by where it starts."""
    words: dict[int, int] = {}
    for found in curate.coverage(document, []).sections:
        start, end = found.section.start, found.section.end
        text = document.words[start:end]
        words[start] = sum(
            len(text[block.start : block.end].split())
            for block in prose.blocks(text)
            if block.kind in COUNTED
        )
    return words
