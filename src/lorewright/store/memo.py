"""What a step has made before, so that nothing is made twice."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from lorewright.errors import Erased
from lorewright.lineage import Ref
from lorewright.store.clock import now, seal
from lorewright.store.rows import AT_ONCE, batches, erased
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


def insert_memos(
    db: sa.Connection, made: Iterable[tuple[MemoKey, Sequence[Ref]]], keys: Mapping[Ref, int]
) -> None:
    """Remember what each memo made, in this order; the first result stands.

    Args:
        db: the writing connection.
        made: each memo with what it made.
        keys: the keys of the records among them.
    """
    outputs = dict[MemoKey, Sequence[Ref]]()
    for memo, refs in made:
        outputs.setdefault(memo, refs)
    for batch in batches(outputs, AT_ONCE):
        known = _known(db, [memo.digest for memo in batch])
        new = [memo for memo in batch if memo.digest not in known]
        if not new:
            continue
        at = now()
        db.execute(memos.insert(), [_row(memo, at, outputs[memo]) for memo in new])
        rows = [
            {"memo": memo.digest, "position": position, "record": keys[ref]}
            for memo in new
            for position, ref in enumerate(outputs[memo])
        ]
        if rows:
            db.execute(memo_outputs.insert(), rows)


def _row(memo: MemoKey, at: str, outputs: Sequence[Ref]) -> dict[str, str | bytes | int]:
    return {
        "key": memo.digest,
        "step": memo.step,
        "at": at,
        "count": len(outputs),
        "seal": memo_seal(memo.digest, memo.step, at, outputs),
    }


def read_memos(db: sa.Connection, keys: Iterable[MemoKey]) -> dict[MemoKey, list[Ref] | Erased]:
    """What those of `keys` that have been done made; an error where a part of it was erased."""
    found = dict[MemoKey, list[Ref] | Erased]()
    for batch in batches(keys, AT_ONCE):
        known = _known(db, [key.digest for key in batch])
        found.update((key, _outputs(db, key)) for key in batch if key.digest in known)
    return found


def _outputs(db: sa.Connection, key: MemoKey) -> list[Ref] | Erased:
    rows = db.execute(
        sa.select(
            records.c.key, records.c.kind, records.c.id, records.c.body.is_(None).label("gone")
        )
        .join(memo_outputs, memo_outputs.c.record == records.c.key)
        .where(memo_outputs.c.memo == key.digest)
        .order_by(memo_outputs.c.position)
    ).all()
    gone = next((row for row in rows if row.gone), None)
    if gone is not None:
        return erased(db, Ref(gone.kind, gone.id.hex()), gone.key)
    return [Ref(row.kind, row.id.hex()) for row in rows]


def _known(db: sa.Connection, digests: Sequence[bytes]) -> set[bytes]:
    return set(db.scalars(sa.select(memos.c.key).where(memos.c.key.in_(digests))))


def memo_seal(digest: bytes, step: str, at: str, outputs: Sequence[str]) -> str:
    """The seal over one memo and all that it lists."""
    return seal(digest.hex(), step, at, *outputs)
