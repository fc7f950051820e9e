"""The tables of training: jobs, what they said, what they left, and word of it for elsewhere.

Times are seconds since 1970 by the database's own clock, money is in billionths of a dollar.
"""

import sqlalchemy as sa

from lorewright.store.run_tables import Seconds
from lorewright.store.tables import Key, metadata

STATES = (
    "queued",
    "initializing",
    "running",
    "paused",
    "budget",
    "completed",
    "failed",
    "cancelled",
)
ARTIFACTS = ("lora_adapter", "merged_model", "checkpoint")
COMPLAINTS = ("error_sentence", "error_where", "error_hint")
"""The columns in which a job says what went wrong, in words."""
DEPLOYMENTS = ("stored", "testing", "production", "archived")


def one_of(column: str, values: tuple[str, ...]) -> str:
    """The condition that a column holds one of these words."""
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"


training_jobs = sa.Table(
    "training_jobs",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    # What it is: two jobs of the same work would make the same adapter.
    sa.Column("work", sa.String(64), nullable=False, index=True),
    sa.Column("run", sa.String(64), sa.ForeignKey("work_runs.id"), nullable=False, index=True),
    sa.Column("role", sa.String(32), nullable=False),
    sa.Column("dataset", sa.String(128), nullable=False),
    sa.Column("base", sa.Text, nullable=False),
    sa.Column("base_model", sa.String(128)),
    sa.Column("adapter", sa.String(128)),
    sa.Column("hyperparameters", sa.Text, nullable=False),
    # How it stands.
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("phase", sa.String(16), nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("retry_count", sa.Integer, nullable=False),
    sa.Column("retries", sa.Text, nullable=False),
    sa.Column("error_kind", sa.String(64)),
    sa.Column("error_sentence", sa.Text),
    sa.Column("error_where", sa.Text),
    sa.Column("error_hint", sa.Text),
    # Where it is worked on.
    sa.Column("folder", sa.Text),
    sa.Column("host", sa.Text),
    sa.Column("device", sa.String(32)),
    sa.Column("slot", sa.Integer),
    sa.Column("slot_at", Seconds),
    # Where it is to be worked on when not here, and where it was brought; both as JSON.
    sa.Column("destination", sa.Text),
    sa.Column("place", sa.Text),
    sa.Column("unreachable_since", Seconds),
    # What was cleared away there, or could not be.
    sa.Column("cleanup", sa.Text),
    # How far it is.
    sa.Column("current_step", sa.Integer, nullable=False),
    sa.Column("total_steps", sa.Integer),
    sa.Column("current_epoch", sa.Double),
    sa.Column("loss_tokens", sa.BigInteger, nullable=False),
    sa.Column("total_loss_tokens", sa.BigInteger),
    sa.Column("loss", sa.Double),
    sa.Column("held_out_loss", sa.Double),
    sa.Column("tokens_per_s", sa.Double),
    sa.Column("step_s", sa.Double),
    sa.Column("eta_s", sa.Double),
    # What it says, and up to where that was read.
    sa.Column("events_read", sa.BigInteger, nullable=False),
    sa.Column("last_tick", sa.Double),
    sa.Column("heard_at", Seconds),
    # What it costs, and may cost.
    sa.Column("machine_seconds", sa.Double, nullable=False),
    sa.Column("price_nano_usd", sa.BigInteger, nullable=False),
    sa.Column("price_source", sa.Text, nullable=False),
    # What it took at places where an hour had another price.
    sa.Column("spent_seconds", sa.Double, nullable=False),
    sa.Column("spent_nano_usd", sa.BigInteger, nullable=False),
    sa.Column("estimated_seconds_low", sa.Double),
    sa.Column("estimated_seconds_high", sa.Double),
    sa.Column("max_cost_nano_usd", sa.BigInteger),
    sa.Column("max_seconds", sa.Double),
    # Who is told when it changes its state.
    sa.Column("webhook_url", sa.Text),
    sa.Column("queued_at", Seconds, nullable=False),
    sa.Column("started_at", Seconds),
    sa.Column("completed_at", Seconds),
    sa.Column("updated_at", Seconds, nullable=False),
    sa.CheckConstraint(one_of("state", STATES), name="training_jobs_state"),
    # A slot is one job's alone; rows without a slot do not count.
    sa.UniqueConstraint("host", "device", "slot", name="training_jobs_slot"),
)

training_metrics_history = sa.Table(
    "training_metrics_history",
    metadata,
    sa.Column("job", sa.String(64), sa.ForeignKey("training_jobs.id"), primary_key=True),
    sa.Column("step", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("epoch", sa.Double),
    sa.Column("loss", sa.Double),
    sa.Column("held_out_loss", sa.Double),
    sa.Column("learning_rate", sa.Double),
    sa.Column("grad_norm", sa.Double),
    sa.Column("loss_tokens", sa.BigInteger),
    sa.Column("tokens_per_s", sa.Double),
    sa.Column("recorded_at", Seconds, nullable=False),
)

model_artifacts = sa.Table(
    "model_artifacts",
    metadata,
    sa.Column("key", Key, primary_key=True, autoincrement=True),
    sa.Column("job", sa.String(64), sa.ForeignKey("training_jobs.id"), nullable=False),
    sa.Column("artifact_type", sa.String(16), nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("bytes", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("step", sa.Integer),
    sa.Column("validation_loss", sa.Double),
    sa.Column("deployment_status", sa.String(16), nullable=False),
    sa.Column("created_at", Seconds, nullable=False),
    sa.CheckConstraint(one_of("artifact_type", ARTIFACTS), name="model_artifacts_type"),
    sa.CheckConstraint(one_of("deployment_status", DEPLOYMENTS), name="model_artifacts_status"),
    sa.UniqueConstraint("job", "artifact_type", "path", name="model_artifacts_name"),
)

webhook_outbox = sa.Table(
    "webhook_outbox",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("event", sa.String(32), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("created_at", Seconds, nullable=False),
    sa.Column("next_try", Seconds, nullable=False),
    sa.Column("delivered_at", Seconds),
    sa.Column("last_error", sa.Text),
    sa.Index("webhook_outbox_due", "delivered_at", "next_try"),
)

webhook_inbox = sa.Table(
    "webhook_inbox",
    metadata,
    # What a message calls itself: heard a second time, it changes nothing.
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("received_at", Seconds, nullable=False, index=True),
)
