"""What a step has made before, so that nothing is made twice."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from lorewright.lineage import Ref
from lorewright.store.clock import now, seal
from lorewright.store.rows import erased, living_keys
from lorewright.store.tables import memo_outputs, memos, records


class MemoKey(NamedTuple):
    """The fingerprint of one piece of work."""

    step: str
    digest: bytes


def memo_key(step: str, *, code: str, inputs: Iterable[Ref], recipe: Ref) -> MemoKey:
    """Name a piece of work by its step, the code that does it, what goes in and how.

    Inputs count in the order given; any number of them costs no memory.
    """
    hasher = hashlib.sha256(f"{step}\n{code}\n{recipe}\n".encode())
    for ref in inputs:
        hasher.update(ref.encode() + b"\n")
    return MemoKey(step, hasher.digest())


def insert_memo(db: sa.Connection, key: MemoKey, outputs: Sequence[Ref]) -> None:
    """Remember that `key` made `outputs`, in this order."""
    dialect = sqlite if db.dialect.name == "sqlite" else postgresql
    at = now()
    inserted = db.execute(
        dialect.insert(memos)
        .values(
            key=key.digest,
            step=key.step,
            at=at,
            count=len(outputs),
            seal=memo_seal(key.digest, key.step, at, outputs),
        )
        .on_conflict_do_nothing()
    )
    if inserted.rowcount and outputs:
        keys = living_keys(db, outputs)
        db.execute(
            memo_outputs.insert(),
            [
                {"memo": key.digest, "position": position, "record": keys[ref]}
                for position, ref in enumerate(outputs)
            ],
        )


def read_memo(db: sa.Connection, key: MemoKey) -> list[Ref] | None:
    """What `key` made, or None when it has not been done.

    Raises:
        Erased: when a part of it was erased.
    """
    if db.scalar(sa.select(memos.c.count).where(memos.c.key == key.digest)) is None:
        return None
    rows = db.execute(
        sa.select(
            records.c.key, records.c.kind, records.c.id, records.c.body.is_(None).label("gone")
        )
        .join(memo_outputs, memo_outputs.c.record == records.c.key)
        .where(memo_outputs.c.memo == key.digest)
        .order_by(memo_outputs.c.position)
    ).all()
    for row in rows:
        if row.gone:
            raise erased(db, Ref(row.kind, row.id.hex()), row.key)
    return [Ref(row.kind, row.id.hex()) for row in rows]


def memo_seal(digest: bytes, step: str, at: str, outputs: Sequence[str]) -> str:
    """The seal over one memo and all that it lists."""
    return seal(digest.hex(), step, at, *outputs)
