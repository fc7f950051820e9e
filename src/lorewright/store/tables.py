"""The tables: records and their edges, what was made how, blobs, memos, calls, and state.

Names of 32 bytes stand as bytes; `key` numbers keep edges small. Bodies are NULL only under
a tombstone.
"""

import sqlalchemy as sa

metadata = sa.MetaData()


class Bytes(sa.LargeBinary):
    """Bytes as both drivers take and give them; SQLAlchemy would wrap every single value."""

    def bind_processor(self, dialect: sa.Dialect) -> None:
        """Nothing is done on the way in."""

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> None:
        """Nothing is done on the way out."""


Key = sa.BigInteger().with_variant(sa.Integer, "sqlite")

records = sa.Table(
    "records",
    metadata,
    sa.Column("key", Key, primary_key=True, autoincrement=True),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("id", Bytes(32), nullable=False),
    sa.Column("schema", sa.Integer, nullable=False),
    sa.Column("body", Bytes),
    sa.UniqueConstraint("kind", "id", name="records_name"),
)

edges = sa.Table(
    "edges",
    metadata,
    sa.Column("child", Key, sa.ForeignKey("records.key"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("parent", Key, sa.ForeignKey("records.key"), nullable=False),
    sa.Index("edges_by_parent", "parent"),
    sqlite_with_rowid=False,
)

tombstones = sa.Table(
    "tombstones",
    metadata,
    sa.Column("record", Key, sa.ForeignKey("records.key"), primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("seal", sa.String(64), nullable=False),
)

makings = sa.Table(
    "makings",
    metadata,
    sa.Column("key", Key, primary_key=True, autoincrement=True),
    sa.Column("record", Key, sa.ForeignKey("records.key"), nullable=False, index=True),
    sa.Column("step", sa.String(32), nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("seconds", sa.String(32), nullable=False),
    sa.Column("cost_usd", sa.String(32), nullable=False),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("seal", sa.String(64), nullable=False),
)

blobs = sa.Table(
    "blobs",
    metadata,
    sa.Column("sha256", Bytes(32), primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
)

blob_uses = sa.Table(
    "blob_uses",
    metadata,
    sa.Column("record", Key, sa.ForeignKey("records.key"), primary_key=True),
    sa.Column("blob", Bytes(32), sa.ForeignKey("blobs.sha256"), primary_key=True),
    sa.Index("blob_uses_by_blob", "blob"),
)

memos = sa.Table(
    "memos",
    metadata,
    sa.Column("key", Bytes(32), primary_key=True),
    sa.Column("step", sa.String(32), nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("seal", sa.String(64), nullable=False),
)

memo_outputs = sa.Table(
    "memo_outputs",
    metadata,
    sa.Column("memo", Bytes(32), sa.ForeignKey("memos.key"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("record", Key, sa.ForeignKey("records.key"), nullable=False),
    sqlite_with_rowid=False,
)

files = sa.Table(
    "files",
    metadata,
    sa.Column("path", sa.Text, primary_key=True),
    sa.Column("purpose", sa.String(16), nullable=False),
    sa.Column("record", Key, sa.ForeignKey("records.key"), nullable=False, index=True),
    sa.Column("sha256", Bytes(32)),
    sa.Column("at", sa.String(32), nullable=False),
)

aliases = sa.Table(
    "aliases",
    metadata,
    sa.Column("name", sa.String(128), primary_key=True),
    sa.Column("record", Key, sa.ForeignKey("records.key"), nullable=False),
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("key", Key, primary_key=True, autoincrement=True),
    sa.Column("step", sa.String(32), nullable=False),
    sa.Column("started_at", sa.String(32), nullable=False),
    sa.Column("ended_at", sa.String(32)),
    sa.Column("state", sa.String(16), nullable=False),
)

run_items = sa.Table(
    "run_items",
    metadata,
    sa.Column("run", Key, sa.ForeignKey("runs.key"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("outcome", sa.String(16), nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("memo", Bytes(32), sa.ForeignKey("memos.key")),
)

calls = sa.Table(
    "calls",
    metadata,
    # Given out by the ledger, in the order of the commits.
    sa.Column("number", Key, primary_key=True, autoincrement=False),
    sa.Column("key", Bytes(32), nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("language_model", Key, sa.ForeignKey("records.key"), nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("draw", sa.Integer, nullable=False),
    sa.Column("run", sa.Text, index=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("cost", sa.BigInteger, nullable=False),
    sa.Column("seconds", sa.String(32), nullable=False),
    sa.Column("input_tokens", sa.BigInteger, nullable=False),
    sa.Column("output_tokens", sa.BigInteger, nullable=False),
    sa.Column("cache_read_tokens", sa.BigInteger, nullable=False),
    sa.Column("cache_write_tokens", sa.BigInteger, nullable=False),
    sa.Column("characters", sa.BigInteger, nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("stop", sa.String(16)),
    sa.Column("fault", sa.Text),
    sa.Column("answered_by", sa.Text, nullable=False),
    sa.Column("erased_at", sa.String(32)),
    sa.Column("digest", Bytes(32), nullable=False),
    sa.Column("seal", Bytes(32), nullable=False),
    # The words come last: SQLite reads a row from its front, and they may be long.
    sa.Column("error", sa.Text),
    sa.Column("text", Bytes),
    sa.Column("raw", Bytes),
    sa.UniqueConstraint("key", "attempt", name="calls_name"),
)

call_uses = sa.Table(
    "call_uses",
    metadata,
    sa.Column("call", Key, sa.ForeignKey("calls.number"), primary_key=True),
    sa.Column("record", Key, sa.ForeignKey("records.key"), primary_key=True),
    sa.Index("call_uses_by_record", "record"),
    sqlite_with_rowid=False,
)

call_batches = sa.Table(
    "call_batches",
    metadata,
    sa.Column("mark", sa.String(32), primary_key=True),
    # What the provider calls it; unknown until the provider has said that it has it.
    sa.Column("known_as", sa.Text),
    sa.Column("calls", sa.Integer, nullable=False),
    sa.Column("at", sa.Double, nullable=False),
)

batched_calls = sa.Table(
    "batched_calls",
    metadata,
    sa.Column("key", Bytes(32), primary_key=True),
    sa.Column("batch", sa.String(32), sa.ForeignKey("call_batches.mark"), nullable=False),
    sa.Index("batched_calls_by_batch", "batch"),
)

allowances = sa.Table(
    "allowances",
    metadata,
    sa.Column("name", sa.String(128), primary_key=True),
    sa.Column("level", sa.Double, nullable=False),
    sa.Column("at", sa.Double, nullable=False),
)

holdings = sa.Table(
    "holdings",
    metadata,
    sa.Column("owner", sa.String(64), primary_key=True),
    sa.Column("run", sa.Text),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("at", sa.Double, nullable=False),
)
