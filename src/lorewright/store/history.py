"""What was made, when, and by which run."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import sqlalchemy as sa

from lorewright.lineage import Ref
from lorewright.store.record_store import Store
from lorewright.store.rows import named
from lorewright.store.tables import makings, memo_outputs, records, run_items, runs


@dataclass(frozen=True, slots=True)
class Made:
    """When and how a record was made; the first time counts."""

    step: str
    at: str
    """UTC, ISO 8601 with seconds."""
    seconds: Decimal
    """Of the whole piece of work that made it."""
    cost_usd: Decimal


class Run(NamedTuple):
    """One run of a step."""

    number: int
    started_at: str
    state: str


def making_of(store: Store, ref: Ref) -> Made | None:
    """The first making of a record; None for one that was kept without."""
    query = (
        sa.select(makings)
        .join(records, records.c.key == makings.c.record)
        .where(named([ref]))
        .order_by(makings.c.key)
        .limit(1)
    )
    with store.database.read() as db:
        row = db.execute(query).one_or_none()
    if row is None:
        return None
    return Made(row.step, row.at, Decimal(row.seconds), Decimal(row.cost_usd))


def runs_of(store: Store, step: str) -> list[Run]:
    """Every run of a step, the oldest first."""
    query = (
        sa.select(runs.c.key, runs.c.started_at, runs.c.state)
        .where(runs.c.step == step)
        .order_by(runs.c.key)
    )
    with store.database.read() as db:
        return [Run(*row) for row in db.execute(query)]


def made_in_run(store: Store, run: int, *, kind: str) -> Iterator[Ref]:
    """The living records of one kind that a run made or found made, a piece of work at a time."""
    items = sa.select(run_items.c.memo).where(run_items.c.run == run).order_by(run_items.c.position)
    with store.database.read() as db:
        memos = [memo for memo in db.scalars(items) if memo is not None]
    for memo in memos:
        query = (
            sa.select(records.c.id)
            .join(memo_outputs, memo_outputs.c.record == records.c.key)
            .where(memo_outputs.c.memo == memo, records.c.kind == kind, records.c.body.is_not(None))
            .order_by(memo_outputs.c.position)
        )
        with store.database.read() as db:
            made = list(db.scalars(query))
        yield from (Ref(kind, id_.hex()) for id_ in made)
