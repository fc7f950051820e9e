"""Batches of calls that were handed over to a provider, and what they hold."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of batches."""
    op.create_table(
        "call_batches",
        sa.Column("mark", sa.String(32), primary_key=True),
        sa.Column("known_as", sa.Text),
        sa.Column("calls", sa.Integer, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_table(
        "batched_calls",
        sa.Column("key", sa.LargeBinary(32), primary_key=True),
        sa.Column("batch", sa.String(32), sa.ForeignKey("call_batches.mark"), nullable=False),
    )
    op.create_index("batched_calls_by_batch", "batched_calls", ["batch"])
