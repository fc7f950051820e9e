"""Records as rows: the one place that writes them, and the look-ups around it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from lorewright.errors import BadRecord, Erased, NotFound
from lorewright.lineage import Ref
from lorewright.records import Blob, Grounded, Record
from lorewright.store.tables import blob_uses, blobs, edges, records, tombstones

T = TypeVar("T")

AT_ONCE = 500
"""Names per query; well under every database's limit on parameters."""


def put_records(db: sa.Connection, kept: Sequence[Record]) -> dict[Ref, int]:
    """Keep `kept` with their edges and blob uses; what is there already is left alone.

    Returns:
        The keys of `kept` and of their parents.

    Raises:
        NotFound: when a record names a parent that is not stored.
        Erased: when a record, or a parent of it, was erased.
        BadRecord: when a record cites a blob that was never kept, or quotes a document that
            it does not rest on.
    """
    by_ref = {record.ref: record for record in kept}
    parents = {parent for record in by_ref.values() for parent in record.made_from}
    keys = living_keys(db, by_ref.keys() | parents)
    new = [record for ref, record in by_ref.items() if ref not in keys]
    if not new:
        return keys
    _insert(
        db,
        records,
        [
            {
                "kind": record.kind,
                "id": bytes.fromhex(record.ref.id),
                "schema": record.schema_number,
                "body": record.body,
            }
            for record in new
        ],
    )
    keys |= living_keys(db, [record.ref for record in new])
    missing = next((parent for parent in parents if parent not in keys), None)
    if missing is not None:
        raise NotFound(
            f"a record was to be kept that is made from {missing.short}, which is not stored"
        )
    _insert(db, edges, list(_edge_rows(new, keys)))
    _check_ground(db, new, keys)
    _use_blobs(db, new, keys)
    return keys


def living_keys(db: sa.Connection, refs: Iterable[Ref]) -> dict[Ref, int]:
    """The keys of those of `refs` that are stored.

    Raises:
        Erased: when one of them was erased.
    """
    keys: dict[Ref, int] = {}
    for batch in batches(refs, AT_ONCE):
        rows = db.execute(
            sa.select(
                records.c.key, records.c.kind, records.c.id, records.c.body.is_(None).label("gone")
            ).where(named(batch))
        )
        for key, kind, id_, gone in rows:
            ref = Ref(kind, id_.hex())
            if gone:
                raise erased(db, ref, key)
            keys[ref] = key
    return keys


def living_key(db: sa.Connection, ref: Ref) -> int:
    """The key of `ref`.

    Raises:
        NotFound: when it is not stored.
        Erased: when it was erased.
    """
    key = living_keys(db, [ref]).get(ref)
    if key is None:
        raise NotFound(f"nothing in the store is called {ref.short}")
    return key


def named(refs: Iterable[Ref], table: sa.FromClause = records) -> sa.ColumnElement[bool]:
    """The condition that a row is one of `refs`, kind by kind, as the index is ordered."""
    ids: dict[str, list[bytes]] = {}
    for ref in refs:
        ids.setdefault(ref.kind, []).append(bytes.fromhex(ref.id))
    return sa.or_(
        sa.false(),
        *(sa.and_(table.c.kind == kind, table.c.id.in_(ids[kind])) for kind in sorted(ids)),
    )


def parent_names(db: sa.Connection, children: Sequence[int]) -> dict[int, list[str]]:
    """The names of what each of the records with these keys was made from, in order."""
    found: dict[int, list[str]] = {}
    rows = db.execute(
        sa.select(edges.c.child, records.c.kind, records.c.id)
        .join(records, records.c.key == edges.c.parent)
        .where(edges.c.child.in_(children))
        .order_by(edges.c.child, edges.c.position)
    )
    for child, kind, id_ in rows:
        found.setdefault(child, []).append(f"{kind}:{id_.hex()}")
    return found


def erased(db: sa.Connection, ref: Ref, key: int) -> Erased:
    """The error that says when and why `ref` was erased."""
    stone = db.execute(
        sa.select(tombstones.c.reason, tombstones.c.at).where(tombstones.c.record == key)
    ).one_or_none()
    told = f" on {stone.at[:10]}: {stone.reason}" if stone else ""
    return Erased(
        f"{ref.short} was erased{told}",
        hint="what was erased stays erased; a changed file has another name and can be ingested",
    )


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """`items` in lists of at most `size`."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def insert_blobs(db: sa.Connection, kept: Iterable[Blob]) -> None:
    """Remember that the bytes of `kept` lie in the blob store."""
    _insert(db, blobs, [{"sha256": bytes.fromhex(blob.sha256), "size": blob.size} for blob in kept])


def _edge_rows(new: Iterable[Record], keys: Mapping[Ref, int]) -> Iterator[dict[str, int]]:
    for record in new:
        child = keys[record.ref]
        for position, parent in enumerate(record.made_from):
            yield {"child": child, "position": position, "parent": keys[parent]}


def _check_ground(db: sa.Connection, new: Iterable[Record], keys: Mapping[Ref, int]) -> None:
    """Refuse quotes of a document that is neither a parent nor a parent's parent.

    Erasing a document reaches what rests on it; a quote from elsewhere would outlive it.
    """
    quoting = [
        (record, document)
        for record in new
        if isinstance(record, Grounded)
        for document in {evidence.document for evidence in record.evidence}
        if document not in record.made_from
    ]
    between = {keys[parent] for record, _ in quoting for parent in record.made_from}
    above: dict[int, list[str]] = {}
    for batch in batches(between, AT_ONCE):
        above |= parent_names(db, batch)
    for record, document in quoting:
        if not any(document in above.get(keys[parent], ()) for parent in record.made_from):
            raise BadRecord(
                f"{record.ref.short} quotes {document.short}, which it was not made from"
            )


def _use_blobs(db: sa.Connection, new: Iterable[Record], keys: Mapping[Ref, int]) -> None:
    uses = {
        (keys[record.ref], bytes.fromhex(blob.sha256), blob.size)
        for record in new
        for blob in record.cited_blobs()
    }
    known: dict[bytes, int] = {}
    for batch in batches({digest for _, digest, _ in uses}, AT_ONCE):
        rows = db.execute(sa.select(blobs.c.sha256, blobs.c.size).where(blobs.c.sha256.in_(batch)))
        known.update((row.sha256, row.size) for row in rows)
    for _, digest, size in uses:
        if known.get(digest) != size:
            fault = "has another size" if digest in known else "was never kept"
            raise BadRecord(f"a record cites the blob {digest.hex()[:12]}, which {fault}")
    _insert(db, blob_uses, [{"record": key, "blob": digest} for key, digest, _ in sorted(uses)])


def _insert(db: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        dialect = sqlite if db.dialect.name == "sqlite" else postgresql
        db.execute(dialect.insert(table).on_conflict_do_nothing(), rows)
