"""Adapters as files that other programs read: merged into their base, and as GGUF."""

import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from lorewright import train
from lorewright.errors import Refused, StorageError, UsageError
from lorewright.flows.current import refuse_erased
from lorewright.flows.folder_writing import HandedOut
from lorewright.flows.folders import base_folder, lay_out
from lorewright.flows.registry import Entry
from lorewright.inference import ChatTokenizer, Sample
from lorewright.records import BaseLanguageModel, Split
from lorewright.release import FileFact
from lorewright.store import (
    Store,
    Workspace,
    examples,
    forget_file,
    refuse_withdrawn,
    remember_file,
)
from lorewright.train import Header, Merged

LINEAGE = "lineage.json"
CONTROL = "permuted-control"
"""What has to be said to merge a control all the same."""
QUANTISED = frozenset({"qlora", "qdora"})
"""Methods that train beside a base in four bits."""
FOUR_BITS = "nf4"
HOW_FILE = "training.json"
"""Beside the weights, where the trainer says what it chose."""


class FileWish(NamedTuple):
    """What is to be written, and where."""

    base: str
    """The folder of a base from outside, as the settings name it."""
    out: Path | None = None
    """A place in the workspace by default."""
    force: frozenset[str] = frozenset()
    """`permuted-control` takes a control, too."""
    out_type: str = "f16"
    """Of a GGUF file: one of `train.OUT_TYPES`."""
    alone: bool = False
    """The adapter without its base, for llama.cpp's `--lora`."""
    converter: Path | None = None
    """llama.cpp's converter; one that is installed by default."""


class MergedFolder(NamedTuple):
    """A merged model and where it lies."""

    folder: Path
    beside_four_bits: bool
    """Whether the base stood in four bits while the adapter was trained."""
    merged: Merged
    files: tuple[FileFact, ...]


class GgufFile(NamedTuple):
    """A GGUF file and what it holds."""

    path: Path
    header: Header
    size: int
    beside_four_bits: bool
    merged: Merged | None
    """None for an adapter alone."""


def was_quantised(store: Store, entry: Entry) -> bool:
    """Whether the base stood in four bits while the adapter was trained.

    What the trainer wrote down counts more than what it was told: it may have had to choose.
    """
    for file in entry.adapter.files:
        if file.path == HOW_FILE:
            told: dict[str, Any] = json.loads(store.blobs.get(file.blob))
            return told.get("quantisation") == FOUR_BITS
    return entry.method in QUANTISED or entry.settings.get("quantisation") == FOUR_BITS


