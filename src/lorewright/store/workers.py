"""Who works: a row for each process, renewed every few seconds by the database's clock."""

import os
import platform
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from lorewright.store.record_store import Store
from lorewright.store.run_tables import clock, workers


class Worker(NamedTuple):
    """A process that works on runs, or did."""

    id: str
    host: str
    pid: int
    run: str | None
    """The only run that it works on; None when it takes any."""
    silent_s: float
    """How long it has not been heard of."""


def beat(store: Store, worker: str, run: str | None) -> None:
    """Say that `worker` is alive."""

    def change(db: sa.Connection) -> None:
        dialect = sqlite if db.dialect.name == "sqlite" else postgresql
        values = {"host": platform.node(), "pid": os.getpid(), "run": run, "at": clock(db)}
        insert = dialect.insert(workers).values(id=worker, **values)
        db.execute(insert.on_conflict_do_update(index_elements=["id"], set_=values))

    store.write(change)


def say_goodbye(store: Store, worker: str) -> None:
    """Say that `worker` is leaving, so that others take over at once what it leaves."""
    store.write(lambda db: db.execute(workers.update().where(workers.c.id == worker).values(at=0)))


def forget_worker(store: Store, worker: str) -> None:
    """Strike a worker off the list, once nothing of it is left to take over."""
    store.write(lambda db: db.execute(workers.delete().where(workers.c.id == worker)))


def every_worker(store: Store) -> list[Worker]:
    """Every worker on the list, living or not."""
    with store.database.read() as db:
        silent = (clock(db) - workers.c.at).label("silent_s")
        columns = (workers.c.id, workers.c.host, workers.c.pid, workers.c.run, silent)
        return [Worker(*row) for row in db.execute(sa.select(*columns).order_by(workers.c.id))]
