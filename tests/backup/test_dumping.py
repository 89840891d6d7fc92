"""A backup is what the database was at one moment, and nothing else counts as one."""

from collections.abc import Sequence
from pathlib import Path

from backup_ground import SMALLEST, Key, opened, said_nothing, taken
from nba_mcp_synthesis.operations.backup.databases import Database
from nba_mcp_synthesis.operations.backup.dumping import Taking, create
from nba_mcp_synthesis.operations.backup.listing import listing
from nba_mcp_synthesis.operations.backup.manifest import DUMP, ReferenceAnswer
from nba_mcp_synthesis.operations.backup.restoring import Target, restore
from nba_mcp_synthesis.operations.backup.store import BackupStore
from nba_mcp_synthesis.operations.backup.store_folder import FolderBackups, FolderDraft
from nba_mcp_synthesis.operations.backup.verifying import verify
from servers.postgres import programs


def test_a_backup_is_taken(filled: Database, store: BackupStore, key: Key) -> None:
    """The manifest tells rows."""
    manifest = taken(filled, store, key)
    assert manifest.contents.tables["nba.games"].rows == 5000


def test_a_question_that_breaks_costs_no_backup(
    filled: Database, folder_store: BackupStore, key: Key
) -> None:
    """The dump is whole: it counts, without answers, and says so in its manifest and in the list."""

    def broken(_session: object, _: str | None) -> tuple[Sequence[ReferenceAnswer], str]:
        raise RuntimeError("a password in the text of an error")

    taking = Taking(folder_store, (key.public,), programs(), SMALLEST)
    made = create(filled, taking, broken, said_nothing)
    assert made.reference == ()
    assert made.reference_note == "The reference questions were not answered (RuntimeError)."
    found = listing(folder_store, ("warehouse",), None)
    assert found.dumps[0].counts
    assert found.as_dict()["dumps"][0]["note"] == made.reference_note
    assert found.notes() == [f"warehouse: {made.id}: {made.reference_note}"]


class Written(FolderBackups):
    """A store in front of which somebody writes into the database: after the snapshot, before pg_dump."""

    def __init__(self, folder: Path, database: Database) -> None:
        super().__init__(folder)
        self._database = database

    def begin(self, key: str) -> FolderDraft:
        """See `store.BackupStore`."""
        if key.endswith(DUMP):
            with self._database.server.connected() as session:
                session.execute("INSERT INTO nba.empty VALUES (1)")
        return super().begin(key)


def test_what_is_written_during_a_dump_is_not_in_it(filled: Database, key: Key, tmp_path: Path) -> None:
    """pg_dump reads the snapshot that was counted: the backup verifies, and what came later is not there."""
    store = Written(tmp_path / "backups", filled)
    made = taken(filled, store, key)
    verify(opened(made, store, key), filled.server, programs(), said_nothing)
    assert made.contents.tables["nba.empty"].rows == 0
    with filled.server.connected() as session:
        assert session.execute("SELECT count(*) FROM nba.empty").fetchall() == [(1,)]
    target = Target(filled.server, f"before_{filled.dbname}", programs())
    restore(opened(made, store, key), target, said_nothing)
    with target.database.connected() as session:
        assert session.execute("SELECT count(*) FROM nba.empty").fetchall() == [(0,)]
