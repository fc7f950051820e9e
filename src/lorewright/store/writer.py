"""One thread that writes: many callers, few commits."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from lorewright.errors import StorageError
from lorewright.records import Record
from lorewright.store.database import Database
from lorewright.store.making import Making, insert_makings
from lorewright.store.memo import MemoKey, insert_memos
from lorewright.store.rows import put_records

MOST_PER_COMMIT = 1024
QUEUE_LENGTH = 1024


@dataclass(slots=True)
class Write:
    """Records to keep, and what else belongs into the same transaction."""

    records: list[Record] = field(default_factory=list[Record])
    memo: MemoKey | None = None
    """The piece of work whose result the records are."""
    making: Making | None = None
    """What they took."""
    rows: list[tuple[sa.Table, dict[str, Any]]] = field(
        default_factory=list[tuple[sa.Table, dict[str, Any]]]
    )
    """Rows of other tables, after the records; those of one table go in together."""
    also: Callable[[sa.Connection], Any] | None = None
    """Runs after all of these are in; what it returns is the future's result."""
    done: Future[Any] = field(default_factory=Future[Any])


class Writer:
    """Takes writes from any thread and commits them in batches, in order.

    What has gathered while one commit lasts goes into the next: a lone write waits for
    nobody, and many share the cost of reaching the disk. A future resolves after its commit.
    When one write of a batch fails, the batch is rolled back and its writes are tried one by
    one, so that only the failing one fails. When it is the database that fails, all of them do.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queue: queue.Queue[Write | None] = queue.Queue(QUEUE_LENGTH)
        self._gate = threading.Lock()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="lorewright-writer", daemon=True)
        self._thread.start()

    def submit(self, write: Write) -> Future[Any]:
        """Queue `write`; waits while the queue is full."""
        write.done.set_running_or_notify_cancel()  # from here on nobody can cancel it
        with self._gate:
            if self._is_closed:
                raise StorageError("the store is closed")
            self._queue.put(write)
        return write.done

    def close(self) -> None:
        """Commit what is queued and stop."""
        with self._gate:
            if not self._is_closed:
                self._is_closed = True
                self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        open_ = True
        while open_:
            batch, open_ = self._next_batch()
            if batch:
                self._commit(batch)

    def _next_batch(self) -> tuple[list[Write], bool]:
        first = self._queue.get()
        if first is None:
            return [], False
        batch, size = [first], _size(first)
        while size < MOST_PER_COMMIT:
            try:
                following = self._queue.get_nowait()
            except queue.Empty:
                break
            if following is None:
                return batch, False
            batch.append(following)
            size += _size(following)
        return batch, True

    def _commit(self, batch: list[Write]) -> None:
        try:
            results = self._transaction(batch)
        except BaseException as error:  # noqa: BLE001 - whoever waits must learn of it
            if len(batch) == 1 or isinstance(error, StorageError):
                for write in batch:
                    write.done.set_exception(error)
            else:
                for write in batch:
                    self._commit([write])
        else:
            for write, result in zip(batch, results, strict=True):
                write.done.set_result(result)

    def _transaction(self, batch: list[Write]) -> list[Any]:
        with self._database.write() as db:
            _insert(db, batch)
            return [write.also(db) if write.also else None for write in batch]


def _size(write: Write) -> int:
    return 1 + len(write.records)


def _insert(db: sa.Connection, batch: list[Write]) -> None:
    """Put in what belongs to all writes of a batch, table by table."""
    keys = put_records(db, [record for write in batch for record in write.records])
    made = [(write, [record.ref for record in write.records]) for write in batch]
    insert_memos(db, ((write.memo, refs) for write, refs in made if write.memo), keys)
    insert_makings(db, ((write.making, refs) for write, refs in made if write.making), keys)
    rows: dict[sa.Table, list[dict[str, Any]]] = {}
    for write in batch:
        for table, row in write.rows:
            rows.setdefault(table, []).append(row)
    for table, inserted in rows.items():
        db.execute(table.insert(), inserted)
