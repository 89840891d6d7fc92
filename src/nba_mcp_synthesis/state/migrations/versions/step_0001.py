"""Answers with evidence and calls of models, keys, audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _moment() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def _of_answer() -> tuple[sa.Column[str], sa.Column[int], sa.ForeignKeyConstraint]:
    return (
        sa.Column("record", sa.Text, primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True),
        sa.ForeignKeyConstraint(["record"], ["answers.record"], ondelete="CASCADE"),
    )


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "answers",
        sa.Column("record", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("asked_at", _moment(), nullable=False),
        sa.Column("door", sa.Text, nullable=False),
        sa.Column("caller", sa.Text, nullable=False),
        sa.Column("request_id", sa.Text),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("previous", sa.Text),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("confidence", sa.Double, nullable=False),
        sa.Column("cost_usd", sa.Double, nullable=False),
        sa.Column("tokens", sa.Integer, nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("snapshot", sa.Text, nullable=False),
        sa.Column("data_as_of", sa.Text),
        sa.Column("simulated", sa.Boolean, nullable=False),
        sa.Column("cached", sa.Boolean, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
    )
    op.create_index("answers_asked_at", "answers", ["asked_at"])
    op.create_index("answers_id", "answers", ["id"])
    op.create_table(
        "evidence",
        *_of_answer(),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("sql", sa.Text, nullable=False),
        sa.Column("engine", sa.Text, nullable=False),
        sa.Column("columns", sa.JSON, nullable=False),
        sa.Column("row_count", sa.Integer, nullable=False),
        sa.Column("rows_sha256", sa.Text, nullable=False),
    )
    op.create_table(
        "model_calls",
        *_of_answer(),
        sa.Column("called_at", _moment(), nullable=False),
        sa.Column("voice", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("tokens", sa.Integer, nullable=False),
        sa.Column("cost_usd", sa.Double, nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
    )
    op.create_index("model_calls_called_at", "model_calls", ["called_at"])
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("created_at", _moment(), nullable=False),
        sa.Column("expires_at", _moment()),
        sa.Column("revoked_at", _moment()),
    )
    op.create_table(
        "audit_log",
        sa.Column("record", sa.Text, primary_key=True),
        sa.Column("at", _moment(), nullable=False),
        sa.Column("caller", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("request_id", sa.Text),
        sa.Column("rows", sa.Integer),
        sa.Column("cost_usd", sa.Double),
        sa.Column("seconds", sa.Double),
        sa.Column("detail", sa.JSON),
    )
    op.create_index("audit_log_at", "audit_log", ["at"])
