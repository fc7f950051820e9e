"""Draw the chunks that are labelled by hand, as docs/dimension-rules.md says.

python bench/dimensions.py draw FOLDER      one file per book: which chunks, without labels
"""

import argparse
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path

from books import BARNUM, HANDBOOK, NIGHTINGALE
from lorewright import analyze
from lorewright.records import Chunk, ChunkType, Document, Recipe
from lorewright.settings import ChunkSettings
from pairs import document_of

SEED = 20260410
SEQUENTIAL, INSTRUCTION, ARGUMENT, EXAMPLE = ChunkType
SAMPLE = {
    HANDBOOK: {SEQUENTIAL: 5, INSTRUCTION: 5, ARGUMENT: 5, EXAMPLE: 5},
    NIGHTINGALE: {SEQUENTIAL: 2, INSTRUCTION: 3, ARGUMENT: 3, EXAMPLE: 2},
    BARNUM: {SEQUENTIAL: 3, INSTRUCTION: 2, ARGUMENT: 2, EXAMPLE: 3},
}
"""How many chunks of each type are drawn from each book; ten of every type."""


def drawn(book: Path, *, seed: int = SEED) -> Iterator[tuple[Document, Chunk]]:
    """The chunks of a book that are labelled, in reading order."""
    document = document_of(book)
    recipe = Recipe(step="analyze", settings={}).ref
    chunks = list(analyze.chunks_of(document, settings=ChunkSettings(), recipe=recipe))
    chance = random.Random(seed)
    sample = [
        chunk
        for kind, size in SAMPLE[book].items()
        for chunk in chance.sample([one for one in chunks if one.chunk_type is kind], size)
    ]
    for chunk in sorted(sample, key=lambda one: (one.start, one.chunk_type)):
        yield document, chunk


def _draw(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for book in SAMPLE:
        lines = [
            json.dumps(
                {
                    "document": document.text.sha256,
                    "start": chunk.start,
                    "end": chunk.end,
                    "chunk_type": chunk.chunk_type,
                    "heading": chunk.heading,
                }
            )
            for document, chunk in drawn(book)
        ]
        (folder / f"{book.stem}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> int:
    """Draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["draw"])
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    _draw(asked.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
