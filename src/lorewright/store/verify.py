"""Recompute everything that can be recomputed, and name what does not agree.

Nothing is trusted that can be derived: names from bodies, edges from bodies, quotes from
documents, blobs from their bytes, dataset roots from their pages, seals from their rows.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa

from lorewright.errors import BadRecord, Erased, LorewrightError, NotFound, StorageError
from lorewright.lineage import NAME_BYTES, Ref, dataset_root, merkle_root, page_root
from lorewright.records import Chunk, Dataset, Decision, Document, Example, Grounded, Page, Record
from lorewright.store.call_rows import Sealed, call_seal, with_names, words_digest
from lorewright.store.clock import seal, tombstone_seal
from lorewright.store.memo import memo_seal
from lorewright.store.record_store import Store, check_quote, shape_of
from lorewright.store.rows import AT_ONCE, batches, named, parent_names
from lorewright.store.state import written_files
from lorewright.store.tables import (
    blob_uses,
    blobs,
    calls,
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
    broken_blobs: set[str] = field(default_factory=set[str])
    """Reported once; what rests on them is not reported again."""

    @property
    def is_intact(self) -> bool:
        """Whether nothing is altered or missing."""
        return not self.problems

    def count(self, what: str, number: int = 1) -> None:
        """Say that `number` more things of a sort were looked at."""
        self.checked[what] = self.checked.get(what, 0) + number

    def report(self, trouble: Trouble, thing: str, sentence: str) -> None:
        """Name one thing that is wrong, once."""
        if not any(known[:2] == (trouble, thing) for known in self.problems):
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
        ("calls", lambda: _calls(store, found)),
        ("files", lambda: _files(store, folder, found)),
    )
    for name, check in stages:
        progress(name)
        try:
            check()
        except LorewrightError as error:
            found.report("altered", name, error.sentence)
    return found


def _database(store: Store, found: Verification) -> None:
    if not store.database.is_sqlite:
        return
    with store.database.read() as db:
        for (said,) in db.exec_driver_sql("PRAGMA integrity_check"):
            if said != "ok":
                found.report("altered", "database", str(said))
        for table, *_ in db.exec_driver_sql("PRAGMA foreign_key_check"):
            found.report("missing", f"table {table}", "a row in it points at nothing")
    found.count("database")


def _blobs(store: Store, found: Verification) -> None:
    after = b""
    while True:
        with store.database.read() as db:
            rows = db.execute(
                sa.select(blobs)
                .where(blobs.c.sha256 > after)
                .order_by(blobs.c.sha256)
                .limit(AT_ONCE)
            ).all()
            users = _users(db, [row.sha256 for row in rows])
        if not rows:
            return
        for row in rows:
            _one_blob(store, row, users.get(row.sha256, []), found)
        after = rows[-1].sha256


def _one_blob(store: Store, row: Any, users: list[str], found: Verification) -> None:
    digest, of = row.sha256.hex(), f"; it belongs to {', '.join(users)}" if users else ""
    content = store.blobs.read(digest)
    if content is None and not users:
        return  # noted, and then the process was killed before its bytes were written
    found.count("blobs")
    if content is None:
        found.report("missing", f"blob {digest}", f"its bytes are not in the blob store{of}")
        found.broken_blobs.add(digest)
    elif hashlib.sha256(content).hexdigest() != digest:
        found.report("altered", f"blob {digest}", f"its bytes have another hash{of}")
        found.broken_blobs.add(digest)
    elif len(content) != row.size:
        found.report("altered", f"blob {digest}", f"its row says another size{of}")


def _users(db: sa.Connection, digests: Sequence[bytes]) -> dict[bytes, list[str]]:
    found: dict[bytes, list[str]] = {}
    rows = db.execute(
        sa.select(blob_uses.c.blob, records.c.kind, records.c.id)
        .join(records, records.c.key == blob_uses.c.record)
        .where(blob_uses.c.blob.in_(digests))
    )
    for digest, kind, id_ in rows:
        found.setdefault(digest, []).append(f"{kind}:{id_.hex()[:12]}")
    return found


class _Records:
    """Checks every body with its edges, blobs and evidence, a batch at a time."""

    def __init__(self, store: Store, found: Verification) -> None:
        self._store = store
        self._found = found
        self._unreadable: set[Ref] = set()
        self._followed: set[tuple[Ref, Ref | None]] = set()

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
                parents = parent_names(db, [row.key for row in rows])
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
        if list(record.made_from) == parents:
            return
        with self._store.database.read() as db:
            gone = _not_stored(db, record.made_from)
        for ref in sorted(gone):
            self._found.report("missing", ref, f"{name} was made from it")
        if [ref for ref in record.made_from if ref not in gone] != parents:
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
                case Document():
                    self._document(ref)
                case Dataset():
                    _check_dataset(self._store, record, self._found)
                case Decision():
                    self._decision(record)
                case _:
                    pass
        except LorewrightError as error:
            self._found.report("altered", ref, error.sentence)

    def _evidence(self, record: Grounded) -> None:
        for evidence in record.evidence:
            self._found.count("evidence")
            document = self._document(evidence.document)
            if document is not None:
                check_quote(evidence, document)

    def _span(self, chunk: Chunk) -> None:
        document = self._document(chunk.document)
        if document is not None and chunk.end > document.length:
            self._found.report("altered", chunk.ref, "it ends beyond its document")

    def _document(self, ref: Ref) -> Document | None:
        """The document; None when it or its text is broken, which is reported as that alone."""
        if ref in self._unreadable:
            return None
        try:
            return self._store.document(ref)
        except NotFound as error:
            self._found.report("missing", ref, error.sentence)
        except Erased as error:
            self._found.report("altered", ref, f"{error.sentence}, yet something quotes it")
        except BadRecord as error:
            self._found.report("altered", ref, error.sentence)
        except StorageError:
            pass  # its text is one of the broken blobs
        self._unreadable.add(ref)
        return None

    def _decision(self, decision: Decision) -> None:
        self._found.count("decisions")
        if (decision.about, decision.after) in self._followed:
            self._found.report(
                "altered", decision.ref, "another decision about the same follows the same one"
            )
        self._followed.add((decision.about, decision.after))
        if decision.after is None:
            return
        try:
            before = self._store.get(decision.after, Decision)
        except (NotFound, Erased) as error:
            self._found.report("missing", decision.after, error.sentence)
            return
        if before.about != decision.about:
            self._found.report(
                "altered", decision.ref, "it follows a decision about something else"
            )


def _not_stored(db: sa.Connection, refs: Iterable[Ref]) -> set[Ref]:
    wanted = set(refs)
    for batch in batches(list(wanted), AT_ONCE):
        rows = db.execute(sa.select(records.c.kind, records.c.id).where(named(batch)))
        wanted -= {Ref(kind, id_.hex()) for kind, id_ in rows}
    return wanted


def _uses(db: sa.Connection, keys: Sequence[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for record, blob in db.execute(sa.select(blob_uses).where(blob_uses.c.record.in_(keys))):
        found.setdefault(record, set()).add(blob.hex())
    return found


def _check_dataset(store: Store, dataset: Dataset, found: Verification) -> None:
    pages = [page for split in dataset.splits for page in split.pages]
    if found.broken_blobs & {page.blob.sha256 for page in pages}:
        return  # its roots cannot be computed
    for split in dataset.splits:
        roots = [_page(store, page, dataset, found) for page in split.pages]
        if merkle_root(roots).hex() != split.root:
            found.report("altered", dataset.ref, f"the root of {split.split} is another")
    if dataset_root((one.split, one.root) for one in dataset.splits) != dataset.root:
        found.report("altered", dataset.ref, "its root is not that of its splits")


def _page(store: Store, page: Page, dataset: Dataset, found: Verification) -> bytes:
    """The root of one page whose members are all there, or are named as missing."""
    content = store.blobs.get(page.blob)
    names = [content[at : at + NAME_BYTES] for at in range(0, len(content), NAME_BYTES)]
    found.count("dataset members", len(names))
    if len(names) != page.count or content[-NAME_BYTES:].hex() != page.last:
        found.report("altered", dataset.ref, "a page holds other names than it says")
    with store.database.read() as db:
        gone = _not_stored(db, (Ref(Example.kind, name.hex()) for name in names))
    for ref in sorted(gone):
        found.report("missing", ref, f"it is a member of {dataset.ref.short}")
    return page_root(content)


def _tombstones(store: Store, found: Verification) -> None:
    query = (
        sa.select(records.c.key, records.c.kind, records.c.id, records.c.body, tombstones)
        .select_from(records)
        .outerjoin(tombstones, tombstones.c.record == records.c.key)
        .where(sa.or_(records.c.body.is_(None), tombstones.c.record.is_not(None)))
    )
    with store.database.read() as db:
        for rows in _in_batches(db, query):
            parents = parent_names(db, [row.key for row in rows])
            for row in rows:
                _tombstone(row, parents.get(row.key, []), found)


def _tombstone(row: Any, parents: list[str], found: Verification) -> None:
    name = f"{row.kind}:{row.id.hex()}"
    found.count("tombstones")
    if row.record is None:
        found.report("missing", name, "its bytes are gone and it was not erased")
    elif row.body is not None:
        found.report("altered", name, "it was erased, yet its bytes are there")
    elif row.seal != tombstone_seal(name, row.reason, row.at, parents):
        found.report("altered", f"tombstone of {name}", "its row, or what it rests on, was changed")
    else:
        found.erased.append(f"{name} on {row.at[:10]}: {row.reason}")


def _makings(store: Store, found: Verification) -> None:
    query = sa.select(makings, records.c.kind, records.c.id).join(
        records, records.c.key == makings.c.record
    )
    with store.database.read() as db:
        for row in chain.from_iterable(_in_batches(db, query)):
            name = f"{row.kind}:{row.id.hex()}"
            found.count("making rows")
            if row.seal != seal(name, row.step, row.at, row.seconds, row.cost_usd, row.host):
                found.report("altered", f"making row of {name}", "its row was changed")


def _memos(store: Store, found: Verification) -> None:
    with store.database.read() as db:
        for memo in chain.from_iterable(_in_batches(db, sa.select(memos))):
            found.count("memos")
            outputs = _outputs(db, memo.key)
            if len(outputs) != memo.count or memo.seal != memo_seal(
                memo.key, memo.step, memo.at, outputs
            ):
                found.report(
                    "altered",
                    f"memo {memo.key.hex()[:12]} of {memo.step}",
                    "what it remembers was changed",
                )


def _outputs(db: sa.Connection, memo: bytes) -> list[str]:
    rows = db.execute(
        sa.select(records.c.kind, records.c.id)
        .join(memo_outputs, memo_outputs.c.record == records.c.key)
        .where(memo_outputs.c.memo == memo)
        .order_by(memo_outputs.c.position)
    )
    return [f"{kind}:{id_.hex()}" for kind, id_ in rows]


def _calls(store: Store, found: Verification) -> None:
    with store.database.read() as db:
        query = sa.select(calls).order_by(calls.c.number).execution_options(yield_per=AT_ONCE)
        for rows in db.execute(query).mappings().partitions():
            for one in with_names(db, rows):
                _call(one, found)


def _call(one: Sealed, found: Verification) -> None:
    row = one.row
    name = f"call {row['key'].hex()[:12]}, attempt {row['attempt']}"
    found.count("calls")
    if row["seal"] != call_seal(row, one.language_model, one.about):
        found.report("altered", name, "its row, or the list of what it repeats, was changed")
    elif row["erased_at"] is not None:
        if any(row[words] is not None for words in ("error", "text", "raw")):
            found.report("altered", name, "its words were erased, yet there are some")
    elif row["digest"] != words_digest(row["error"], row["text"], row["raw"]):
        found.report("altered", name, "its reply was changed")


def _in_batches(db: sa.Connection, query: sa.Select[Any]) -> Iterable[Sequence[Any]]:
    """The rows of `query`, some at a time: PostgreSQL would send all of them at once."""
    return db.execute(query.execution_options(yield_per=AT_ONCE)).partitions()


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