def merge(workspace: Workspace, store: Store, entry: Entry, wish: FileWish) -> MergedFolder:
    """Write an adapter and its base as one model folder, with a file that says where it is from.

    The folder is remembered, so that erasing a source finds it.

    Raises:
        Refused: when it is a control, or rests on a withdrawn or erased source.
        BadRecord: when the merged weights answer otherwise.
    """
    _refuse_unfit(store, entry, wish.force, doing="merging what was trained on")
    place = wish.out or workspace.exports / f"merged-{entry.adapter.ref.id[:12]}"
    with HandedOut(
        workspace, store, place, purpose="export", rests_on=entry.adapter.ref, mark=LINEAGE
    ) as folder:
        merged = _merge_into(store, entry, wish.base, folder.draft)
        for path in sorted(folder.draft.iterdir()):
            folder.take(path.name)
        beside = was_quantised(store, entry)
        told = _lineage(entry, merged, folder.files.values(), beside_four_bits=beside)
        folder.write(LINEAGE, (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode())
    return MergedFolder(place, beside, merged, tuple(sorted(folder.files.values())))


def write_gguf(workspace: Workspace, store: Store, entry: Entry, wish: FileWish) -> GgufFile:
    """Write an adapter as a GGUF file: merged into its base, or alone.

    Raises:
        MissingExtra: when no converter is installed.
        Refused: as `merge` does, or when llama.cpp would read the adapter alone otherwise.
    """
    _refuse_unfit(store, entry, wish.force, doing="converting what was trained on")
    what: train.What = "adapter" if wish.alone else "merged"
    converter = train.find_converter(what, wish.converter)
    name = f"{what}-{entry.adapter.ref.id[:12]}-{wish.out_type}.gguf"
    place = _free(wish.out or workspace.exports / name)
    with tempfile.TemporaryDirectory(prefix="lorewright-", dir=place.parent) as scratch:
        folder, draft = Path(scratch) / what, Path(scratch) / "draft.gguf"
        merged = None
        if wish.alone:
            lay_out(store, entry.adapter.files, folder)
            train.refuse_unfit_alone(folder)
        else:
            merged = _merge_into(store, entry, wish.base, folder)
        with base_folder(store, _base_of(entry), wish.base) as base:
            command = train.command_for(
                converter,
                folder,
                draft,
                out_type=wish.out_type,
                base=base if wish.alone else None,
            )
            header = train.convert(command, draft)
        _put_in_place(workspace, store, entry, draft, place)
    beside = was_quantised(store, entry)
    return GgufFile(place, header, place.stat().st_size, beside, merged)


def _refuse_unfit(store: Store, entry: Entry, force: frozenset[str], *, doing: str) -> None:
    refuse_withdrawn(store, [entry.dataset.ref], doing=doing)
    refuse_erased(store, entry.dataset.ref, doing=doing)
    if entry.adapter.role == CONTROL and CONTROL not in force:
        raise Refused(
            f"{entry.adapter.ref.short} is a permuted control: it has learnt wrong answers on "
            "purpose",
            hint=f"name the adapter that it is a control for, or say --force {CONTROL}",
        )
    if all(file.path != "adapter_config.json" for file in entry.adapter.files):
        raise UsageError(
            f"{entry.adapter.ref.short} holds whole weights already, and no adapter to merge",
            hint="`lorewright release` writes them out",
        )


def _base_of(entry: Entry) -> BaseLanguageModel:
    assert entry.base is not None, "what rests on erased words was refused"
    return entry.base


def _merge_into(store: Store, entry: Entry, base: str, folder: Path) -> Merged:
    with (
        base_folder(store, _base_of(entry), base) as place,
        tempfile.TemporaryDirectory(prefix="lorewright-") as scratch,
    ):
        adapter = lay_out(store, entry.adapter.files, Path(scratch) / "adapter")
        probes = list(_probes(store, entry, ChatTokenizer.open(place)))
        return train.merge_adapter(place, adapter, folder, probes=probes)


def _probes(store: Store, entry: Entry, tokenizer: ChatTokenizer) -> Iterator[Sample]:
    """Held-out conversations first, then taught ones, until there are tokens enough."""
    tokens = 0
    for split in (Split.RECALL, Split.VALID, Split.TRANSFER, Split.TRAIN):
        for example in examples(store, entry.dataset, split):
            if tokens >= train.LEAST_TOKENS:
                return
            sample = tokenizer.last_answer(str(example.ref), example.turns)
            tokens += sum(sample.labels)
            yield sample


def _lineage(
    entry: Entry, merged: Merged, files: Iterable[FileFact], *, beside_four_bits: bool
) -> dict[str, Any]:
    return {
        "schema": "lorewright.merged/1",
        "adapter": entry.adapter.ref,
        "role": entry.adapter.role,
        "versions": list(entry.history.versions),
        "base": {"record": _base_of(entry).ref, "name": _base_of(entry).name},
        "dataset": {"record": entry.dataset.ref, "root": entry.dataset.root},
        "recipe": entry.recipe.ref if entry.recipe else None,
        "verdict": entry.verdict.ref if entry.verdict else None,
        "proof": entry.proof,
        "trained_beside_four_bits": beside_four_bits,
        "merged": told_of(merged),
        "files": [file._asdict() for file in sorted(files)],
    }


def told_of(merged: Merged) -> dict[str, str | int]:
    """How the merged weights answer, for other programs."""
    return {
        "stored_as": merged.stored_as,
        "tokens": merged.tokens,
        "largest_difference": f"{merged.largest:.3g}",
        "bound": f"{merged.bound:.3g}",
        "moved_by_adapter": f"{merged.moved:.3g}",
        "agreement": f"{merged.agreement:.4f}",
    }


def _free(place: Path) -> Path:
    """`place` as a file that may be written.

    Raises:
        UsageError: when something else lies there.
        StorageError: when its folder cannot be made.
    """
    if place.exists():
        with suppress(OSError), place.open("rb") as file:
            if file.read(4) == train.MAGIC:
                return place
        raise UsageError(
            "this place holds something else",
            where=str(place),
            hint="name a file that is not there with --out",
        )
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError.from_system(
            error, doing="the folder cannot be made", where=str(place.parent)
        ) from error
    return place


def _put_in_place(
    workspace: Workspace, store: Store, entry: Entry, draft: Path, place: Path
) -> None:
    """Remembered before it is there, so that erasing a source finds it."""
    found = train.hashed(draft, name=place.name)
    local = workspace.local_path(place)
    remember_file(store, local, "export", entry.adapter.ref, found.sha256)
    try:
        draft.replace(place)
    except OSError as error:
        forget_file(store, local)
        raise StorageError.from_system(
            error, doing="the file cannot be put in its place", where=str(place)
        ) from error
