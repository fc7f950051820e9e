"""Recompute everything that can be recomputed, and name what does not agree.

Nothing is trusted that can be derived: names from bodies, edges from bodies, quotes from
documents, blobs from their bytes, dataset roots from their pages, seals from their rows.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa

from lorewright.errors import BadRef, Erased, LorewrightError, NotFound, StorageError
from lorewright.lineage import Ref, merkle_root
from lorewright.records import Chunk, Dataset, Decision, Document, Grounded, Record
from lorewright.store.clock import seal
from lorewright.store.datasets import dataset_root, page_root
from lorewright.store.memo import memo_seal
from lorewright.store.record_store import Store, check_quote, shape_of
from lorewright.store.rows import AT_ONCE, batches
from lorewright.store.state import written_files
from lorewright.store.tables import (
    blob_uses,
    blobs,
    edges,
    makings,
    memo_outputs,
    memos,
    records,
    tombstones,
)

Trouble = Literal["altered", "missing"]


class Problem(NamedTuple):
    """One thing that is not as it was kept."""

    trouble: Trouble
    thing: str
    sentence: str


@dataclass
class Verification:
    """What was checked, what is wrong, and what was erased on purpose."""

    checked: dict[str, int] = field(default_factory=dict[str, int])
    problems: list[Problem] = field(default_factory=list[Problem])
    erased: list[str] = field(default_factory=list[str])

    @property
    def is_intact(self) -> bool:
        """Whether nothing is altered or missing."""
        return not self.problems

    def count(self, what: str, number: int = 1) -> None:
        """Say that `number` more things of a sort were looked at."""
        self.checked[what] = self.checked.get(what, 0) + number

    def report(self, trouble: Trouble, thing: str, sentence: str) -> None:
        """Name one thing that is wrong."""
        self.problems.append(Problem(trouble, thing, sentence))


def verify(
    store: Store, folder: Path, *, progress: Callable[[str], None] = lambda _stage: None
) -> Verification:
    """Check the whole workspace in `folder`."""
    found = Verification()
    stages: tuple[tuple[str, Callable[[], None]], ...] = (
        ("database", lambda: _database(store, found)),
        ("blobs", lambda: _blobs(store, found)),
        ("records", lambda: _Records(store, found).check()),
        ("tombstones", lambda: _tombstones(store, found)),
        ("making rows", lambda: _makings(store, found)),
        ("memos", lambda: _memos(store, found)),
        ("files", lambda: _files(store, folder, found)),
    )
    for name, check in stages:
        progress(name)
        try:
            check()
        except StorageError as error:
            found.report("altered", name, error.sentence)
    return found


def _database(store: Store, found: Verification) -> None:
    if not store.database.is_sqlite:
        return
    with store.database.read() as db:
        for (said,) in db.exec_driver_sql("PRAGMA integrity_check"):
            if said != "ok":
                found.report("altered", "database", str(said))
        for row in db.exec_driver_sql("PRAGMA foreign_key_check"):
            found.report("missing", f"table {row[0]}", f"row {row[1]} points at nothing")
    found.count("database")


def _blobs(store: Store, found: Verification) -> None:
    with store.database.read() as db:
        known = [row.sha256.hex() for row in db.execute(sa.select(blobs.c.sha256))]
    for digest in known:
        found.count("blobs")
        content = store.blobs.read(digest)
        if content is None:
            found.report("missing", f"blob {digest}", "its bytes are not in the blob store")
        elif hashlib.sha256(content).hexdigest() != digest:
            found.report("altered", f"blob {digest}", "its bytes have another hash")


class _Records:
    """Checks every body with its edges, blobs and evidence, a batch at a time."""

    def __init__(self, store: Store, found: Verification) -> None:
        self._store = store
        self._found = found
        self._unreadable: set[Ref] = set()

    def check(self) -> None:
        after = 0
        while True:
            with self._store.database.read() as db:
                rows = list(
                    db.execute(
                        sa.select(records)
                        .where(records.c.key > after, records.c.body.is_not(None))
                        .order_by(records.c.key)
                        .limit(AT_ONCE)
                    )
                )
                if not rows:
                    return
                parents = _parents(db, [row.key for row in rows])
                uses = _uses(db, [row.key for row in rows])
            for row in rows:
                self._one(row, parents.get(row.key, []), uses.get(row.key, set()))
            after = rows[-1].key

    def _one(self, row: Any, parents: list[str], uses: set[str]) -> None:
        name = f"{row.kind}:{row.id.hex()}"
        self._found.count("records")
        if hashlib.sha256(row.body).digest() != row.id:
            self._found.report("altered", name, "its stored bytes have another hash")
            return
        try:
            ref = Ref.parse(name)
            record = shape_of(ref).from_body(row.body)
        except LorewrightError as error:
            self._found.report("altered", name, error.sentence)
            return
        if json.loads(row.body)["schema"] != row.schema:
            self._found.report("altered", name, "its row says another schema number")
        self._edges(name, record, parents)
        if {blob.sha256 for blob in record.cited_blobs()} != uses:
            self._found.report("altered", name, "its row lists other blobs than it cites")
        self._content(ref, record)

    def _edges(self, name: str, record: Record, parents: list[str]) -> None:
        self._found.count("edges", len(record.made_from))
        if list(record.made_from) != parents:
            self._found.report(
                "altered", f"edges of {name}", "they are not what the record was made from"
            )

    def _content(self, ref: Ref, record: Record) -> None:
        try:
            match record:
                case Grounded():
                    self._evidence(record)
                case Chunk():
                    self._span(record)
                case Dataset():
                    _check_dataset(self._store, record, self._found)
                case Decision():
                    _check_decision(self._store, record, self._found)
                case _:
                    pass
        except LorewrightError as error:
            self._found.report("altered", str(ref), error.sentence)

    def _evidence(self, record: Grounded) -> None:
        for evidence in record.evidence:
            self._found.count("evidence")
            document = self._document(evidence.document)
            if document is not None:
                check_quote(evidence, document)

    def _span(self, chunk: Chunk) -> None:
        document = self._document(chunk.document)
        if document is not None and chunk.end > document.length:
            self._found.report("altered", str(chunk.ref), "it ends beyond its document")

    def _document(self, ref: Ref) -> Document | None:
        """The document, or None when it is broken itself, which is reported once elsewhere."""
        if ref in self._unreadable:
            return None
        try:
            return self._store.document(ref)
        except LorewrightError as error:
            self._unreadable.add(ref)
            self._found.report("missing", f"text of {ref}", error.sentence)
            return None


def _parents(db: sa.Connection, keys: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = db.execute(
        sa.select(edges.c.child, records.c.kind, records.c.id)
        .join(records, records.c.key == edges.c.parent)
        .where(edges.c.child.in_(keys))
        .order_by(edges.c.child, edges.c.position)
    )
    for child, kind, id_ in rows:
        found.setdefault(child, []).append(f"{kind}:{id_.hex()}")
    return found


def _uses(db: sa.Connection, keys: Sequence[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for record, blob in db.execute(sa.select(blob_uses).where(blob_uses.c.record.in_(keys))):
        found.setdefault(record, set()).add(blob.hex())
    return found


def _check_dataset(store: Store, dataset: Dataset, found: Verification) -> None:
    for split in dataset.splits:
        roots: list[bytes] = []
        for page in split.pages:
            content = store.blobs.get(page.blob)
            roots.append(page_root(content))
            if content[-32:].hex() != page.last:
                found.report("altered", str(dataset.ref), f"a page of {split.split} ends elsewhere")
            missing = _missing(store, content)
            found.count("dataset members", page.count)
            for id_ in missing:
                found.report("missing", f"example:{id_}", f"it is a member of {dataset.ref.short}")
        if merkle_root(roots).hex() != split.root:
            found.report("altered", str(dataset.ref), f"the root of {split.split} is another")
    if dataset_root(dataset.splits) != dataset.root:
        found.report("altered", str(dataset.ref), "its root is not that of its splits")


def _missing(store: Store, content: bytes) -> list[str]:
    ids = [content[at : at + 32] for at in range(0, len(content), 32)]
    there: set[bytes] = set()
    with store.database.read() as db:
        for batch in batches(ids, AT_ONCE):
            there.update(db.scalars(sa.select(records.c.id).where(records.c.id.in_(batch))))
    return [id_.hex() for id_ in ids if id_ not in there]


def _check_decision(store: Store, decision: Decision, found: Verification) -> None:
    found.count("decisions")
    if decision.after is None:
        return
    try:
        before = store.get(decision.after, Decision)
    except (NotFound, Erased, BadRef) as error:
        found.report("missing", str(decision.ref), f"it follows a decision: {error.sentence}")
        return
    if before.about != decision.about:
        found.report("altered", str(decision.ref), "it follows a decision about something else")


def _tombstones(store: Store, found: Verification) -> None:
    query = (
        sa.select(records.c.kind, records.c.id, records.c.body, tombstones)
        .select_from(records)
        .outerjoin(tombstones, tombstones.c.record == records.c.key)
        .where(sa.or_(records.c.body.is_(None), tombstones.c.record.is_not(None)))
    )
    with store.database.read() as db:
        for row in db.execute(query):
            name = f"{row.kind}:{row.id.hex()}"
            found.count("tombstones")
            if row.record is None:
                found.report("missing", name, "its bytes are gone and it was not erased")
            elif row.body is not None:
                found.report("altered", name, "it was erased, yet its bytes are there")
            elif row.seal != seal(name, row.reason, row.at):
                found.report("altered", f"tombstone of {name}", "its row was changed")
            else:
                found.erased.append(f"{name} on {row.at[:10]}: {row.reason}")


def _makings(store: Store, found: Verification) -> None:
    query = sa.select(makings, records.c.kind, records.c.id).join(
        records, records.c.key == makings.c.record
    )
    with store.database.read() as db:
        for row in db.execute(query):
            name = f"{row.kind}:{row.id.hex()}"
            found.count("making rows")
            if row.seal != seal(name, row.step, row.at, row.seconds, row.cost_usd, row.host):
                found.report("altered", f"making row of {name}", "its row was changed")


def _memos(store: Store, found: Verification) -> None:
    with store.database.read() as db:
        for memo in db.execute(sa.select(memos)).all():
            found.count("memos")
            outputs = list(_outputs(db, memo.key))
            if len(outputs) != memo.count or memo.seal != memo_seal(
                memo.key, memo.step, memo.at, outputs
            ):
                found.report(
                    "altered",
                    f"memo {memo.key.hex()[:12]} of {memo.step}",
                    "what it remembers was changed",
                )


def _outputs(db: sa.Connection, memo: bytes) -> Iterator[Ref]:
    rows = db.execute(
        sa.select(records.c.kind, records.c.id)
        .join(memo_outputs, memo_outputs.c.record == records.c.key)
        .where(memo_outputs.c.memo == memo)
        .order_by(memo_outputs.c.position)
    )
    for kind, id_ in rows:
        yield Ref(kind, id_.hex())


def _files(store: Store, folder: Path, found: Verification) -> None:
    for file in written_files(store):
        path = folder / file.path
        if file.sha256 is None or not path.is_relative_to(folder):
            continue
        found.count("files")
        if not path.is_file():
            found.report("missing", f"file {file.path}", f"this {file.purpose} is gone")
        elif _hash(path) != file.sha256:
            found.report("altered", f"file {file.path}", f"this {file.purpose} was changed")


def _hash(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
