"""What models were asked and replied, and what replaying an answer needs."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds a table, and columns that older programs leave empty."""
    op.create_table(
        "model_requests",
        sa.Column("record", sa.Text, primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("voice", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("input_tokens", sa.Integer, nullable=False),
        sa.Column("output_tokens", sa.Integer, nullable=False),
        sa.Column("cost_usd", sa.Double, nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("prompt", sa.Text, nullable=False),
        sa.Column("reply", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["record"], ["answers.record"], ondelete="CASCADE"),
    )
    op.add_column("evidence", sa.Column("written_by", sa.Text))
    op.add_column("evidence", sa.Column("rows", sa.JSON))
