"""How a run stands, for whoever looks: state, counts, money, and how long it may still take."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

import sqlalchemy as sa
from pydantic import JsonValue

from lorewright.errors import NotFound
from lorewright.store.record_store import Store
from lorewright.store.run_tables import clock, run_events, work_runs, work_shards, workers
from lorewright.store.work_runs import NANO, Counts, Ending, Wish

LIVE_S = 60.0
"""A worker that has not been heard of for longer is taken for dead."""


class RunState(StrEnum):
    """How a run stands, in one word."""

    QUEUED = "queued"
    RUNNING = "running"
    STOPPING = "stopping"
    PAUSED = "paused"
    COMPLETED = "completed"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"
    BUDGET = "budget"

    @property
    def is_over(self) -> bool:
        """Whether nothing happens any more unless somebody says so."""
        return self not in {RunState.QUEUED, RunState.RUNNING, RunState.STOPPING}


class RunEvent(NamedTuple):
    """Something that happened to a run."""

    at: float
    event: str
    worker: str | None


@dataclass(frozen=True, slots=True)
class RunView:
    """One run at one moment. Times are seconds since 1970 by the database's clock."""

    run: str
    work: str
    request: Mapping[str, JsonValue]
    state: RunState
    attempt: int
    pieces: int | None
    """None until the work is cut into shards."""
    shards: int | None
    shards_ended: int
    counts: Counts
    workers: tuple[str, ...]
    """Those that hold a shard of it and are alive."""
    detail: str
    """Why it ended early; empty when it did not."""
    queued_at: float
    started_at: float | None
    """When work on this attempt began."""
    ended_at: float | None
    now: float
    eta_s: float | None
    """Seconds it may still take at the pace of this attempt; None before there is a pace."""


def run_view(store: Store, run: str, *, live_s: float = LIVE_S) -> RunView:
    """How `run` stands now.

    Raises:
        NotFound: when there is no such run.
    """
    found = _views(store, work_runs.c.id == run, live_s)
    if not found:
        raise NotFound(
            f"there is no run called {run[:100]}",
            hint="`lorewright run list` shows what there is",
        )
    return found[0]


def run_views(store: Store, *, limit: int = 20, live_s: float = LIVE_S) -> list[RunView]:
    """How the newest runs stand, the newest first."""
    newest = sa.select(work_runs.c.id).order_by(work_runs.c.queued_at.desc()).limit(limit)
    return _views(store, work_runs.c.id.in_(newest), live_s)


def events_of_run(store: Store, run: str) -> list[RunEvent]:
    """What happened to `run`, the oldest first."""
    query = (
        sa.select(run_events.c.at, run_events.c.event, run_events.c.worker)
        .where(run_events.c.run == run)
        .order_by(run_events.c.key)
    )
    with store.database.read() as db:
        return [RunEvent(*row) for row in db.execute(query)]


def _views(store: Store, which: sa.ColumnElement[bool], live_s: float) -> list[RunView]:
    is_ended = work_shards.c.state.in_(("done", "failed"))
    sums = [
        sa.func.coalesce(sa.func.sum(column), 0).label(column.name)
        for column in (
            work_shards.c.done,
            work_shards.c.again,
            work_shards.c.made,
            work_shards.c.failed,
            work_shards.c.calls,
            work_shards.c.failed_calls,
            work_shards.c.input_tokens,
            work_shards.c.output_tokens,
            work_shards.c.cost_nano_usd,
            sa.case((is_ended, 1), else_=0).label("ended"),
        )
    ]
    with store.database.read() as db:
        rows = db.execute(
            sa.select(work_runs, clock(db).label("now"))
            .where(which)
            .order_by(work_runs.c.queued_at.desc(), work_runs.c.id)
        ).all()
        names = [row.id for row in rows]
        counted = {
            row.run: row
            for row in db.execute(
                sa.select(work_shards.c.run, *sums)
                .where(work_shards.c.run.in_(names))
                .group_by(work_shards.c.run)
            )
        }
        reasons: dict[str, Counter[str]] = {name: Counter() for name in names}
        for run, said in db.execute(
            sa.select(work_shards.c.run, work_shards.c.reasons).where(
                work_shards.c.run.in_(names), work_shards.c.reasons != "{}"
            )
        ):
            reasons[run].update(json.loads(said))
        holders: dict[str, list[str]] = {name: [] for name in names}
        for run, worker in db.execute(
            sa.select(work_shards.c.run, work_shards.c.worker)
            .join(workers, workers.c.id == work_shards.c.worker)
            .where(
                work_shards.c.run.in_(names),
                work_shards.c.state == "doing",
                workers.c.at > clock(db) - live_s,
            )
            .distinct()
            .order_by(work_shards.c.worker)
        ):
            holders[run].append(worker)
        present = set(db.scalars(sa.select(workers.c.run).where(workers.c.at > clock(db) - live_s)))
    return [
        _view(row, counted.get(row.id), reasons[row.id], tuple(holders[row.id]), present)
        for row in rows
    ]


def _view(
    row: sa.Row[tuple[object, ...]],
    counted: sa.Row[tuple[object, ...]] | None,
    reasons: Counter[str],
    holders: tuple[str, ...],
    present: set[str | None],
) -> RunView:
    counts = Counts() if counted is None else _counts(counted, reasons)
    has_worker = bool(holders) or row.id in present or None in present
    return RunView(
        run=str(row.id),
        work=row.work,
        request=json.loads(row.request),
        state=_state(row, is_held=bool(holders), has_worker=has_worker),
        attempt=row.attempt,
        pieces=row.pieces,
        shards=row.shards,
        shards_ended=0 if counted is None else counted.ended,
        counts=counts,
        workers=holders,
        detail=row.detail,
        queued_at=row.queued_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        now=row.now,
        eta_s=_eta(row, counts),
    )


def _counts(row: sa.Row[tuple[object, ...]], reasons: Counter[str]) -> Counts:
    return Counts(
        done=int(row.done),
        again=int(row.again),
        made=int(row.made),
        failed=int(row.failed),
        calls=int(row.calls),
        failed_calls=int(row.failed_calls),
        input_tokens=int(row.input_tokens),
        output_tokens=int(row.output_tokens),
        cost_usd=Decimal(int(row.cost_nano_usd)) / NANO,
        reasons=dict(reasons),
    )


def _state(row: sa.Row[tuple[object, ...]], *, is_held: bool, has_worker: bool) -> RunState:
    stopped = row.ending is not None or row.wish != Wish.GO
    if not stopped:
        started = row.started_at is not None and has_worker
        return RunState.RUNNING if started else RunState.QUEUED
    if is_held and row.ending not in {Ending.COMPLETED, Ending.PARTIAL}:
        return RunState.STOPPING
    if row.ending is not None:
        return RunState(row.ending)
    return RunState.PAUSED if row.wish == Wish.PAUSE else RunState.CANCELLED


def _eta(row: sa.Row[tuple[object, ...]], counts: Counts) -> float | None:
    """The pieces that are left at the pace of this attempt.

    What earlier attempts did says nothing about this one: it may have more workers, or a
    faster endpoint, and the pause between them would count as work.
    """
    if row.started_at is None or row.pieces is None or row.ended_at is not None:
        return None
    done_now = counts.done - row.done_before
    if done_now <= 0:
        return None
    return max(0.0, (row.pieces - counts.done) * (row.now - row.started_at) / done_now)
