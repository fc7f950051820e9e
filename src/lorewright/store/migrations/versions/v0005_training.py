"""Training jobs, what they said step by step, what they left, and the outbox of webhooks."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables of training."""
    _jobs()
    _metrics()
    _artifacts()
    _outbox()
    _inbox()


def _jobs() -> None:
    op.create_table(
        "training_jobs",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("work", sa.String(64), nullable=False),
        sa.Column("run", sa.String(64), sa.ForeignKey("work_runs.id"), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("dataset", sa.String(128), nullable=False),
        sa.Column("base", sa.Text, nullable=False),
        sa.Column("base_model", sa.String(128)),
        sa.Column("adapter", sa.String(128)),
        sa.Column("hyperparameters", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("phase", sa.String(16), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("retry_count", sa.Integer, nullable=False),
        sa.Column("retries", sa.Text, nullable=False),
        sa.Column("error_kind", sa.String(64)),
        sa.Column("error_sentence", sa.Text),
        sa.Column("error_where", sa.Text),
        sa.Column("error_hint", sa.Text),
        sa.Column("folder", sa.Text),
        sa.Column("host", sa.Text),
        sa.Column("device", sa.String(32)),
        sa.Column("slot", sa.Integer),
        sa.Column("slot_at", sa.Double),
        sa.Column("destination", sa.Text),
        sa.Column("place", sa.Text),
        sa.Column("unreachable_since", sa.Double),
        sa.Column("cleanup", sa.Text),
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
        sa.Column("events_read", sa.BigInteger, nullable=False),
        sa.Column("last_tick", sa.Double),
        sa.Column("heard_at", sa.Double),
        sa.Column("machine_seconds", sa.Double, nullable=False),
        sa.Column("price_nano_usd", sa.BigInteger, nullable=False),
        sa.Column("price_source", sa.Text, nullable=False),
        sa.Column("spent_seconds", sa.Double, nullable=False),
        sa.Column("spent_nano_usd", sa.BigInteger, nullable=False),
        sa.Column("estimated_seconds_low", sa.Double),
        sa.Column("estimated_seconds_high", sa.Double),
        sa.Column("max_cost_nano_usd", sa.BigInteger),
        sa.Column("max_seconds", sa.Double),
        sa.Column("webhook_url", sa.Text),
        sa.Column("queued_at", sa.Double, nullable=False),
        sa.Column("started_at", sa.Double),
        sa.Column("completed_at", sa.Double),
        sa.Column("updated_at", sa.Double, nullable=False),
        sa.CheckConstraint(
            "state IN ('queued', 'initializing', 'running', 'paused', 'budget', 'completed', "
            "'failed', 'cancelled')",
            name="training_jobs_state",
        ),
        sa.UniqueConstraint("host", "device", "slot", name="training_jobs_slot"),
    )
    op.create_index("ix_training_jobs_run", "training_jobs", ["run"])
    op.create_index("ix_training_jobs_work", "training_jobs", ["work"])


def _metrics() -> None:
    op.create_table(
        "training_metrics_history",
        sa.Column("job", sa.String(64), sa.ForeignKey("training_jobs.id"), primary_key=True),
        sa.Column("step", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("epoch", sa.Double),
        sa.Column("loss", sa.Double),
        sa.Column("held_out_loss", sa.Double),
        sa.Column("learning_rate", sa.Double),
        sa.Column("grad_norm", sa.Double),
        sa.Column("loss_tokens", sa.BigInteger),
        sa.Column("tokens_per_s", sa.Double),
        sa.Column("recorded_at", sa.Double, nullable=False),
    )


def _artifacts() -> None:
    op.create_table(
        "model_artifacts",
        sa.Column("key", KEY, primary_key=True, autoincrement=True),
        sa.Column("job", sa.String(64), sa.ForeignKey("training_jobs.id"), nullable=False),
        sa.Column("artifact_type", sa.String(16), nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("step", sa.Integer),
        sa.Column("validation_loss", sa.Double),
        sa.Column("deployment_status", sa.String(16), nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.CheckConstraint(
            "artifact_type IN ('lora_adapter', 'merged_model', 'checkpoint')",
            name="model_artifacts_type",
        ),
        sa.CheckConstraint(
            "deployment_status IN ('stored', 'testing', 'production', 'archived')",
            name="model_artifacts_status",
        ),
        sa.UniqueConstraint("job", "artifact_type", "path", name="model_artifacts_name"),
    )


def _outbox() -> None:
    op.create_table(
        "webhook_outbox",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("next_try", sa.Double, nullable=False),
        sa.Column("delivered_at", sa.Double),
        sa.Column("last_error", sa.Text),
    )
    op.create_index("webhook_outbox_due", "webhook_outbox", ["delivered_at", "next_try"])


def _inbox() -> None:
    op.create_table(
        "webhook_inbox",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("received_at", sa.Double, nullable=False),
    )
    op.create_index("ix_webhook_inbox_received_at", "webhook_inbox", ["received_at"])
