"""A backup is what the database was at one moment, and nothing else counts as one."""

from backup_ground import Key, taken
from nba_mcp_synthesis.operations.backup.databases import Database
from nba_mcp_synthesis.operations.backup.store import BackupStore


def test_a_backup_is_taken(filled: Database, store: BackupStore, key: Key) -> None:
    """The manifest tells rows."""
    manifest = taken(filled, store, key)
    assert manifest.contents.tables["nba.games"].rows == 5000
