"""Destroy every byte that holds a source's words, and leave tombstones.

Records that only hold names and numbers stay: datasets, verdicts, adapters. An adapter that
learnt from the source is listed, since only training again makes it forget.
"""

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from lorewright.errors import StorageError
from lorewright.lineage import Ref
from lorewright.records import KINDS, Adapter
from lorewright.store.clock import now, seal
from lorewright.store.record_store import Store
from lorewright.store.rows import AT_ONCE, batches
from lorewright.store.state import forget_file, written_files
from lorewright.store.tables import (
    aliases,
    blob_uses,
    blobs,
    memo_outputs,
    records,
    run_items,
    tombstones,
)


@dataclass
class Erasure:
    """What was destroyed, what stays, and what is out of reach."""

    erased: list[Ref] = field(default_factory=list[Ref])
    blobs: int = 0
    files: list[str] = field(default_factory=list[str])
    must_retrain: list[Ref] = field(default_factory=list[Ref])
    out_of_reach: list[str] = field(default_factory=list[str])


def plan_erasure(store: Store, ref: Ref, folder: Path) -> Erasure:
    """What erasing `ref` would do; changes nothing."""
    resting = [ref, *store.descendants(ref)]
    plan = Erasure(
        erased=[one for one in resting if KINDS[one.kind].holds_words],
        must_retrain=[one for one in resting if one.kind == Adapter.kind],
    )
    concerned = set(resting)
    for file in written_files(store):
        if file.record in concerned:
            inside = (folder / file.path).is_relative_to(folder)
            (plan.files if inside else plan.out_of_reach).append(file.path)
    return plan


def erase(store: Store, ref: Ref, folder: Path, *, why: str) -> Erasure:
    """Erase `ref` and all that repeats its words; run it again if it was cut off.

    The caller must be alone in the workspace, since blobs that no living record cites are
    swept away, and another process may be about to cite one.
    """
    plan = plan_erasure(store, ref, folder)
    store.write(lambda db: _bury(db, plan.erased, why))
    for path in plan.files:
        _destroy(folder / path)
    for path in [*plan.files, *plan.out_of_reach]:
        forget_file(store, path)
    plan.blobs = _sweep_blobs(store)
    store.database.compact()
    return plan


def _bury(db: sa.Connection, refs: list[Ref], why: str) -> None:
    at = now()
    for batch in batches(refs, AT_ONCE):
        ids = [bytes.fromhex(ref.id) for ref in batch]
        rows = db.execute(
            sa.select(records.c.key, records.c.kind, records.c.id).where(
                records.c.id.in_(ids), records.c.body.is_not(None)
            )
        ).all()
        keys = [row.key for row in rows]
        if not keys:
            continue
        db.execute(records.update().where(records.c.key.in_(keys)).values(body=None))
        db.execute(blob_uses.delete().where(blob_uses.c.record.in_(keys)))
        db.execute(aliases.delete().where(aliases.c.record.in_(keys)))
        db.execute(
            tombstones.insert(),
            [
                {
                    "record": row.key,
                    "reason": why,
                    "at": at,
                    "seal": seal(f"{row.kind}:{row.id.hex()}", why, at),
                }
                for row in rows
            ],
        )
        made = sa.select(memo_outputs.c.memo).where(memo_outputs.c.record.in_(keys))
        db.execute(
            run_items.update().where(run_items.c.memo.in_(made)).values(label="(erased)", detail="")
        )


def _sweep_blobs(store: Store) -> int:
    """Delete the bytes of every blob that no living record cites."""

    def forget(db: sa.Connection) -> None:
        used = sa.select(blob_uses.c.blob)
        db.execute(blobs.delete().where(blobs.c.sha256.not_in(used)))

    store.write(forget)
    with store.database.read() as db:
        living = {digest.hex() for digest in db.scalars(sa.select(blobs.c.sha256))}
    doomed = [digest for digest in store.blobs.digests() if digest not in living]
    for digest in doomed:
        store.blobs.delete(digest)
    return len(doomed)


def _destroy(path: Path) -> None:
    try:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(
            f"a file that must be erased cannot be deleted: {error.strerror}",
            where=str(path),
            hint="change its rights, then run the same command again; it continues",
        ) from error
