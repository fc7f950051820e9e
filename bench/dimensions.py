"""Draw the chunks that are labelled by hand, and count, as docs/dimension-rules.md says.

python bench/dimensions.py draw FOLDER      one file per book: which chunks, without labels
python bench/dimensions.py count            how far the rules agree with the labels: writes
                                            docs/dimensions.md and analyze/agreement.toml
python bench/dimensions.py chunk            one chunk of the handbook: writes docs/dimensions.md
"""

import argparse
import dataclasses
import json
import math
import random
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from agreement import Measured, labelled, measured
from books import BARNUM, HANDBOOK, NIGHTINGALE
from lorewright import analyze
from lorewright.flows.analyses import describe_documents
from lorewright.flows.current import current_documents
from lorewright.flows.datasets import curate_dataset
from lorewright.flows.dimensions import ChunkView, Shown, Viewer
from lorewright.flows.documents import analyze_documents, generate_examples, ingest_files
from lorewright.flows.tables import cell
from lorewright.records import Chunk, ChunkType, Document, Recipe
from lorewright.settings import ChunkSettings, Settings
from lorewright.store import Store, Workspace
from page import Section, replace_section
from pairs import document_of

SEED = 20260410
ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "dimensions.md"
AGREEMENT = ROOT / "src" / "lorewright" / "analyze" / "agreement.toml"
QUOTE = 90
"""Characters of a quote or a value in the table of one chunk."""
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


def chunk_table() -> Section:
    """All dimensions of one chunk, as the program shows them without a language model."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        workspace.make()
        with workspace.open(Settings()) as store:
            settings = Settings()
            ingest_files([HANDBOOK], store=store)
            analyze_documents(store, settings)
            describe_documents(store, settings)
            generate_examples(store, settings)
            curate_dataset(store, settings, name="handbook")
            view = view_of(store, settings)
    return dimension_table(view, "`ingest`, `analyze`, `generate` and `curate`")


def view_of(store: Store, settings: Settings) -> ChunkView:
    """The chunk of the sample handbook that is shown."""
    (document,) = current_documents(store)
    return next(
        one
        for one in Viewer(store, settings, document).every()
        if one.called("chunk_type").value == ARGUMENT
        and one.called("section_heading").value == "Detachment and the closing ritual"
    )


def dimension_table(view: ChunkView, done: str) -> Section:
    """One chunk, field by field, after the commands that `done` names."""
    taught = view.called("label_model").value
    return Section(
        title=f"One chunk, described by {taught}" if taught else "One chunk, field by field",
        about="An argument of the sample handbook, under *Detachment and the closing ritual*, "
        f"after {done}. Its precision is "
        f"{view.precision} of 10, its accuracy {view.accuracy} of 10. Names of records are "
        "shortened, and so are long quotes; `lorewright show` gives them in full.",
        columns=["", "field", "value", "from", "confidence", "rests on, or why it is open"],
        rows=[_dimension(one) for one in view.dimensions],
    )


def _dimension(one: Shown) -> list[str]:
    if one.name == "label_timestamp_iso":
        one = dataclasses.replace(one, value="(the time of the run)")
    spans = [f"{each.start}-{each.end} *{_quoted(each.quote)}*" for each in one.evidence]
    value = "none" if one.value == [] else cell(one.value)
    return [
        str(one.number),
        f"`{one.name}`",
        "" if one.reason else _quoted(value),
        one.origin or "",
        "" if one.confidence is None else str(one.confidence),
        _escaped(one.reason or "; ".join(spans)),
    ]


def _quoted(text: str) -> str:
    words = _NAME_OF_A_RECORD.sub(r"\1:...", " ".join(text.split()))
    return _escaped(words if len(words) <= QUOTE else f"{words[:QUOTE]} ...")


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> int:
    """Draw, count or show."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["draw", "count", "chunk"])
    parser.add_argument("folder", type=Path, nargs="?")
    asked = parser.parse_args()
    if asked.what == "count":
        _count()
    elif asked.what == "chunk":
        replace_section(PAGE, "chunk", chunk_table())
    elif asked.folder is None:
        parser.error("draw needs a folder")
    else:
        _draw(asked.folder)
    return 0


_NAME_OF_A_RECORD = re.compile(r"\b([a-z_]+):[0-9a-f]{12,64}\b")

if __name__ == "__main__":
    sys.exit(main())
