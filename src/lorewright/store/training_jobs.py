"""Training jobs as rows: ordered, moved from state to state, bound to the slots of a device.

A change of state that makes no sense cannot happen: the row is changed only when it stands in
a state from which that way leads, in the one transaction that looks.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa

from lorewright.errors import NotFound
from lorewright.store.record_store import Store
from lorewright.store.run_tables import clock
from lorewright.store.training_tables import training_jobs
from lorewright.store.training_word import tell_of
from lorewright.store.work_runs import NANO


class TrainingState(StrEnum):
    """How a training job stands, in one word."""

    QUEUED = "queued"
    INITIALIZING = "initializing"
    RUNNING = "running"
    PAUSED = "paused"
    BUDGET = "budget"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_active(self) -> bool:
        """Whether a process works on it, or is about to."""
        return self in {TrainingState.INITIALIZING, TrainingState.RUNNING}

    @property
    def is_resumable(self) -> bool:
        """Whether it rests and can go on from where it was."""
        return self in _RESTING


_RESTING = {
    TrainingState.PAUSED,
    TrainingState.BUDGET,
    TrainingState.FAILED,
    TrainingState.CANCELLED,
}
_GOING = {TrainingState.QUEUED, TrainingState.INITIALIZING, TrainingState.RUNNING}
WAYS: Mapping[TrainingState, set[TrainingState]] = {
    TrainingState.QUEUED: {*_RESTING, TrainingState.INITIALIZING},
    TrainingState.INITIALIZING: _GOING,
    TrainingState.RUNNING: {TrainingState.INITIALIZING},
    TrainingState.PAUSED: _GOING,
    TrainingState.BUDGET: _GOING,
    TrainingState.FAILED: _GOING,
    TrainingState.CANCELLED: {*_GOING, TrainingState.PAUSED},
    TrainingState.COMPLETED: _GOING,
}
"""From where a way leads to each state."""


class Limits(NamedTuple):
    """What a job may take; None is without end."""

    max_cost_usd: Decimal | None = None
    """Of all jobs of its run together."""
    max_seconds: float | None = None
    """Of its own process, over all attempts."""


class NewJob(NamedTuple):
    """A job to be ordered."""

    work: str
    """What it is; a job of the same work that is not completed goes on instead."""
    role: str
    dataset: str
    base: str
    hyperparameters: Mapping[str, Any]
    price_usd: Decimal
    """For an hour."""
    price_source: str
    estimated_seconds: tuple[float, float] | None = None
    """At least and at most, as far as earlier jobs tell."""
    limits: Limits = Limits()
    webhook_url: str | None = None
    """Who is told when it changes its state."""
    destination: str | None = None
    """Where it is to be worked on, as JSON; None is this machine."""


@dataclass(frozen=True, slots=True)
class TrainingJob:
    """A row of `training_jobs`, with the database's time."""

    id: str
    work: str
    run: str
    role: str
    dataset: str
    base: str
    base_model: str | None
    adapter: str | None
    hyperparameters: Mapping[str, Any]
    state: TrainingState
    phase: str
    attempt: int
    retry_count: int
    retries: Sequence[str]
    """What was changed before each retry."""
    error_kind: str | None
    error_sentence: str | None
    error_where: str | None
    error_hint: str | None
    folder: str | None
    host: str | None
    device: str | None
    slot: int | None
    slot_at: float | None
    destination: str | None
    """Where it is to be worked on, as JSON; None is this machine."""
    place: str | None
    """Where it was brought, as JSON; None when nothing of it is elsewhere."""
    unreachable_since: float | None
    """When the place was last heard, while it does not answer."""
    cleanup: str | None
    """What was cleared away elsewhere, or could not be done there, as a sentence."""
    current_step: int
    total_steps: int | None
    current_epoch: float | None
    loss_tokens: int
    total_loss_tokens: int | None
    loss: float | None
    held_out_loss: float | None
    tokens_per_s: float | None
    step_s: float | None
    eta_s: float | None
    events_read: int
    last_tick: float | None
    heard_at: float | None
    machine_seconds: float
    price_usd: Decimal
    price_source: str
    spent_seconds: float
    """What it took at places where an hour had another price."""
    spent_usd: Decimal
    estimated_seconds_low: float | None
    estimated_seconds_high: float | None
    max_cost_usd: Decimal | None
    max_seconds: float | None
    webhook_url: str | None
    queued_at: float
    started_at: float | None
    completed_at: float | None
    updated_at: float
    now: float

    def cost_of(self, seconds: float) -> Decimal:
        """What it cost when its attempts took so many seconds together."""
        cost = self.spent_usd + self.at_this_price(max(0.0, seconds - self.spent_seconds))
        return cost.quantize(Decimal("0.000001"))

    def at_this_price(self, seconds: float) -> Decimal:
        """What so many seconds cost where it is now, to the millionth of a dollar."""
        cost = self.price_usd * Decimal(str(round(seconds, 3))) / 3600
        return cost.quantize(Decimal("0.000001"))

    @property
    def cost_usd(self) -> Decimal:
        """What all attempts have cost so far."""
        return self.cost_of(self.machine_seconds)


