"""Which databases a command of backups is about."""

import pytest

from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.operations.backup.databases import chosen


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("nobody", "'nobody' is no database of backups"),
        ("state", "The state is in no PostgreSQL"),
        (None, "The warehouse is in no PostgreSQL"),
    ],
)
def test_a_name_that_is_none_is_told_apart_from_a_database_elsewhere(name: str | None, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        chosen({}, name)
