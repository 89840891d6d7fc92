"""Two databases are the same if, and only if, their rows are; whatever the names and types of columns."""

import pytest

from backup_ground import Key, opened, rows, said_nothing, taken
from nba_mcp_synthesis.operations.backup import contents
from nba_mcp_synthesis.operations.backup.databases import Database
from nba_mcp_synthesis.operations.backup.manifest import MANIFEST, Contents, parsed
from nba_mcp_synthesis.operations.backup.store import BackupStore
from nba_mcp_synthesis.operations.backup.verifying import verify
from servers.postgres import programs


def held(database: Database) -> Contents:
    """What it holds now."""
    with database.server.connected() as session:
        return contents.contents_of(session)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE nba.letters SET u = 7 WHERE u = 6",  # the column beside one that is named as the alias
        "UPDATE nba.letters SET t = NULL WHERE u = 6",
        "UPDATE nba.teams SET name = CASE team_id WHEN 1 THEN 'Team 2' ELSE 'Team 1' END WHERE team_id < 3",
        "UPDATE nba.games SET tags[2] = 'b' WHERE game_id = '0000000007'",
        "UPDATE nba.games SET nothing = '' WHERE game_id = '0000000007'",
        "UPDATE nba.games SET share = share + 0.0000000001 WHERE game_id = '0000000007'",
        "DELETE FROM nba.letters WHERE u = 3; INSERT INTO nba.letters VALUES ('letter', 4)",
    ],
)
def test_any_other_row_is_seen(filled: Database, change: str) -> None:
    """One value, two that change places, or a row that is there twice instead of another."""
    with filled.server.connected() as session:
        session.execute("ALTER TABLE nba.teams DROP CONSTRAINT teams_name_key")
        before, all_before = held(filled), rows(filled)
        session.execute(change.encode())
    assert rows(filled) != all_before
    (told,) = contents.differences(before, held(filled))
    assert "as it should, and not the same ones" in told


def test_neither_order_nor_dropped_columns_matter(filled: Database) -> None:
    """The same rows, written again in another order into a table whose columns come otherwise."""
    before = held(filled)
    with filled.server.connected() as session:
        for statement in (
            "CREATE TABLE nba.again (gone integer, u integer, t text)",
            "ALTER TABLE nba.again DROP COLUMN gone",
            "INSERT INTO nba.again SELECT u, t FROM nba.letters ORDER BY u DESC",
            "DROP TABLE nba.letters",
            "ALTER TABLE nba.again RENAME TO letters",
        ):
            session.execute(statement.encode())
    assert contents.differences(before, held(filled)) == []


def test_a_table_without_columns_is_counted(filled: Database) -> None:
    """PostgreSQL has such tables, and they have rows."""
    with filled.server.connected() as session:
        session.execute("CREATE TABLE nba.bare ()")
        session.execute("INSERT INTO nba.bare DEFAULT VALUES")
    assert held(filled).tables["nba.bare"].rows == 1


def test_backups_of_the_format_before_are_proven_by_their_digests(
    filled: Database, folder_store: BackupStore, key: Key
) -> None:
    """Their manifests have the hash of each row's text, and rows of materialized views."""
    made = taken(filled, folder_store, key)
    with filled.server.connected() as session:
        old = contents.contents_of(session, "row")
    assert "nba.totals" in old.tables
    assert "nba.totals" not in made.contents.tables
    former = made.model_copy(update={"format": 1, "contents": old})
    written = former.model_dump_json(exclude={"contents": {"digest"}}).encode()
    folder_store.write(made.key(MANIFEST), written)
    read = parsed(written, made.key(MANIFEST))
    assert (read.format, read.contents.digest, made.format, made.contents.digest) == (1, "row", 2, "columns")
    found = verify(opened(read, folder_store, key), filled.server, programs(), said_nothing)
    assert found.rows == 5040 + 30
