"""The call ledger, and what workers share: allowances per minute and money set aside."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    _calls()
    op.create_table(
        "allowances",
        sa.Column("name", sa.String(128), primary_key=True),
        sa.Column("level", sa.Double, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_table(
        "holdings",
        sa.Column("owner", sa.String(64), primary_key=True),
        sa.Column("run", sa.Text),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )


def _calls() -> None:
    op.create_table(
        "calls",
        sa.Column("number", KEY, primary_key=True, autoincrement=False),
        sa.Column("key", sa.LargeBinary(32), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("language_model", KEY, sa.ForeignKey("records.key"), nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("draw", sa.Integer, nullable=False),
        sa.Column("run", sa.Text),
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
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("seal", sa.LargeBinary(32), nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("text", sa.LargeBinary),
        sa.Column("raw", sa.LargeBinary),
        sa.UniqueConstraint("key", "attempt", name="calls_name"),
    )
    op.create_index("ix_calls_run", "calls", ["run"])
    op.create_table(
        "call_uses",
        sa.Column("call", KEY, sa.ForeignKey("calls.number"), primary_key=True),
        sa.Column("record", KEY, sa.ForeignKey("records.key"), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("call_uses_by_record", "call_uses", ["record"])
