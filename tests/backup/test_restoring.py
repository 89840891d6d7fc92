"""What was destroyed comes back as it was, into a database of its own, which then takes the name."""

from backup_ground import Key, opened, rows, said_nothing, taken
from nba_mcp_synthesis.operations.backup.archive import backups
from nba_mcp_synthesis.operations.backup.databases import Database
from nba_mcp_synthesis.operations.backup.restoring import Target, restore
from nba_mcp_synthesis.operations.backup.store import BackupStore
from nba_mcp_synthesis.operations.backup.switching import switch
from nba_mcp_synthesis.operations.backup.verifying import verify
from servers.postgres import programs


def test_what_was_destroyed_comes_back(filled: Database, store: BackupStore, key: Key) -> None:
    """The database is dropped, restored and renamed; every row of every table is there again."""
    before = rows(filled)
    manifest = taken(filled, store, key)
    with filled.server.at("postgres").connected() as session:
        session.execute(f"DROP DATABASE {filled.dbname}".encode())
    target = Target(filled.server, "restored_" + filled.dbname, programs(), owned=True)
    found = restore(opened(manifest, store, key), target, said_nothing)
    assert switch(filled.server, target.dbname, filled.dbname) is None
    assert rows(filled) == before
    assert found.rows == sum(map(len, before.values()))


def test_a_backup_is_verified(filled: Database, store: BackupStore, key: Key) -> None:
    """It is marked as such, and the scratch database is gone."""
    manifest = taken(filled, store, key)
    assert backups(store)[0].verified is None
    verify(opened(manifest, store, key), filled.server, programs(), said_nothing)
    (one,) = backups(store)
    assert one.counts
    assert one.verified
    assert one.verified.rows == 5040
