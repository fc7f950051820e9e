"""The tables of durable runs: what was ordered, its shards, who works on it, what happened.

Times are seconds of the database's own clock, so that processes on several machines can be
compared.
"""

import sqlalchemy as sa

from lorewright.store.tables import Key, metadata

Seconds: sa.Double[float] = sa.Double()

work_runs = sa.Table(
    "work_runs",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("work", sa.String(64), nullable=False),
    sa.Column("request", sa.Text, nullable=False),
    sa.Column("wish", sa.String(8), nullable=False),
    sa.Column("ending", sa.String(16)),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("shards", sa.Integer),
    sa.Column("pieces", sa.Integer),
    sa.Column("queued_at", Seconds, nullable=False),
    sa.Column("started_at", Seconds),
    sa.Column("done_before", sa.Integer, nullable=False),
    sa.Column("ended_at", Seconds),
)

work_shards = sa.Table(
    "work_shards",
    metadata,
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

run_events = sa.Table(
    "run_events",
    metadata,
    sa.Column("key", Key, primary_key=True, autoincrement=True),
    sa.Column("run", sa.String(64), sa.ForeignKey("work_runs.id"), nullable=False, index=True),
    sa.Column("at", Seconds, nullable=False),
    sa.Column("event", sa.String(16), nullable=False),
    sa.Column("worker", sa.String(128)),
)

workers = sa.Table(
    "workers",
    metadata,
    sa.Column("id", sa.String(128), primary_key=True),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("run", sa.String(64)),
    sa.Column("at", Seconds, nullable=False),
)


def clock(db: sa.Connection) -> sa.ColumnElement[float]:
    """The database's own time, in seconds since 1970."""
    if db.dialect.name == "sqlite":
        return sa.literal_column("((julianday('now') - 2440587.5) * 86400.0)", sa.Double())
    return sa.cast(sa.extract("epoch", sa.func.clock_timestamp()), sa.Double())


def is_left() -> sa.ColumnElement[bool]:
    """Whether a shard is neither done nor failed."""
    return work_shards.c.state.not_in(("done", "failed"))
