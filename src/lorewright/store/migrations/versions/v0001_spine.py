"""The spine: records, edges, tombstones, makings, blobs, memos and state."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    _facts()
    _blobs_and_memos()
    _state()


def _facts() -> None:
    op.create_table(
        "records",
        sa.Column("key", KEY, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("id", sa.LargeBinary(32), nullable=False),
        sa.Column("schema", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary),
        sa.UniqueConstraint("kind", "id", name="records_name"),
    )
    op.create_table(
        "edges",
        sa.Column("child", KEY, sa.ForeignKey("records.key"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("parent", KEY, sa.ForeignKey("records.key"), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("edges_by_parent", "edges", ["parent"])
    op.create_table(
        "tombstones",
        sa.Column("record", KEY, sa.ForeignKey("records.key"), primary_key=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
    )
    op.create_table(
        "makings",
        sa.Column("key", KEY, primary_key=True, autoincrement=True),
        sa.Column("record", KEY, sa.ForeignKey("records.key"), nullable=False),
        sa.Column("step", sa.String(32), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("seconds", sa.String(32), nullable=False),
        sa.Column("cost_usd", sa.String(32), nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
    )
    op.create_index("ix_makings_record", "makings", ["record"])


def _blobs_and_memos() -> None:
    op.create_table(
        "blobs",
        sa.Column("sha256", sa.LargeBinary(32), primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "blob_uses",
        sa.Column("record", KEY, sa.ForeignKey("records.key"), primary_key=True),
        sa.Column("blob", sa.LargeBinary(32), sa.ForeignKey("blobs.sha256"), primary_key=True),
    )
    op.create_index("blob_uses_by_blob", "blob_uses", ["blob"])
    op.create_table(
        "memos",
        sa.Column("key", sa.LargeBinary(32), primary_key=True),
        sa.Column("step", sa.String(32), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
    )
    op.create_table(
        "memo_outputs",
        sa.Column("memo", sa.LargeBinary(32), sa.ForeignKey("memos.key"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("record", KEY, sa.ForeignKey("records.key"), nullable=False),
        sqlite_with_rowid=False,
    )


def _state() -> None:
    op.create_table(
        "files",
        sa.Column("path", sa.Text, primary_key=True),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("record", KEY, sa.ForeignKey("records.key"), nullable=False),
        sa.Column("sha256", sa.LargeBinary(32)),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_index("ix_files_record", "files", ["record"])
    op.create_table(
        "aliases",
        sa.Column("name", sa.String(128), primary_key=True),
        sa.Column("record", KEY, sa.ForeignKey("records.key"), nullable=False),
    )
    op.create_table(
        "runs",
        sa.Column("key", KEY, primary_key=True, autoincrement=True),
        sa.Column("step", sa.String(32), nullable=False),
        sa.Column("started_at", sa.String(32), nullable=False),
        sa.Column("ended_at", sa.String(32)),
        sa.Column("state", sa.String(16), nullable=False),
    )
    op.create_table(
        "run_items",
        sa.Column("run", KEY, sa.ForeignKey("runs.key"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("memo", sa.LargeBinary(32), sa.ForeignKey("memos.key")),
    )
