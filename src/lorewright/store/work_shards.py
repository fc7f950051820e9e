"""The shards of durable runs as rows: who holds which, how far it is, which are left."""

import json
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import Future
from typing import Literal, NamedTuple

import sqlalchemy as sa

from lorewright.store.record_store import Store
from lorewright.store.run_tables import clock, is_left, work_runs, work_shards, workers
from lorewright.store.work_runs import Counts, note_event


class Shard(NamedTuple):
    """A part of a run that one worker does at a time."""

    names: tuple[str, ...]
    """All that is said of it; what they mean is known to those who do it."""
    pieces: int
    """How many pieces of work it comes to."""


class HeldShard(NamedTuple):
    """A shard that a worker has begun."""

    run: str
    number: int
    worker: str
    take: int
    """How often it was begun, this time included."""
    names: tuple[str, ...]
    pieces: int


def cut_run(store: Store, run: str, shards: Iterable[Shard]) -> int:
    """Write down the shards of `run`, unless that was done before, and return their number."""
    cut = list(shards)
    rows = [
        {"run": run, "number": number, "names": json.dumps(shard), "state": "waiting"}
        | {"takes": 0, **Counts().columns()}
        for number, shard in enumerate(cut)
    ]
    pieces = sum(shard.pieces for shard in cut)

    def change(db: sa.Connection) -> int:
        known = db.scalar(sa.select(work_runs.c.shards).where(work_runs.c.id == run))
        if known is not None:
            return int(known)
        if rows:
            db.execute(work_shards.insert(), rows)
        db.execute(
            work_runs.update().where(work_runs.c.id == run).values(shards=len(rows), pieces=pieces)
        )
        return len(rows)

    return store.write(change)


def shards_of(store: Store, run: str) -> int | None:
    """How many shards `run` was cut into; None before that."""
    with store.database.read() as db:
        return db.scalar(sa.select(work_runs.c.shards).where(work_runs.c.id == run))


def take_shard(store: Store, run: str, number: int, worker: str) -> HeldShard | None:
    """Begin a shard; None when it is done already."""
    is_it = (work_shards.c.run == run, work_shards.c.number == number)

    def change(db: sa.Connection) -> HeldShard | None:
        query = sa.select(work_shards.c.names, work_shards.c.takes).where(*is_it, is_left())
        row = db.execute(query).one_or_none()
        if row is None:
            return None
        values = {"state": "doing", "worker": worker, "takes": row.takes + 1}
        db.execute(work_shards.update().where(*is_it).values(**values, **Counts().columns()))
        names, pieces = json.loads(row.names)
        return HeldShard(run, number, worker, row.takes + 1, tuple(names), pieces)

    return store.write(change)


def held_shards(store: Store, run: str, *, live_s: float) -> set[int]:
    """The shards of `run` that a living worker holds."""
    query = (
        sa.select(work_shards.c.number)
        .join(workers, workers.c.id == work_shards.c.worker)
        .where(work_shards.c.run == run, work_shards.c.state == "doing")
    )
    with store.database.read() as db:
        return set(db.scalars(query.where(workers.c.at > clock(db) - live_s)))


def let_go_shards(store: Store, worker: str, *, by: str) -> set[str]:
    """Say that `by` takes over what `worker` held; the runs concerned."""
    is_held = (work_shards.c.worker == worker, work_shards.c.state == "doing")

    def change(db: sa.Connection) -> set[str]:
        runs = set(db.scalars(sa.select(work_shards.c.run).where(*is_held).distinct()))
        db.execute(work_shards.update().where(*is_held).values(state="left"))
        for run in sorted(runs):
            note_event(db, run, "taken over", by)
        return runs

    return store.write(change)


def tell_shard(
    store: Store,
    held: HeldShard,
    counts: Counts,
    *,
    state: Literal["doing", "done", "failed", "left"] = "doing",
) -> Future[bool]:
    """Queue the note of how far a shard is; False when another worker has taken it over."""
    is_ours = (
        work_shards.c.run == held.run,
        work_shards.c.number == held.number,
        work_shards.c.worker == held.worker,
        work_shards.c.takes == held.take,
        work_shards.c.state == "doing",
    )

    def change(db: sa.Connection) -> bool:
        values = {"state": state, **counts.columns()}
        return db.execute(work_shards.update().where(*is_ours).values(values)).rowcount == 1

    return store.queue(change)


def shards_left(store: Store, run: str) -> int:
    """How many shards are neither done nor failed."""
    with store.database.read() as db:
        return int(
            db.scalar(
                sa.select(sa.func.count())
                .select_from(work_shards)
                .where(work_shards.c.run == run, is_left())
            )
            or 0
        )


def shard_states(store: Store, run: str) -> Counter[str]:
    """How many shards are in each state."""
    with store.database.read() as db:
        rows = db.execute(
            sa.select(work_shards.c.state, sa.func.count())
            .where(work_shards.c.run == run)
            .group_by(work_shards.c.state)
        )
        return Counter({state: number for state, number in rows})  # noqa: C416 - rows are no pairs to pyright
