"""Durable runs: orders, shards, events and the workers that do them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables of durable runs."""
    op.create_table(
        "work_runs",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("work", sa.String(64), nullable=False),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("wish", sa.String(8), nullable=False),
        sa.Column("ending", sa.String(16)),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("shards", sa.Integer),
        sa.Column("pieces", sa.Integer),
        sa.Column("queued_at", sa.Double, nullable=False),
        sa.Column("started_at", sa.Double),
        sa.Column("done_before", sa.Integer, nullable=False),
        sa.Column("ended_at", sa.Double),
    )
    op.create_table(
        "work_shards",
        sa.Column("run", sa.String(64), sa.ForeignKey("work_runs.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("names", sa.Text, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("worker", sa.String(128)),
        sa.Column("takes", sa.Integer, nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("again", sa.Integer, nullable=False),
        sa.Column("made", sa.Integer, nullable=False),
        sa.Column("rejected", sa.Integer, nullable=False),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("calls", sa.Integer, nullable=False),
        sa.Column("failed_calls", sa.Integer, nullable=False),
        sa.Column("input_tokens", sa.BigInteger, nullable=False),
        sa.Column("output_tokens", sa.BigInteger, nullable=False),
        sa.Column("cost_nano_usd", sa.BigInteger, nullable=False),
        sa.Column("reasons", sa.Text, nullable=False),
    )
    op.create_table(
        "run_events",
        sa.Column("key", KEY, primary_key=True, autoincrement=True),
        sa.Column("run", sa.String(64), sa.ForeignKey("work_runs.id"), nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("event", sa.String(16), nullable=False),
        sa.Column("worker", sa.String(128)),
    )
    op.create_index("ix_run_events_run", "run_events", ["run"])
    op.create_table(
        "workers",
        sa.Column("id", sa.String(128), primary_key=True),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("run", sa.String(64)),
        sa.Column("at", sa.Double, nullable=False),
    )
