"""What a step has made before, so that nothing is made twice."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import sqlalchemy as sa

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
    """Remember that `key` made `outputs`, in this order; the first result stands."""
    if _is_known(db, key):
        return
    at = now()
    db.execute(
        memos.insert().values(
            key=key.digest,
            step=key.step,
            at=at,
            count=len(outputs),
            seal=memo_seal(key.digest, key.step, at, outputs),
        )
    )
    if outputs:
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
    if not _is_known(db, key):
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


def _is_known(db: sa.Connection, key: MemoKey) -> bool:
    return db.scalar(sa.select(memos.c.key).where(memos.c.key == key.digest)) is not None


def memo_seal(digest: bytes, step: str, at: str, outputs: Sequence[str]) -> str:
    """The seal over one memo and all that it lists."""
    return seal(digest.hex(), step, at, *outputs)
