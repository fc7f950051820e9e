"""Out of a dataset to other tools, one line per example."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lorewright import plugins
from lorewright.curate import ContentExporter, Exporter
from lorewright.errors import BadRecord, Refused
from lorewright.lineage import Ref, fingerprint
from lorewright.records import Dataset, Example, Split
from lorewright.store import Store, Workspace, members, refuse_withdrawn, remember_file

AT_ONCE = 1000
"""Examples in memory at a time."""


@dataclass
class Exported:
    """One split, written; members = written + refused + erased."""

    split: Split
    path: Path
    lineage: Path
    """Says for each line which example it is and where its words stand."""
    members: int = 0
    written: int = 0
    refused: list[tuple[Ref, str]] = field(default_factory=list[tuple[Ref, str]])
    """Examples that the format cannot hold, with the reason."""

    @property
    def erased(self) -> int:
        """Members that were erased since the dataset was frozen."""
        return self.members - self.written - len(self.refused)


def export_dataset(
    workspace: Workspace,
    store: Store,
    data: Dataset,
    *,
    exporter: str,
    splits: tuple[Split, ...],
    folder: Path | None = None,
) -> Iterator[Exported]:
    """Write splits of a dataset for another tool, one file each with a lineage file beside it.

    Examples stream from the store to the file; memory does not grow with their number.

    Raises:
        Refused: when the dataset rests on a withdrawn source.
        PluginError: when no exporter has that name.
    """
    refuse_withdrawn(store, [data.ref], doing="exporting")
    writer: Exporter = plugins.load("exporters", exporter)()
    place = folder or workspace.exports / f"{data.name}-{data.root[:8]}"
    place.mkdir(parents=True, exist_ok=True)
    for split in splits:
        exported = Exported(
            split,
            place / f"{split}.{writer.name}{writer.suffix}",
            place / f"{split}.{writer.name}.lineage.jsonl",
        )
        _write(workspace, store, data, writer, exported)
        yield exported


def _write(
    workspace: Workspace, store: Store, data: Dataset, writer: Exporter, exported: Exported
) -> None:
    places = {path: workspace.local_path(path) for path in (exported.path, exported.lineage)}
    for place in places.values():
        # Remembered before it is written: what it repeats must be found when a source is erased.
        remember_file(store, place, "export", data.ref)
    membership = data.membership(exported.split)
    exported.members = membership.count if membership else 0
    digests = {path: hashlib.sha256() for path in places}
    with ExitStack() as stack:
        files = {path: stack.enter_context(path.open("wb")) for path in places}
        for ref, content in contents_of(store, data, exported.split):
            try:
                line = _line(writer, content, ref)
            except Refused as refusal:
                exported.refused.append((ref, refusal.sentence))
                continue
            exported.written += 1
            for path, text in ((exported.path, line), (exported.lineage, _origin(ref, content))):
                piece = f"{text}\n".encode()
                files[path].write(piece)
                digests[path].update(piece)
    for path, place in places.items():
        remember_file(store, place, "export", data.ref, digests[path].hexdigest())


def _line(writer: Exporter, content: Mapping[str, Any], ref: Ref) -> str:
    if isinstance(writer, ContentExporter):
        return writer.line_from_content(content, ref)
    return writer.line(Example.model_validate(content))


def contents_of(store: Store, data: Dataset, split: Split) -> Iterator[tuple[Ref, dict[str, Any]]]:
    """The stored content of every living member, by name.

    Raises:
        BadRecord: when the stored bytes of one were altered.
    """
    batch: list[Ref] = []
    for ref in members(store, data, split):
        batch.append(ref)
        if len(batch) == AT_ONCE:
            yield from _decoded(store, batch)
            batch = []
    yield from _decoded(store, batch)


def _decoded(store: Store, batch: list[Ref]) -> Iterator[tuple[Ref, dict[str, Any]]]:
    for ref, body in sorted(store.bodies(batch)):
        if fingerprint(body) != ref.id:
            raise BadRecord(
                f"{ref.short} has been altered in the database",
                hint="`lorewright verify` lists all that is altered",
            )
        stored = json.loads(body)
        yield ref, {**stored["content"], "made_from": stored["made_from"]}


def _origin(ref: Ref, content: Mapping[str, Any]) -> str:
    evidence = [
        {"document": one["document"], "start": one["start"], "end": one["end"]}
        for one in content["evidence"]
    ]
    return json.dumps({"example": ref, "evidence": evidence, "made_from": content["made_from"]})
