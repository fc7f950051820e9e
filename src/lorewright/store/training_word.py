"""Word of a training job for whoever asked to be told: one message for each change of state."""

import json

import sqlalchemy as sa

from lorewright.store.outbox import post_webhook
from lorewright.store.run_tables import clock
from lorewright.store.training_tables import training_jobs

EVENTS = {
    "queued": "job_queued",
    "initializing": "job_started",
    "paused": "job_paused",
    "budget": "job_out_of_budget",
    "completed": "job_completed",
    "failed": "job_failed",
    "cancelled": "job_cancelled",
}
"""What a message is called, by the state that a job came into; others are not told."""
_TOLD = (
    "run",
    "role",
    "dataset",
    "base",
    "adapter",
    "state",
    "attempt",
    "current_step",
    "total_steps",
    "loss",
    "held_out_loss",
    "error_kind",
    "error_sentence",
)


def tell_of(db: sa.Connection, job: str) -> None:
    """Put a message about how `job` stands now into the outbox, in the transaction `db`.

    Nothing is put there when nobody asked to be told.
    """
    row = (
        db.execute(
            sa.select(training_jobs, clock(db).label("now")).where(training_jobs.c.id == job)
        )
        .mappings()
        .one()
    )
    event = EVENTS.get(row["state"])
    if row["webhook_url"] is None or event is None:
        return
    told = {"event": event, "job_id": job, "at": round(row["now"], 3)}
    told |= {name: row[name] for name in _TOLD}
    post_webhook(db, row["webhook_url"], event, json.dumps(told, ensure_ascii=False))
