"""Where the run engine keeps its queue: a database of its own beside ours, and locks in it."""

import fcntl
import hashlib
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.event import listen

from lorewright.errors import Busy, StorageError
from lorewright.store.database import let_go_of_snapshot
from lorewright.store.record_store import Store

POOL = 5
"""Connections that are kept, and as many again while they are needed: a server shared by many
workers gives each only so many."""
ASKS_EVERY_S = 0.1
"""For a lock that somebody else holds."""


class RunsDatabase(NamedTuple):
    """An engine for the run engine, and the schema that is its own on a shared server."""

    engine: sa.Engine
    schema: str | None


def engine_for_runs(store: Store) -> RunsDatabase:
    """Open the database of the run engine.

    On SQLite it is a file beside the store's, which must not wait for the store's writer: a
    write-ahead log, no wait for the disk at every commit (a lost last commit means that a shard
    is looked at again, and finds its pieces done), and patience with other processes. On
    PostgreSQL it is a schema beside the store's, in the same database.
    """
    database = store.database
    url = database.reading.url
    if not database.is_sqlite:
        with database.read() as db:
            schema = db.scalar(sa.select(sa.func.current_schema()))
        engine = sa.create_engine(url, pool_size=POOL, max_overflow=POOL, pool_pre_ping=True)
        return RunsDatabase(engine, f"{schema}_runs")
    engine = sa.create_engine(url.set(database=str(runs_file(Path(url.database or "")))))
    listen(engine, "connect", _tune)
    return RunsDatabase(engine, None)


def runs_file(database: Path) -> Path:
    """The file of the run engine beside the file of a store."""
    usual = database.name == "lorewright.db"
    return database.with_name("runs.db" if usual else f"{database.stem}.runs.db")


@contextmanager
def only_one(store: Store, name: str) -> Generator[bool]:
    """Hold the lock `name` while inside, if nobody holds it: the value says so.

    The system lets go of it when the process ends, however it ends. On SQLite it lies on a file
    beside the database; on PostgreSQL in a transaction that does nothing, since poolers of
    connections keep no lock that belongs to a session.
    """
    if store.database.is_sqlite:
        with _file_lock(_lock_folder(store), name) as is_held:
            yield is_held
        return
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    schema = sa.func.hashtext(sa.func.current_schema())
    with store.database.reading.connect() as connection:
        connection.execution_options(isolation_level="READ COMMITTED")
        connection.detach()
        query = sa.select(sa.func.pg_try_advisory_xact_lock(sa.literal(key).op("#")(schema)))
        is_held = bool(connection.scalar(query))
        let_go_of_snapshot(connection)
        yield is_held


@contextmanager
def one_at_a_time(store: Store, name: str, *, patience_s: float = 120.0) -> Generator[None]:
    """Hold the lock `name` while inside; whoever holds it already is waited for.

    For what must not go on beside itself on PostgreSQL. Whoever waits asks again and again, each
    time in a transaction of its own: one that stayed open would itself be waited for wherever an
    index is built beside others' work. On SQLite nothing has to wait, since a file has one
    writer at a time.

    Raises:
        Busy: when it is held for longer than `patience_s`.
    """
    if store.database.is_sqlite:
        yield
        return
    ends = time.monotonic() + patience_s
    while True:
        with only_one(store, name) as is_held:
            if is_held:
                yield
                return
        if time.monotonic() > ends:
            raise Busy(
                f"another process has been at the same ({name}) for {patience_s:.0f} s",
                hint="look for a worker that hangs, and start again",
            )
        time.sleep(ASKS_EVERY_S)


def _lock_folder(store: Store) -> Path:
    file = Path(store.database.reading.url.database or "")
    return file.with_name(f".{file.stem}-workers")


@contextmanager
def _file_lock(folder: Path, name: str) -> Generator[bool]:
    path = folder / f"{name}.lock"
    try:
        folder.mkdir(exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StorageError.from_system(error, doing="a lock cannot be made") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        yield False
        return
    is_it = _is_file_at(path, handle)  # whoever held it may have removed it in between
    try:
        yield is_it
    finally:
        if is_it:
            path.unlink(missing_ok=True)
        os.close(handle)


def _is_file_at(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def _tune(connection: Any, _record: Any) -> None:
    connection.isolation_level = "IMMEDIATE"  # writers queue up before they read, not after
    for pragma in (
        "busy_timeout=30000",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