def order_jobs(store: Store, run: str, wanted: Sequence[NewJob]) -> list[str]:
    """Let `run` have these jobs; one of the same work that is known goes on in this run."""

    def change(db: sa.Connection) -> list[str]:
        return [_attach(db, run, job) or _insert(db, run, job) for job in wanted]

    return store.write(change)


def job_named(store: Store, job: str) -> TrainingJob:
    """A job by its name.

    Raises:
        NotFound: when there is none.
    """
    found = jobs_where(store, training_jobs.c.id == job)
    if not found:
        raise NotFound(
            f"there is no training job called {job[:100]}",
            hint="`lorewright jobs list` shows what there is",
        )
    return found[0]


def jobs_of_run(store: Store, run: str) -> list[TrainingJob]:
    """The jobs of a run, the adapter's before the control's."""
    return sorted(
        jobs_where(store, training_jobs.c.run == run), key=lambda job: job.role != "tuned"
    )


def newest_jobs(store: Store, *, limit: int | None = 20) -> list[TrainingJob]:
    """The newest jobs first."""
    return jobs_where(store, sa.true(), limit=limit)


def jobs_in(store: Store, *states: TrainingState) -> list[TrainingJob]:
    """Every job that stands so."""
    return jobs_where(store, training_jobs.c.state.in_(states))


def move_job(store: Store, job: str, to: TrainingState, **values: Any) -> bool:
    """Let a job stand as `to`, with what else is to be noted; False when no way leads there.

    At rest a job gives its slot back.
    """
    if to not in {TrainingState.INITIALIZING, TrainingState.RUNNING}:
        values = {"slot": None, "slot_at": None, **values}

    def change(db: sa.Connection) -> bool:
        now = clock(db)
        if to is TrainingState.INITIALIZING:
            values["started_at"] = sa.func.coalesce(training_jobs.c.started_at, now)
        ended = now if to is TrainingState.COMPLETED else None
        is_it = training_jobs.c.id == job
        before = db.scalar(sa.select(training_jobs.c.state).where(is_it))
        changed = db.execute(
            training_jobs.update()
            .where(is_it, training_jobs.c.state.in_(WAYS[to]))
            .values(state=to, updated_at=now, completed_at=ended, **values)
        ).rowcount
        if changed and before != to:
            tell_of(db, job)
        return changed == 1

    return store.write(change)


def note_job(store: Store, job: str, **values: Any) -> None:
    """Write down something about a job that does not change how it stands."""
    store.write(
        lambda db: db.execute(
            training_jobs.update()
            .where(training_jobs.c.id == job)
            .values(updated_at=clock(db), **values)
        )
    )


def price_job(store: Store, job: str, usd_per_hour: Decimal) -> None:
    """Say anew what an hour of a job costs, with all the devices that it takes."""
    note_job(store, job, price_nano_usd=int(usd_per_hour * NANO))


def limit_jobs(store: Store, run: str, limits: Limits) -> None:
    """Say anew what the jobs of a run may take; None leaves a limit as it is."""
    values: dict[str, Any] = {}
    if limits.max_cost_usd is not None:
        values["max_cost_nano_usd"] = int(limits.max_cost_usd * NANO)
    if limits.max_seconds is not None:
        values["max_seconds"] = limits.max_seconds
    if values:
        store.write(
            lambda db: db.execute(
                training_jobs.update().where(training_jobs.c.run == run).values(**values)
            )
        )


