"""What changes: aliases, files that were written, and runs with their items."""

from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from lorewright.lineage import Ref
from lorewright.store.clock import now
from lorewright.store.memo import MemoKey
from lorewright.store.record_store import Store
from lorewright.store.rows import living_key
from lorewright.store.tables import aliases, files, records, run_items, runs

Purpose = Literal["export", "report", "job", "release", "sheet"]


class WrittenFile(NamedTuple):
    """A file or folder that rests on a record: an export, a report, a job's folder."""

    path: str
    """Relative to the workspace where it lies inside, absolute otherwise."""
    purpose: str
    record: Ref
    sha256: str | None
    """None for a folder, and for a file that may still change."""


@dataclass(frozen=True, slots=True)
class RunItem:
    """How one piece of a run ended."""

    label: str
    outcome: Literal["made", "again", "failed"]
    """`again` when it had been made before and was not made twice."""
    detail: str = ""
    memo: MemoKey | None = None


def set_alias(store: Store, name: str, ref: Ref) -> None:
    """Let `name` mean `ref` from now on."""

    def change(db: sa.Connection) -> None:
        key = living_key(db, ref)
        dialect = sqlite if db.dialect.name == "sqlite" else postgresql
        insert = dialect.insert(aliases).values(name=name, record=key)
        db.execute(insert.on_conflict_do_update(index_elements=["name"], set_={"record": key}))

    store.write(change)


def alias(store: Store, name: str) -> Ref | None:
    """What `name` means now; None when it means nothing, or something erased."""
    with store.database.read() as db:
        row = db.execute(
            sa.select(records.c.kind, records.c.id)
            .join(aliases, aliases.c.record == records.c.key)
            .where(aliases.c.name == name, records.c.body.is_not(None))
        ).one_or_none()
    return Ref(row.kind, row.id.hex()) if row else None


def remember_file(
    store: Store, path: str, purpose: Purpose, record: Ref, sha256: str | None = None
) -> None:
    """Write down that a file rests on `record`, so that erasing and verifying find it."""

    def change(db: sa.Connection) -> None:
        dialect = sqlite if db.dialect.name == "sqlite" else postgresql
        values = {
            "purpose": purpose,
            "record": living_key(db, record),
            "sha256": bytes.fromhex(sha256) if sha256 else None,
            "at": now(),
        }
        insert = dialect.insert(files).values(path=path, **values)
        db.execute(insert.on_conflict_do_update(index_elements=["path"], set_=values))

    store.write(change)


def written_files(store: Store) -> list[WrittenFile]:
    """Every file that was remembered, by path."""
    with store.database.read() as db:
        rows = db.execute(
            sa.select(files.c.path, files.c.purpose, records.c.kind, records.c.id, files.c.sha256)
            .join(records, records.c.key == files.c.record)
            .order_by(files.c.path)
        )
        return [
            WrittenFile(
                row.path,
                row.purpose,
                Ref(row.kind, row.id.hex()),
                row.sha256.hex() if row.sha256 else None,
            )
            for row in rows
        ]


def forget_file(store: Store, path: str) -> None:
    """Strike a file off the list."""
    store.write(lambda db: db.execute(files.delete().where(files.c.path == path)))


def begin_run(store: Store, step: str) -> int:
    """Open a run and return its number; a run that is still open afterwards was cut off."""

    def change(db: sa.Connection) -> int:
        inserted = db.execute(runs.insert().values(step=step, started_at=now(), state="running"))
        return int((inserted.inserted_primary_key or (0,))[0])

    return store.write(change)


def add_run_item(store: Store, run: int, position: int, item: RunItem) -> Future[None]:
    """Queue the note of how one item ended; it is committed in order with what it made."""
    return store.submit((), rows=[run_item_row(run, position, item)])


def run_item_row(run: int, position: int, item: RunItem) -> tuple[sa.Table, dict[str, Any]]:
    """The note of how one item ended, to be kept together with what it made."""
    return run_items, {
        "run": run,
        "position": position,
        "label": _writable(item.label),
        "outcome": item.outcome,
        "detail": _writable(item.detail),
        "memo": item.memo.digest if item.memo else None,
    }


def _writable(text: str) -> str:
    """`text` as a database takes it: file names and complaints may hold anything."""
    return text.encode(errors="backslashreplace").decode().replace("\0", "\\0")


RunState = Literal["done", "partial", "interrupted", "stopped", "budget"]
"""How a run ended: with all it had to do, with pieces that failed, by something that failed,
because somebody stopped it, or because its money was spent."""


def end_run(store: Store, run: int, state: RunState) -> None:
    """Close a run."""
    store.write(
        lambda db: db.execute(
            runs.update().where(runs.c.key == run).values(ended_at=now(), state=state)
        )
    )
