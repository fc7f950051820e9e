"""Datasets of any size: frozen from a stream, read as a stream, compared page by page.

Names are random, so a page ends after each name whose last twelve bits are zero: pages hold
about 4,096 names, and adding or removing one example changes one page, wherever it falls.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from lorewright.errors import BadRecord
from lorewright.lineage import Ref, RootBuilder, merkle_root
from lorewright.records import (
    Blob,
    Dataset,
    Example,
    Membership,
    Page,
    RejectedCount,
    Split,
)
from lorewright.store.record_store import Store

NAME_BYTES = 32
BORDER_MASK = 0x0FFF


class Rejected(NamedTuple):
    """One example that did not get into a dataset."""

    example: Ref
    reason: str
    detail: str


class Change(NamedTuple):
    """One difference between two datasets."""

    split: Split
    example: Ref
    added: bool
    """False when the example was taken out."""


@dataclass
class _SplitWriter:
    """Gathers one split's names and writes a page whenever one is full."""

    store: Store
    split: Split
    pages: list[Page] = field(default_factory=list[Page])
    names: bytearray = field(default_factory=bytearray)
    roots: RootBuilder = field(default_factory=RootBuilder)
    last: bytes = b""

    def add(self, name: bytes) -> None:
        if name <= self.last:
            raise BadRecord(f"the members of {self.split} do not come in ascending order")
        self.last = name
        self.names += name
        if int.from_bytes(name[-2:], "big") & BORDER_MASK == 0:
            self._end_page()

    def finish(self) -> Membership:
        if self.names:
            self._end_page()
        return Membership(
            split=self.split,
            count=sum(page.count for page in self.pages),
            root=self.roots.root().hex(),
            pages=tuple(self.pages),
        )

    def _end_page(self) -> None:
        content = bytes(self.names)
        blob = self.store.put_blob(content)
        self.pages.append(
            Page(blob=blob, count=len(content) // NAME_BYTES, last=content[-NAME_BYTES:].hex())
        )
        self.roots.add(page_root(content))
        self.names.clear()


@dataclass
class _RejectionWriter:
    """Counts rejections and writes them as JSON lines."""

    lines: list[str] = field(default_factory=list[str])
    counts: dict[str, int] = field(default_factory=dict[str, int])

    def add(self, rejected: Rejected) -> None:
        self.counts[rejected.reason] = self.counts.get(rejected.reason, 0) + 1
        self.lines.append(json.dumps(rejected._asdict(), ensure_ascii=False, sort_keys=True))

    def blob(self, store: Store) -> Blob | None:
        return store.put_blob("\n".join([*self.lines, ""]).encode()) if self.lines else None


def freeze(
    store: Store,
    name: str,
    members: Iterable[tuple[Split, Ref] | Rejected],
    *,
    made_from: tuple[Ref, ...],
) -> Dataset:
    """Make a dataset of a stream of members and rejections, ascending by name.

    Memory does not grow with the number of members. The pages are kept at once; the
    dataset itself is returned and not yet kept.

    Raises:
        BadRecord: when the members do not come in ascending order.
    """
    writers = {split: _SplitWriter(store, split) for split in Split}
    rejections = _RejectionWriter()
    for member in members:
        if isinstance(member, Rejected):
            rejections.add(member)
        else:
            split, example = member
            writers[split].add(bytes.fromhex(example.id))
    splits = tuple(writer.finish() for writer in writers.values())
    accepted = sum(split.count for split in splits)
    return Dataset(
        name=name,
        root=dataset_root(splits),
        splits=splits,
        requested=accepted + sum(rejections.counts.values()),
        accepted=accepted,
        rejected_by_reason=tuple(
            RejectedCount(reason=reason, count=count)
            for reason, count in sorted(rejections.counts.items())
        ),
        rejected=rejections.blob(store),
        made_from=made_from,
    )


def page_root(names: bytes) -> bytes:
    """The Merkle root over the names on one page."""
    return merkle_root(names[at : at + NAME_BYTES] for at in range(0, len(names), NAME_BYTES))


def dataset_root(splits: Iterable[Membership]) -> str:
    """The Merkle root over the splits, each leaf being its name and its root."""
    return merkle_root(
        f"{split.split}:".encode() + bytes.fromhex(split.root) for split in splits
    ).hex()


def members(store: Store, dataset: Dataset, split: Split) -> Iterator[Ref]:
    """The names in one split, ascending, one page in memory at a time."""
    membership = dataset.membership(split)
    for page in membership.pages if membership else ():
        yield from _names(store.blobs.get(page.blob))


def examples(store: Store, dataset: Dataset, split: Split) -> Iterator[Example]:
    """The living examples of one split, in the order of their names."""
    return store.get_many(members(store, dataset, split), Example)


def rejections(store: Store, dataset: Dataset) -> Iterator[Rejected]:
    """Every example that was turned down, with its reason."""
    if dataset.rejected:
        for line in store.blobs.get(dataset.rejected).decode().splitlines():
            row = json.loads(line)
            yield Rejected(Ref.parse(row["example"]), row["reason"], row["detail"])


def split_of(store: Store, dataset: Dataset, example: Ref) -> Split | None:
    """The split of `dataset` that holds `example`; reads one page per split at most."""
    name = bytes.fromhex(example.id)
    for membership in dataset.splits:
        page = next((page for page in membership.pages if page.last >= example.id), None)
        if page is not None and _holds(store.blobs.get(page.blob), name):
            return membership.split
    return None


def difference(store: Store, old: Dataset, new: Dataset) -> Iterator[Change]:
    """What was added and taken out between two datasets; equal pages are not even read."""
    for split in Split:
        before, after = old.membership(split), new.membership(split)
        pages_before = {page.blob.sha256: page for page in before.pages} if before else {}
        pages_after = {page.blob.sha256: page for page in after.pages} if after else {}
        removed = _all_names(store, pages_before, pages_after)
        added = _all_names(store, pages_after, pages_before)
        changes = chain(
            ((name, False) for name in removed - added), ((name, True) for name in added - removed)
        )
        for name, is_added in sorted(changes):
            yield Change(split, name, is_added)


def _all_names(store: Store, pages: dict[str, Page], without: dict[str, Page]) -> set[Ref]:
    return {
        name
        for digest, page in pages.items()
        if digest not in without
        for name in _names(store.blobs.get(page.blob))
    }


def _names(content: bytes) -> Iterator[Ref]:
    text = content.hex()
    step = NAME_BYTES * 2
    for at in range(0, len(text), step):
        yield Ref(Example.kind, text[at : at + step])


def _holds(content: bytes, name: bytes) -> bool:
    low, high = 0, len(content) // NAME_BYTES
    while low < high:
        middle = (low + high) // 2
        found = content[middle * NAME_BYTES : (middle + 1) * NAME_BYTES]
        if found == name:
            return True
        low, high = (middle + 1, high) if found < name else (low, middle)
    return False
