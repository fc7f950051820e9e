"""From an adapter of any kind to a plain one, with what is lost on the way."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from lorewright import jobs
from lorewright.errors import UsageError
from lorewright.flows.current import refuse_erased, step_of
from lorewright.flows.folders import base_folder, lay_out
from lorewright.flows.naming import find, set_newest
from lorewright.jobs import Piece, Prepared
from lorewright.lineage import Ref
from lorewright.records import Adapter, BaseLanguageModel, Dataset, Record, Split, StoredFile, Turn
from lorewright.settings import Settings
from lorewright.store import Store, examples, refuse_withdrawn
from lorewright.train.methods import CONVERSION_FILE, make_plain

ASKED = 64
"""Conversations on which the two adapters are compared, at most."""


class Converted(NamedTuple):
    """A plain adapter and what it lost."""

    adapter: Adapter
    source: Adapter
    lost: dict[str, Any]
    """As `conversion.json` says it."""


def convert_adapter(
    store: Store, settings: Settings, *, name: str | None = None, rank: int
) -> Converted:
    """Make a plain LoRA adapter of another one.

    It is a new adapter, made from the old one: nothing that was proved about that is proved
    about it. What was converted to the same rank before is not converted again. Without a name
    the newest adapter that was trained is taken.

    Raises:
        NotYet: when no adapter was trained.
        UsageError: when it has no plain form of this rank.
        Refused: when a source that it rests on was withdrawn or erased.
    """
    source = find(store, name, Adapter)
    while name is None and (above := _made_of(source)) is not None:
        source = store.get(above, Adapter)
    if source.is_whole:
        raise UsageError(
            f"{source.ref.short} is a whole base and no adapter",
            hint="only what was trained as an adapter can become a plain one",
        )
    parents = {ref.kind: ref for ref in source.made_from}
    data = store.get(parents[Dataset.kind], Dataset)
    base = store.get(parents[BaseLanguageModel.kind], BaseLanguageModel)
    refuse_withdrawn(store, [data.ref], doing="converting what rests on")
    refuse_erased(store, data.ref, doing="converting what rests on")
    step = step_of(store, "convert", rank=str(rank))
    inputs = (source.ref, data.ref, base.ref)

    def work() -> Iterator[Record]:
        with (
            base_folder(store, base, settings.training.base) as place,
            tempfile.TemporaryDirectory(prefix="lorewright-") as scratch,
        ):
            made = Path(scratch) / "plain"
            made.mkdir()
            make_plain(
                place,
                lay_out(store, source.files, Path(scratch) / "adapter"),
                made,
                rank=rank,
                base_name=base.name,
                conversations=_asked(store, data),
            )
            yield Adapter(
                role=source.role,
                files=tuple(_kept(store, path) for path in sorted(made.iterdir())),
                history=source.history,
                steps=source.steps,
                loss_tokens=source.loss_tokens,
                train_loss=source.train_loss,
                held_out_loss=None,
                made_from=(*inputs, step.recipe),
            )

    report = jobs.run(
        [Piece(source.ref.short, lambda: Prepared(inputs, work))], step=step, store=store
    )
    if report.failed:
        raise report.failed[0][1]
    set_newest(store, report.made[0])
    adapter = store.get(report.made[0], Adapter)
    return Converted(adapter, source, _lost(store, adapter))


def _made_of(adapter: Adapter) -> Ref | None:
    """The adapter that this one was made of; None for one that was trained."""
    return next((ref for ref in adapter.made_from if ref.kind == Adapter.kind), None)


def _asked(store: Store, data: Dataset) -> list[tuple[Turn, ...]]:
    """Held-out conversations where there are some, else some of those that were taught."""
    for split in (Split.VALID, Split.RECALL, Split.TRAIN):
        found: list[tuple[Turn, ...]] = []
        for example in examples(store, data, split):
            found.append(example.turns)
            if len(found) == ASKED:
                break
        if found:
            return found
    return []


def _kept(store: Store, path: Path) -> StoredFile:
    return StoredFile(path=path.name, blob=store.put_blob(path.read_bytes()))


def _lost(store: Store, adapter: Adapter) -> dict[str, Any]:
    blob = next(file.blob for file in adapter.files if file.path == CONVERSION_FILE)
    told: dict[str, Any] = json.loads(store.blobs.get(blob))
    return told
