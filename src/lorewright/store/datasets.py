"""Datasets of any size: frozen from a stream, read as a stream, compared page by page."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from lorewright.errors import BadRecord
from lorewright.lineage import (
    NAME_BYTES,
    Ref,
    RootBuilder,
    dataset_root,
    ends_page,
    page_root,
)
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


class Rejected(NamedTuple):
    """One example that did not get into a dataset."""

    example: Ref
    reason: str
    detail: str


class HeldOut(NamedTuple):
    """One section that nothing may learn from before the test."""

    document: Ref
    start: int
    """Where the section begins in the document's text."""
    split: Split


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

    def add(self, name: bytes) -> None:
        self.names += name
        if ends_page(name):
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
    held_out: Iterable[HeldOut] = (),
) -> Dataset:
    """Make a dataset of a stream of members and rejections, ascending by name.

    Memory does not grow with the number of members, only with that of rejections. The
    pages are kept at once; the dataset itself is returned and not yet kept.

    Raises:
        BadRecord: when they do not come in ascending order, each name once: an example is in
            one split or rejected, never both.
    """
    writers = {split: _SplitWriter(store, split) for split in Split}
    rejections = _RejectionWriter()
    last = ""
    for member in members:
        example = member.example if isinstance(member, Rejected) else member[1]
        if example.kind != Example.kind or example <= last:
            raise BadRecord(
                f"{example.short} is no example that comes after the one before by name"
            )
        last = example
        if isinstance(member, Rejected):
            rejections.add(member)
        else:
            writers[member[0]].add(bytes.fromhex(example.id))
    splits = tuple(writer.finish() for writer in writers.values())
    accepted = sum(split.count for split in splits)
    return Dataset(
        name=name,
        root=dataset_root((split.split, split.root) for split in splits),
        splits=splits,
        requested=accepted + sum(rejections.counts.values()),
        accepted=accepted,
        rejected_by_reason=tuple(
            RejectedCount(reason=reason, count=count)
            for reason, count in sorted(rejections.counts.items())
        ),
        rejected=rejections.blob(store),
        held_out=_lines(store, held_out),
        made_from=made_from,
    )


def held_out_sections(store: Store, dataset: Dataset) -> Iterator[HeldOut]:
    """The sections that nothing may learn from."""
    if dataset.held_out:
        for line in store.blobs.get(dataset.held_out).decode().splitlines():
            row = json.loads(line)
            yield HeldOut(Ref.parse(row["document"]), row["start"], Split(row["split"]))


def members(store: Store, dataset: Dataset, split: Split) -> Iterator[Ref]:
    """The names in one split, ascending, one page in memory at a time."""
    for page in _pages(dataset, split):
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
    """What was added and taken out between two datasets, ascending by name in each split.

    Equal pages are not even read, and one page of each is in memory at a time.
    """
    for split in Split:
        before, after = _pages(old, split), _pages(new, split)
        removed = ((name, False) for name in _names_on(store, before, but_not_on=after))
        added = ((name, True) for name in _names_on(store, after, but_not_on=before))
        for name, sides in groupby(merge(removed, added), key=itemgetter(0)):
            first, *second = sides
            if not second:
                yield Change(split, name, first[1])


def _pages(dataset: Dataset, split: Split) -> tuple[Page, ...]:
    membership = dataset.membership(split)
    return membership.pages if membership else ()


def _names_on(store: Store, pages: Iterable[Page], *, but_not_on: Iterable[Page]) -> Iterator[Ref]:
    known = {page.blob.sha256 for page in but_not_on}
    for page in pages:
        if page.blob.sha256 not in known:
            yield from _names(store.blobs.get(page.blob))


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


def _lines(store: Store, rows: Iterable[HeldOut]) -> Blob | None:
    lines = [json.dumps(row._asdict(), sort_keys=True) for row in rows]
    return store.put_blob("\n".join([*lines, ""]).encode()) if lines else None
