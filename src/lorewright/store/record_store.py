"""The store: put a record in it, get it back, ask where it came from."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from lorewright.errors import BadRecord, BadRef, Erased, NotFound
from lorewright.lineage import Ref, fingerprint
from lorewright.records import KINDS, Blob, Chunk, Document, Evidence, Grounded, Record
from lorewright.store.blobs import BlobStore, blob_of
from lorewright.store.database import Database
from lorewright.store.making import Making
from lorewright.store.memo import MemoKey, read_memos
from lorewright.store.rows import AT_ONCE, batches, erased, insert_blobs, named
from lorewright.store.tables import edges, records
from lorewright.store.writer import Write, Writer

R = TypeVar("R", bound=Record)
T = TypeVar("T")

OPEN_DOCUMENTS = 4
"""Documents whose text is kept in memory for checking quotes."""


class Store:
    """Records, their lineage and their blobs, behind one writer thread.

    A record is never changed and never written twice: its name is the fingerprint of its
    content, so putting it again does nothing.
    """

    def __init__(self, database: Database, blobs: BlobStore) -> None:
        self.database = database
        self.blobs = blobs
        self._writer = Writer(database)
        self._documents: OrderedDict[Ref, Document] = OrderedDict()
        self._reading = threading.Lock()

    def close(self) -> None:
        """Commit what is queued and let go of the database."""
        self._writer.close()
        self.database.close()

    def put_blob(self, content: bytes) -> Blob:
        """Keep bytes and remember them; the record that cites them comes after."""
        return self.put_blobs(content)[0]

    def put_blobs(self, *contents: bytes) -> list[Blob]:
        """Keep several at the cost of one commit."""
        # Their names are written down first: bytes that lie in the blob store and are in no
        # list, because the process was killed in between, could never be erased.
        self.write(lambda db: insert_blobs(db, list(map(blob_of, contents))))
        return list(map(self.blobs.put, contents))

    def put_file(self, path: Path) -> Blob:
        """Keep the bytes of a file that may be larger than memory; the record comes after."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            blob = Blob(sha256=digest, size=file.tell())
        self.write(lambda db: insert_blobs(db, [blob]))
        self.blobs.put_file(path, blob)
        return blob

    def put(self, *kept: Record) -> list[Ref]:
        """Keep records, and wait until they are committed.

        Raises:
            NotFound: when a parent is not stored.
            BadRecord: when a quote is not what the document says.
        """
        self.submit(kept).result()
        return [record.ref for record in kept]

    def submit(
        self,
        kept: Iterable[Record],
        *,
        memo: MemoKey | None = None,
        making: Making | None = None,
        rows: Iterable[tuple[sa.Table, dict[str, Any]]] = (),
    ) -> Future[None]:
        """Queue records that belong together: all of them are kept, or none.

        With `memo`, what they are is remembered as the result of that piece of work in the
        same transaction; with `making`, what it took; with `rows`, what else is noted.
        """
        together = list(kept)
        for record in together:
            self._check_words(record)
        return self._writer.submit(Write(together, memo, making, list(rows)))

    def write(self, change: Callable[[sa.Connection], T]) -> T:
        """Run `change` in a transaction of the writer thread and wait for its commit."""
        return self.queue(change).result()

    def queue(self, change: Callable[[sa.Connection], T]) -> Future[T]:
        """Hand `change` to the writer thread without waiting."""
        future: Future[T] = self._writer.submit(Write(also=change))
        return future

    def get(self, ref: Ref, shape: type[R]) -> R:
        """Bring back the record that `ref` names.

        Raises:
            NotFound: when it is not stored.
            Erased: when only its tombstone is left.
            BadRecord: when it is of another kind, or was altered.
        """
        with self.database.read() as db:
            row = db.execute(
                sa.select(records.c.key, records.c.body).where(named([ref]))
            ).one_or_none()
            if row is None:
                raise NotFound(f"nothing in the store is called {ref}")
            if row.body is None:
                raise erased(db, ref, row.key)
        return _read(ref, row.body, shape)

    def get_any(self, ref: Ref) -> Record:
        """Bring back the record that `ref` names, whatever its kind."""
        return self.get(ref, shape_of(ref))

    def get_many(self, refs: Iterable[Ref], shape: type[R]) -> Iterator[R]:
        """Bring back many records in the order of `refs`; erased ones are left out."""
        for batch in batches(refs, AT_ONCE):
            found = dict(self.bodies(batch))
            for ref in batch:
                if (body := found.get(ref)) is not None:
                    yield _read(ref, body, shape)

    def bodies(self, refs: list[Ref]) -> list[tuple[Ref, bytes]]:
        """The stored bytes of those of `refs` that are stored and living."""
        with self.database.read() as db:
            rows = db.execute(
                sa.select(records.c.kind, records.c.id, records.c.body).where(
                    named(refs), records.c.body.is_not(None)
                )
            )
            return [(Ref(kind, id_.hex()), body) for kind, id_, body in rows]

    def names(self, kind: str, *, living: bool = True) -> Iterator[Ref]:
        """Every name of one kind, ascending; memory does not grow with their number."""
        after = b""
        while True:
            query = (
                sa.select(records.c.id)
                .where(records.c.kind == kind, records.c.id > after)
                .order_by(records.c.id)
                .limit(10_000)
            )
            if living:
                query = query.where(records.c.body.is_not(None))
            with self.database.read() as db:
                ids = list(db.scalars(query))
            if not ids:
                return
            yield from (Ref(kind, id_.hex()) for id_ in ids)
            after = ids[-1]

    def counts(self) -> dict[str, int]:
        """How many living records there are of each kind."""
        with self.database.read() as db:
            rows = db.execute(
                sa.select(records.c.kind, sa.func.count())
                .where(records.c.body.is_not(None))
                .group_by(records.c.kind)
                .order_by(records.c.kind)
            )
            return {kind: number for kind, number in rows}  # noqa: C416 - rows are no pairs to pyright

    def newest(self, kind: str) -> Iterator[Ref]:
        """The living records of one kind, the last kept first."""
        before: int | None = None
        while True:
            query = (
                sa.select(records.c.key, records.c.id)
                .where(records.c.kind == kind, records.c.body.is_not(None))
                .order_by(records.c.key.desc())
                .limit(1_000)
            )
            if before is not None:
                query = query.where(records.c.key < before)
            with self.database.read() as db:
                rows = list(db.execute(query))
            if not rows:
                return
            yield from (Ref(kind, id_.hex()) for _, id_ in rows)
            before = rows[-1][0]

    def resolve(self, name: str) -> Ref:
        """The record that `name` means: a whole name, or kind:prefix when only one fits.

        Raises:
            NotFound: when nothing fits.
            BadRef: when several records do, or `name` is no name at all.
        """
        kind, _, prefix = name.partition(":")
        if kind not in KINDS or len(prefix) < 4 or set(prefix) - set("0123456789abcdef"):
            raise BadRef(
                f"{name[:100]!r} is not the name of a record",
                hint=f"write kind:id, where kind is one of {', '.join(sorted(KINDS))} and id is "
                "the whole name or at least its first 4 digits",
            )
        low, high = bytes.fromhex(f"{prefix:0<64}"[:64]), bytes.fromhex(f"{prefix:f<64}"[:64])
        with self.database.read() as db:
            ids = list(
                db.scalars(
                    sa.select(records.c.id)
                    .where(records.c.kind == kind, records.c.id.between(low, high))
                    .limit(3)
                )
            )
        if not ids or len(prefix) > 64:
            raise NotFound(
                f"nothing in this workspace is called {name}",
                hint=f"`lorewright list {kind}` shows what there is",
            )
        if len(ids) > 1:
            raise BadRef(f"{name} fits several records", hint="write more digits of the name")
        return Ref(kind, ids[0].hex())

    def parents(self, *refs: Ref) -> list[Ref]:
        """What each of `refs` was made from, in order; kept even when they were erased."""
        child = records.alias("child")
        found: list[Ref] = []
        for batch in batches(refs, AT_ONCE):
            with self.database.read() as db:
                rows = db.execute(
                    sa.select(records.c.kind, records.c.id)
                    .join(edges, edges.c.parent == records.c.key)
                    .join(child, child.c.key == edges.c.child)
                    .where(named(batch, child))
                    .order_by(edges.c.child, edges.c.position)
                )
                found += (Ref(kind, id_.hex()) for kind, id_ in rows)
        return found

    def children(self, refs: Iterable[Ref], *, kind: str | None = None) -> list[Ref]:
        """What was made directly from any of `refs`, living or erased, oldest first."""
        parent = records.alias("parent")
        found: dict[Ref, int] = {}
        for batch in batches(refs, AT_ONCE):
            query = (
                sa.select(records.c.key, records.c.kind, records.c.id)
                .join(edges, edges.c.child == records.c.key)
                .join(parent, parent.c.key == edges.c.parent)
                .where(named(batch, parent))
            )
            if kind is not None:
                query = query.where(records.c.kind == kind)
            with self.database.read() as db:
                for key, child_kind, id_ in db.execute(query):
                    found[Ref(child_kind, id_.hex())] = key
        return sorted(found, key=found.__getitem__)

    def descendants(self, ref: Ref) -> list[Ref]:
        """Everything that rests on `ref`, however far, nearest first."""
        seen: dict[Ref, None] = {}
        level = [ref]
        while level:
            level = [child for child in self.children(level) if child not in seen]
            seen.update(dict.fromkeys(level))
        return list(seen)

    def memo(self, key: MemoKey) -> list[Ref] | None:
        """What a piece of work made before, or None when it has not been done.

        Raises:
            Erased: when a part of it was erased.
        """
        found = self.memos([key]).get(key)
        if isinstance(found, Erased):
            raise found
        return found

    def memos(self, keys: Iterable[MemoKey]) -> dict[MemoKey, list[Ref] | Erased]:
        """What pieces of work made before; an error where a part of it was erased."""
        with self.database.read() as db:
            return read_memos(db, keys)

    def document(self, ref: Ref) -> Document:
        """A document with its text attached."""
        with self._reading:
            document = self._documents.pop(ref, None) or self._with_text(self.get(ref, Document))
            self._documents[ref] = document
            while len(self._documents) > OPEN_DOCUMENTS:
                self._documents.popitem(last=False)
        return document

    def forget_texts(self) -> None:
        """Let go of the texts that are in memory, since some were destroyed."""
        with self._reading:
            self._documents.clear()

    def _with_text(self, document: Document) -> Document:
        try:
            return document.with_text(self.blobs.get(document.text).decode())
        except UnicodeDecodeError as error:
            raise BadRecord(
                "the text of a document is not UTF-8", where=str(document.ref)
            ) from error

    def _check_words(self, record: Record) -> None:
        match record:
            case Document() if self.blobs.size(record.text.sha256) is not None:
                self._with_text(record)  # a text that is not there is refused with the record
            case Grounded():
                for evidence in record.evidence:
                    check_quote(evidence, self.document(evidence.document))
            case Chunk() if record.end > self.document(record.document).length:
                raise BadRecord(f"{record.ref.short} ends beyond its document")
            case _:
                pass


def check_quote(evidence: Evidence, document: Document) -> None:
    """Compare a quote with the words that stand in its place.

    Raises:
        BadRecord: when they differ.
    """
    if document.words[evidence.start : evidence.end] != evidence.quote:
        raise BadRecord(
            f"a quote of {document.title!r} is not what stands at characters "
            f"{evidence.start}-{evidence.end}",
            where=evidence.document.short,
        )


def _read(ref: Ref, body: bytes, shape: type[R]) -> R:
    if fingerprint(body) != ref.id:
        raise BadRecord(
            f"{ref.short} has been altered in the database",
            hint="restore the database from a backup; `lorewright verify` lists all that is "
            "altered",
        )
    return shape.from_body(body)


def shape_of(ref: Ref) -> type[Record]:
    """The class of the record that `ref` names.

    Raises:
        BadRef: when this version knows no such kind.
    """
    try:
        return KINDS[ref.kind]
    except KeyError:
        raise BadRef(f"this version of Lorewright knows no {ref.kind}") from None


def seconds(value: float) -> Decimal:
    """A duration as makings keep it: seconds with three places."""
    return Decimal(f"{value:.3f}")
