"""Freeze, compare and export a dataset of a million examples: time, memory and bytes added."""

import hashlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from lorewright.flows.exporting import export_dataset
from lorewright.lineage import Ref
from lorewright.records import (
    Blob,
    Dataset,
    Document,
    Example,
    Level,
    Recipe,
    Source,
    Split,
    Turn,
)
from lorewright.records import Section as DocumentSection
from lorewright.settings import Settings
from lorewright.store import Store, Workspace, difference, freeze
from measuring import in_a_process, peak_mib
from page import Section

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")

SIZES = (10_000, 100_000, 1_000_000)
EXCHANGES = 5
QUEUED = 4096
"""Examples handed to the store before their commits are awaited."""


def measure() -> Section:
    """Each size in a process of its own, so that its peak memory is its own."""
    rows: list[list[str]] = []
    for size in SIZES:
        with tempfile.TemporaryDirectory(prefix="lorewright-bench-") as folder:
            found = in_a_process(partial(_work, size, Path(folder)))
        rows.append(
            [
                f"{size:,}",
                f"{found['fill_s']:.0f} s",
                f"{found['freeze_s']:.1f} s",
                f"{found['freeze_mib']:.0f} MiB",
                f"{found['again_s'][1]:.1f} s",
                "{1:,} ({0:,}-{2:,})".format(*found["bytes_added"]),
                "{1:.0f} ms ({0:.0f}-{2:.0f})".format(*found["diff_ms"]),
                f"{found['export_s']:.1f} s",
                f"{found['export_mib']:.0f} MiB",
            ]
        )
    return Section(
        title="A million examples",
        about="Made-up examples of about 600 bytes with their evidence in one document. Frozen; "
        f"frozen again {EXCHANGES} times with one example, at places spread over the names, "
        "exchanged for another, and the bytes that this adds to the workspace; each compared with "
        "the first; and exported as OpenAI chat with its lineage file. Memory is the peak of the "
        "resident set up to the end of that step, in a process that first filled the store.",
        columns=[
            "examples",
            "filling the store",
            "freeze",
            "peak memory",
            "freeze again, one exchanged",
            "bytes added",
            "diff",
            "export",
            "peak memory",
        ],
        rows=rows,
    )


def _work(size: int, folder: Path) -> dict[str, Any]:
    workspace = Workspace(folder / "workspace")
    workspace.make()
    with workspace.open(Settings()) as store:
        document, recipe, fill_s = filled(store, size)
        parents = (document.ref, recipe.ref)
        first, freeze_s = timed(lambda: frozen(store, parents, without=size))
        freeze_mib = peak_mib()
        exchanges = [
            _exchange(workspace, store, first, parents, size * (2 * turn + 1) // (2 * EXCHANGES))
            for turn in range(EXCHANGES)
        ]
        exported, export_s = timed(
            lambda: list(
                export_dataset(
                    workspace, store, first, exporter="openai-chat", splits=(Split.TRAIN,)
                )
            )
        )
        if exported[0].written != first.accepted:
            raise RuntimeError(f"{exported[0].written:,} of {first.accepted:,} were exported")
    return {
        "fill_s": fill_s,
        "freeze_s": freeze_s,
        "freeze_mib": freeze_mib,
        "again_s": _sorted(one[0] for one in exchanges),
        "bytes_added": _sorted(one[1] for one in exchanges),
        "diff_ms": _sorted(one[2] * 1000 for one in exchanges),
        "export_s": export_s,
        "export_mib": peak_mib(),
    }


def _exchange(
    workspace: Workspace, store: Store, first: Dataset, parents: tuple[Ref, ...], place: int
) -> tuple[float, int, float]:
    """Freeze with the example at `place` left out instead of the last: time, bytes, diff time."""
    before = _bytes_in(workspace.folder)
    second, freeze_s = timed(lambda: frozen(store, parents, without=place))
    added = _bytes_in(workspace.folder) - before
    changes, diff_s = timed(lambda: list(difference(store, first, second)))
    if len(changes) != 2:
        raise RuntimeError(f"one exchange shows as {len(changes)} changes")
    return freeze_s, added, diff_s


def _sorted(values: Iterable[float]) -> tuple[float, float, float]:
    """The lowest, the median and the highest."""
    ordered = sorted(values)
    return ordered[0], ordered[len(ordered) // 2], ordered[-1]


def filled(store: Store, size: int) -> tuple[Document, Recipe, float]:
    """Keep one example more than `size`, all about one document; the last is the seconds."""
    words = "A kiln that cools too fast cracks every pot in it. " * 20
    text = words.encode()
    blob = store.put_blob(text)
    source = Source(file_name="kiln.txt", media_type="text/plain", content=blob)
    document = Document(
        title="Kilns",
        reader="text",
        text=Blob(sha256=hashlib.sha256(text).hexdigest(), size=len(text)),
        length=len(words),
        sections=(DocumentSection(heading="", level=0, start=0, end=len(words)),),
        made_from=(source.ref,),
    ).with_text(words)
    recipe = Recipe(step="generate", settings={})
    store.put(source, document, recipe)
    evidence = (document.cite(0, 50),)
    begun = time.perf_counter()
    waiting: list[Future[None]] = []
    for number in range(size + 1):  # one more than a dataset holds, to be exchanged
        example = Example(
            turns=(
                Turn(role="user", text=f"What does rule {number} say about cooling a kiln?"),
                Turn(role="assistant", text=evidence[0].quote),
            ),
            level=Level.CHUNK_PURE,
            task_form="told",
            teacher="bench",
            evidence=evidence,
            made_from=(document.ref, recipe.ref),
        )
        waiting.append(store.submit([example]))
        if len(waiting) >= QUEUED:
            for future in waiting:
                future.result()
            waiting.clear()
    for future in waiting:
        future.result()
    return document, recipe, time.perf_counter() - begun


def frozen(store: Store, parents: tuple[Ref, ...], *, without: int) -> Dataset:
    """A dataset of all examples but the one at the place `without`."""
    members = (
        (Split.TRAIN, name)
        for place, name in enumerate(store.names(Example.kind))
        if place != without
    )
    dataset = freeze(store, "bench", members, made_from=parents)
    store.put(dataset)
    return dataset


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What `work` makes, and the seconds that it takes."""
    begun = time.perf_counter()
    made = work()
    return made, time.perf_counter() - begun


def _bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    sys.exit("run `make bench ONLY=million`")
