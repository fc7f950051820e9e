"""What other machines report about jobs that they work on, written down once for each message."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from lorewright.store.record_store import Store
from lorewright.store.run_tables import clock
from lorewright.store.training_jobs import WAYS, TrainingState
from lorewright.store.training_metrics import Metrics, put_steps
from lorewright.store.training_tables import training_jobs, webhook_inbox
from lorewright.store.training_word import tell_of


class Hearing(StrEnum):
    """What became of a report."""

    NOTED = "noted"
    AGAIN = "again"
    """The same message was heard before."""
    UNKNOWN = "unknown"
    """There is no such job."""
    HERE = "here"
    """The job is worked on by this machine, which knows better."""
    OVER = "over"
    """The job is not being worked on."""


@dataclass(frozen=True, slots=True)
class Reported:
    """What a report says of a job."""

    message: str
    """What the message calls itself, at most 64 characters."""
    job: str
    step: Metrics | None = None
    values: dict[str, Any] = field(default_factory=dict[str, Any])
    """Columns of the job that it is as much as asked to change."""
    state: TrainingState | None = None
    """The state that the job should come into, when it has changed."""


def note_report(store: Store, report: Reported, *, keep_s: float) -> Hearing:
    """Write down a report, in one transaction with the name of its message.

    A report that came late never takes a job back: its step is noted, how far the job is stays.

    Args:
        store: where the job is.
        report: what was said.
        keep_s: how long the names of messages are kept.
    """

    def change(db: sa.Connection) -> Hearing:
        now = float(db.scalars(sa.select(clock(db))).one())
        db.execute(webhook_inbox.delete().where(webhook_inbox.c.received_at < now - keep_s))
        if db.scalar(sa.select(webhook_inbox.c.id).where(webhook_inbox.c.id == report.message)):
            return Hearing.AGAIN
        is_it = training_jobs.c.id == report.job
        job = db.execute(sa.select(training_jobs).where(is_it)).mappings().one_or_none()
        if job is None:
            return Hearing.UNKNOWN
        if not is_elsewhere(job["device"]):
            return Hearing.HERE
        if not TrainingState(job["state"]).is_active:
            return Hearing.OVER
        db.execute(webhook_inbox.insert().values(id=report.message, received_at=now))
        _note(db, job, report, now)
        return Hearing.NOTED

    return store.write(change)


def is_elsewhere(device: str | None) -> bool:
    """Whether a device is of another machine: its name says how it is reached, then which."""
    return device is not None and device.partition(":")[0] in {"ssh", "sky", "worker"}


def _note(db: sa.Connection, job: sa.RowMapping, report: Reported, now: float) -> None:
    is_it = training_jobs.c.id == report.job
    if report.step is not None:
        put_steps(db, [{"job": report.job, **report.step._asdict()}])
    is_news = report.step is None or report.step.step >= job["current_step"]
    values = dict(report.values) if is_news else {}
    to = report.state
    moves = to is not None and to != job["state"] and job["state"] in WAYS[to]
    if moves:
        values["state"] = to
        if not TrainingState(str(to)).is_active:
            values |= {"slot": None, "slot_at": None}
    db.execute(training_jobs.update().where(is_it).values(heard_at=now, updated_at=now, **values))
    if moves:
        tell_of(db, report.job)
