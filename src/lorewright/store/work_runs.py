"""Durable runs as rows: what is wished of each, and how it ended.

Whoever steers a run writes a wish here and nothing else; whoever works on it reads the wish
before every call. So a command that looks or steers needs no run engine, and a run that nobody
works on obeys as well.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

import sqlalchemy as sa
from pydantic import JsonValue

from lorewright.errors import NotFound
from lorewright.store.record_store import Store
from lorewright.store.run_tables import clock, is_left, run_events, work_runs, work_shards

NANO = Decimal(10) ** 9


class Wish(StrEnum):
    """What somebody wants of a run."""

    GO = "go"
    PAUSE = "pause"
    CANCEL = "cancel"


class Ending(StrEnum):
    """How a run ended by itself."""

    COMPLETED = "completed"
    PARTIAL = "partial"
    FAILED = "failed"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class Counts:
    """What was done in a shard or a run, in pieces, records, calls, tokens and money."""

    done: int = 0
    """Pieces that are settled, whatever came of them."""
    again: int = 0
    """Of these the ones that had been done before and were not done twice."""
    made: int = 0
    failed: int = 0
    calls: int = 0
    failed_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: Decimal = Decimal(0)
    reasons: Mapping[str, int] = field(default_factory=dict[str, int])
    """Why records were turned down, with how often."""

    @property
    def rejected(self) -> int:
        """Records that were made and turned down."""
        return sum(self.reasons.values())

    def columns(self) -> dict[str, int | str]:
        """As they stand in a row."""
        return {
            **{name: getattr(self, name) for name in _NUMBERS},
            "rejected": self.rejected,
            "cost_nano_usd": int(self.cost_usd * NANO),
            "reasons": json.dumps(dict(self.reasons), sort_keys=True),
        }


_NUMBERS = (
    "done",
    "again",
    "made",
    "failed",
    "calls",
    "failed_calls",
    "input_tokens",
    "output_tokens",
)


class Order(NamedTuple):
    """What a run was started for."""

    run: str
    work: str
    request: Mapping[str, JsonValue]


class Standing(NamedTuple):
    """What decides whether a run goes on."""

    wish: Wish
    ending: Ending | None
    attempt: int

    @property
    def goes(self) -> bool:
        """Whether work on it should go on."""
        return self.wish is Wish.GO and self.ending is None


def order_run(store: Store, work: str, request: Mapping[str, JsonValue]) -> str:
    """Write down a new run that should go, and return its name."""
    name = f"{work}-{secrets.token_hex(4)}"
    row = {
        "id": name,
        "work": work,
        "request": _written(request),
        "wish": Wish.GO,
        "detail": "",
        "attempt": 1,
        "done_before": 0,
    }

    def change(db: sa.Connection) -> None:
        db.execute(work_runs.insert().values(**row, queued_at=clock(db)))
        note_event(db, name, "queued")

    store.write(change)
    return name


def order_of(store: Store, run: str) -> Order:
    """What `run` was started for.

    Raises:
        NotFound: when there is no such run.
    """
    with store.database.read() as db:
        row = db.execute(
            sa.select(work_runs.c.work, work_runs.c.request).where(work_runs.c.id == run)
        ).one_or_none()
    if row is None:
        raise _no_run(run)
    return Order(run, row.work, json.loads(row.request))


def unfinished_run(store: Store, work: str, request: Mapping[str, JsonValue]) -> str | None:
    """The newest run of just this work that has something left and was not cancelled."""
    left = sa.exists().where(work_shards.c.run == work_runs.c.id, is_left())
    query = (
        sa.select(work_runs.c.id)
        .where(
            work_runs.c.work == work,
            work_runs.c.request == _written(request),
            work_runs.c.wish != Wish.CANCEL,
            sa.or_(work_runs.c.ending.is_(None), left, work_runs.c.shards.is_(None)),
        )
        .order_by(work_runs.c.queued_at.desc())
        .limit(1)
    )
    with store.database.read() as db:
        return db.scalar(query)


def runs_under_way(store: Store, work: str) -> list[Order]:
    """The runs of a work that nobody cancelled and that have not ended, the newest first."""
    query = (
        sa.select(work_runs.c.id, work_runs.c.request)
        .where(
            work_runs.c.work == work,
            work_runs.c.wish != Wish.CANCEL,
            work_runs.c.ending.is_(None),
        )
        .order_by(work_runs.c.queued_at.desc())
    )
    with store.database.read() as db:
        return [Order(row.id, work, json.loads(row.request)) for row in db.execute(query)]


def standing_of(store: Store, run: str) -> Standing:
    """What decides whether `run` goes on; cheap enough to be asked before every call.

    Raises:
        NotFound: when there is no such run.
    """
    with store.database.read() as db:
        row = db.execute(
            sa.select(work_runs.c.wish, work_runs.c.ending, work_runs.c.attempt).where(
                work_runs.c.id == run
            )
        ).one_or_none()
    if row is None:
        raise _no_run(run)
    return Standing(Wish(row.wish), Ending(row.ending) if row.ending else None, row.attempt)


def standings(store: Store) -> dict[str, Standing]:
    """The runs that should go, and those that somebody stopped or that ended in the last hour.

    A run engine compares these with what it has in its queue.
    """
    with store.database.read() as db:
        rows = db.execute(
            sa.select(
                work_runs.c.id, work_runs.c.wish, work_runs.c.ending, work_runs.c.attempt
            ).where(
                sa.or_(
                    work_runs.c.ended_at.is_(None),
                    work_runs.c.ended_at > clock(db) - 3600.0,
                )
            )
        ).all()
    return {
        row.id: Standing(Wish(row.wish), Ending(row.ending) if row.ending else None, row.attempt)
        for row in rows
    }


def wish_for(store: Store, run: str, wish: Wish) -> bool:
    """Say that `run` should pause or be cancelled; False when it had ended before."""

    def change(db: sa.Connection) -> bool:
        changed = db.execute(
            work_runs.update()
            .where(work_runs.c.id == run, work_runs.c.ending.is_(None), work_runs.c.wish != wish)
            .where(work_runs.c.wish != Wish.CANCEL)
            .values(wish=wish, ended_at=clock(db))
        ).rowcount
        if changed:
            note_event(db, run, "paused" if wish is Wish.PAUSE else "cancelled")
        return changed == 1

    return store.write(change)


def go_on(store: Store, run: str) -> bool:
    """Begin another attempt at what is left of `run`; False when nothing is left or it goes."""

    def change(db: sa.Connection) -> bool:
        left = sa.exists().where(work_shards.c.run == run, is_left())
        done = sa.select(sa.func.coalesce(sa.func.sum(work_shards.c.done), 0)).where(
            work_shards.c.run == run, ~is_left()
        )
        changed = db.execute(
            work_runs.update()
            .where(work_runs.c.id == run, work_runs.c.wish != Wish.CANCEL)
            .where(sa.or_(work_runs.c.ending.is_(None), work_runs.c.shards.is_(None), left))
            .where(sa.or_(work_runs.c.wish == Wish.PAUSE, work_runs.c.ending.is_not(None)))
            .values(
                wish=Wish.GO,
                ending=None,
                detail="",
                attempt=work_runs.c.attempt + 1,
                started_at=None,
                ended_at=None,
                done_before=done.scalar_subquery(),
            )
        ).rowcount
        if changed:
            db.execute(
                work_shards.update().where(work_shards.c.run == run, is_left()).values(takes=0)
            )
            note_event(db, run, "resumed")
        return changed == 1

    return store.write(change)


def end_work_run(store: Store, run: str, ending: Ending, detail: str = "") -> bool:
    """Say how `run` ended; False when it had ended already."""

    def change(db: sa.Connection) -> bool:
        changed = db.execute(
            work_runs.update()
            .where(work_runs.c.id == run, work_runs.c.ending.is_(None))
            .values(ending=ending, detail=detail, ended_at=clock(db))
        ).rowcount
        if changed:
            note_event(db, run, ending)
        return changed == 1

    return store.write(change)


def start_run(store: Store, run: str, worker: str) -> None:
    """Say that work on this attempt has begun, unless that is known."""

    def change(db: sa.Connection) -> None:
        started = db.execute(
            work_runs.update()
            .where(work_runs.c.id == run, work_runs.c.started_at.is_(None))
            .values(started_at=clock(db))
        ).rowcount
        if started:
            note_event(db, run, "started", worker)

    store.write(change)


def note_event(db: sa.Connection, run: str, event: str, worker: str | None = None) -> None:
    """Write down that something happened to a run; a handful of rows for each."""
    db.execute(run_events.insert().values(run=run, at=clock(db), event=event, worker=worker))


def _written(request: Mapping[str, JsonValue]) -> str:
    return json.dumps(dict(request), sort_keys=True, ensure_ascii=False)


def _no_run(run: str) -> NotFound:
    return NotFound(
        f"there is no run called {run[:100]}", hint="`lorewright run list` shows what there is"
    )
