"""When a key was used last: which of two keys of one name is still in use."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds a column that older programs leave empty."""
    op.add_column("api_keys", sa.Column("last_used_at", sa.DateTime(timezone=True)))
