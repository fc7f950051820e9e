"""Draw the chunks that are labelled by hand, and count, as docs/dimension-rules.md says.

python bench/dimensions.py draw FOLDER      one file per book: which chunks, without labels
python bench/dimensions.py count            how far the rules agree with the labels: writes
                                            docs/dimensions.md and analyze/agreement.toml
"""

import argparse
import json
import math
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from agreement import Measured, labelled, measured
from books import BARNUM, HANDBOOK, NIGHTINGALE
from lorewright import analyze
from lorewright.records import Chunk, ChunkType, Document, Recipe
from lorewright.settings import ChunkSettings
from page import Section, replace_section
from pairs import document_of

SEED = 20260410
ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "dimensions.md"
AGREEMENT = ROOT / "src" / "lorewright" / "analyze" / "agreement.toml"
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


def agreement_file(found: Sequence[Measured]) -> str:
    """What `agreement.toml` holds; shares are rounded down, so that none slips over the bar."""
    lines = ["# Written by `python bench/dimensions.py count`; see docs/dimension-rules.md.", ""]
    for one in found:
        lines += [
            f"[{one.rule.field}]",
            f"all = {_floor(one.agreement)}",
            f"held_out = {_floor(one.on_held_out)}",
            f"chunks = {len(one.scores)}",
            "",
        ]
    return "\n".join(lines)


def _floor(share: float) -> str:
    return f"{math.floor(share * 100 + 1e-9) / 100:.2f}"


def agreement_table(found: Sequence[Measured]) -> Section:
    """The table of the page."""
    return Section(
        title="How far rules agree with a reader",
        about="Sampled, labelled and counted as the [rules](dimension-rules.md) say; `handbook` is "
        "what rules may be tuned on, `held out` are two books. A rule fills its field when both "
        "`all` and `held out` reach 0.70.",
        columns=[
            "field",
            "chunks",
            "all",
            "95 % interval",
            "handbook",
            "held out",
            "kappa",
            "fills",
        ],
        rows=[_row(one) for one in sorted(found, key=lambda one: -one.agreement)],
    )


def _row(one: Measured) -> list[str]:
    low, high = one.interval
    fills = min(float(_floor(one.agreement)), float(_floor(one.on_held_out))) >= 0.7
    yes = "yes" if one.values > 1 else "only one value seen"
    return [
        f"`{one.rule.field}`",
        str(len(one.scores)),
        _floor(one.agreement),
        f"{low:.2f} to {high:.2f}",
        _floor(one.on_tuned),
        _floor(one.on_held_out),
        "" if one.kappa is None else f"{one.kappa:.2f}",
        yes if fills else "no",
    ]


def _count() -> None:
    found = list(measured(list(labelled())))
    AGREEMENT.write_text(agreement_file(found), encoding="utf-8")
    section = agreement_table(found)
    replace_section(PAGE, "agreement", section)
    print(section.as_markdown())


def main() -> int:
    """Draw or count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["draw", "count"])
    parser.add_argument("folder", type=Path, nargs="?")
    asked = parser.parse_args()
    if asked.what == "count":
        _count()
    elif asked.folder is None:
        parser.error("draw needs a folder")
    else:
        _draw(asked.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