def _attach(db: sa.Connection, run: str, job: NewJob) -> str | None:
    """Let a known job of the same work belong to `run`, and wait for its turn."""
    known = _newest(db, training_jobs.c.work == job.work) or _newest(
        # The same job by another version of the code: it begins anew under its name.
        db,
        sa.and_(training_jobs.c.run == run, training_jobs.c.role == job.role),
    )
    if known is None:
        return None
    is_it = training_jobs.c.id == known
    given = {name: value for name, value in _limits(job.limits).items() if value is not None}
    values: dict[str, Any] = {
        "run": run,
        "work": job.work,
        "webhook_url": job.webhook_url,
        **given,
    }
    db.execute(training_jobs.update().where(is_it).values(values))
    _send_elsewhere(db, known, job)
    rested = db.execute(
        training_jobs.update()
        .where(is_it, training_jobs.c.state.in_(_RESTING))
        .values(state=TrainingState.QUEUED, updated_at=clock(db), **_UNSAID)
    ).rowcount
    if rested:
        tell_of(db, known)
    return str(known)


def _send_elsewhere(db: sa.Connection, known: str, job: NewJob) -> None:
    """Let a job that nobody works on go on at another place, and at its price from now on."""
    is_it = training_jobs.c.id == known
    row = db.execute(sa.select(training_jobs).where(is_it)).mappings().one()
    is_at_rest = row["state"] in {TrainingState.QUEUED, *_RESTING}
    if not is_at_rest or row["destination"] == job.destination:
        return
    seconds = row["machine_seconds"] - row["spent_seconds"]
    spent = Decimal(str(round(seconds, 3))) * int(row["price_nano_usd"]) / 3600
    db.execute(
        training_jobs.update()
        .where(is_it)
        .values(
            destination=job.destination,
            price_nano_usd=int(job.price_usd * NANO),
            price_source=job.price_source,
            spent_seconds=row["machine_seconds"],
            spent_nano_usd=int(row["spent_nano_usd"]) + int(spent),
            unreachable_since=None,
        )
    )


def _newest(db: sa.Connection, which: sa.ColumnElement[bool]) -> str | None:
    query = sa.select(training_jobs.c.id).where(which)
    return db.scalar(query.order_by(training_jobs.c.queued_at.desc()).limit(1))


_UNSAID = dict.fromkeys(("error_kind", "error_sentence", "error_where", "error_hint"))


def _insert(db: sa.Connection, run: str, job: NewJob) -> str:
    name = f"{job.role.rpartition('-')[2]}-{secrets.token_hex(4)}"
    low, high = job.estimated_seconds or (None, None)
    db.execute(
        training_jobs.insert().values(
            id=name,
            work=job.work,
            run=run,
            role=job.role,
            dataset=job.dataset,
            base=job.base,
            hyperparameters=json.dumps(dict(job.hyperparameters), sort_keys=True),
            state=TrainingState.QUEUED,
            phase="queue",
            attempt=0,
            retry_count=0,
            retries="[]",
            current_step=0,
            loss_tokens=0,
            events_read=0,
            machine_seconds=0.0,
            price_nano_usd=int(job.price_usd * NANO),
            price_source=job.price_source,
            spent_seconds=0.0,
            spent_nano_usd=0,
            destination=job.destination,
            estimated_seconds_low=low,
            estimated_seconds_high=high,
            queued_at=clock(db),
            updated_at=clock(db),
            webhook_url=job.webhook_url,
            **_limits(job.limits),
        )
    )
    tell_of(db, name)
    return name


def _limits(limits: Limits) -> dict[str, Any]:
    cost = limits.max_cost_usd
    return {
        "max_cost_nano_usd": None if cost is None else int(cost * NANO),
        "max_seconds": limits.max_seconds,
    }


def jobs_where(
    store: Store, which: sa.ColumnElement[bool], *, limit: int | None = None
) -> list[TrainingJob]:
    """The jobs for which `which` holds, the newest first."""
    with store.database.read() as db:
        rows = db.execute(
            sa.select(training_jobs, clock(db).label("now"))
            .where(which)
            .order_by(training_jobs.c.queued_at.desc(), training_jobs.c.id)
            .limit(limit)
        ).mappings()
        return [_job(row) for row in rows]


_AS_THEY_STAND = {one.name for one in fields(TrainingJob)} - {
    "hyperparameters",
    "state",
    "retries",
    "price_usd",
    "spent_usd",
    "max_cost_usd",
}


def _job(row: sa.RowMapping) -> TrainingJob:
    most = row["max_cost_nano_usd"]
    return TrainingJob(
        **{name: row[name] for name in _AS_THEY_STAND},
        hyperparameters=json.loads(row["hyperparameters"]),
        state=TrainingState(row["state"]),
        retries=json.loads(row["retries"]),
        price_usd=Decimal(int(row["price_nano_usd"])) / NANO,
        spent_usd=Decimal(int(row["spent_nano_usd"])) / NANO,
        max_cost_usd=None if most is None else Decimal(int(most)) / NANO,
    )
