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
from lorewright.records import KINDS, Adapter, Decision, Example
from lorewright.store.call_rows import forget_words
from lorewright.store.clock import now, tombstone_seal
from lorewright.store.record_store import Store
from lorewright.store.rows import AT_ONCE, batches, named, parent_names
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
from lorewright.store.training_tables import COMPLAINTS, training_jobs


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
    examples = [one for one in resting if one.kind == Example.kind]
    # Whoever judges an example writes about its words, and may repeat them.
    judged = set(store.children(examples, kind=Decision.kind))
    plan = Erasure(
        erased=[one for one in resting if KINDS[one.kind].holds_words or one in judged],
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
    swept away, and another process may be about to cite one. Files outside the workspace
    stay on the list, so that running it again names them again.
    """
    plan = plan_erasure(store, ref, folder)
    store.write(lambda db: _bury(db, plan.erased, why))
    store.forget_texts()
    for path in plan.files:
        _destroy(folder / path)
        forget_file(store, path)
    plan.blobs = _sweep_blobs(store)
    store.database.compact()
    return plan


def _bury(db: sa.Connection, refs: list[Ref], why: str) -> None:
    at = now()
    forget_words(db, refs)
    for batch in batches(refs, AT_ONCE):
        rows = db.execute(
            sa.select(records.c.key, records.c.kind, records.c.id).where(
                named(batch), records.c.body.is_not(None)
            )
        ).all()
        keys = [row.key for row in rows]
        if not keys:
            continue
        parents = parent_names(db, keys)
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
                    "seal": tombstone_seal(
                        f"{row.kind}:{row.id.hex()}", why, at, parents.get(row.key, ())
                    ),
                }
                for row in rows
            ],
        )
    _blank_run_items(db)
    # What a training job complained of may quote a line of its lessons.
    db.execute(training_jobs.update().values(dict.fromkeys(COMPLAINTS)))


def _blank_run_items(db: sa.Connection) -> None:
    """Empty the notes of runs, but for pieces that made something which all lives.

    A piece that failed or made nothing does not say what it rests on, and its label may be
    the name of a file, its detail a complaint that quotes it.
    """
    gone = (
        sa.select(memo_outputs.c.memo)
        .join(records, records.c.key == memo_outputs.c.record)
        .where(records.c.body.is_(None))
    )
    memo = run_items.c.memo
    db.execute(
        run_items.update()
        .where(sa.or_(memo.is_(None), memo.in_(gone), memo.not_in(sa.select(memo_outputs.c.memo))))
        .values(label="(erased)", detail="")
    )


def _sweep_blobs(store: Store) -> int:
    """Delete every blob that no living record cites: first the bytes, then the note of them."""
    unused = blobs.c.sha256.not_in(sa.select(blob_uses.c.blob))
    with store.database.read() as db:
        doomed = list(db.scalars(sa.select(blobs.c.sha256).where(unused)))
    deleted = sum(store.blobs.delete(digest.hex()) for digest in doomed)
    store.write(lambda db: db.execute(blobs.delete().where(unused)))
    return deleted


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
