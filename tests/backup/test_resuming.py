"""A restore that was cut short goes on; one that is not right does not switch; what was in use is kept."""

import threading
from collections.abc import Iterator

import pytest

from backup_ground import Key, opened, rows, said_nothing, taken
from nba_mcp_synthesis.errors import BackupsDown
from nba_mcp_synthesis.operations.backup import contents, scratch
from nba_mcp_synthesis.operations.backup.databases import Database
from nba_mcp_synthesis.operations.backup.restoring import Target, restore
from nba_mcp_synthesis.operations.backup.store import BackupStore
from nba_mcp_synthesis.operations.backup.switching import switch
from servers.postgres import programs

pytestmark = pytest.mark.system  # a dozen whole restores
TABLES = 12


class Cut:
    """A store whose line breaks at a byte, and is mended later."""

    def __init__(self, store: BackupStore, until: int) -> None:
        self._store, self.until = store, until

    def read(self, key: str, start: int = 0, size: int | None = None) -> bytes | None:
        """As the store, up to that byte."""
        if start + (size or 0) > self.until:
            raise BackupsDown("The line is cut.")
        return self._store.read(key, start, size)

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


@pytest.fixture
def many(filled: Database) -> Database:
    """The database with a dozen tables more, of 200 kB that cannot be compressed."""
    with filled.server.connected() as session:
        for number in range(TABLES):
            rows_of = f"SELECT n, sha512((n * {number + 7})::text::bytea) FROM generate_series(1, 3000) AS n"
            session.execute(f'CREATE TABLE nba."part {number}" (n, noise) AS {rows_of}'.encode())
            session.execute(f'CREATE INDEX ON nba."part {number}" (n)'.encode())
    return filled


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.98])
def test_a_restore_goes_on_where_it_was_cut(
    many: Database, folder_store: BackupStore, key: Key, share: float
) -> None:
    """Wherever the line breaks: tables that are complete stay, the others come, and all is as it was."""
    before = rows(many)
    made = taken(many, folder_store, key, part_bytes=100_000)
    line = Cut(folder_store, int(made.stored_bytes * share))
    dump = opened(made, folder_store, key)._replace(store=line)  # type: ignore[arg-type]
    target = Target(many.server, f"resumed_{made.id.replace('-', '_').lower()}", programs(), owned=True)
    with pytest.raises(BackupsDown, match="The line is cut"):
        restore(dump, target, said_nothing)
    line.until = made.stored_bytes
    with target.database.connected() as session:
        complete = contents.complete_tables(session, made.contents)
    found = restore(dump, target, said_nothing)
    assert found.resumed == (None if share == 0.0 else "tables")
    assert (len(complete) > 3) is (share > 0.6)
    assert rows(Database("warehouse", target.database)) == before


def test_a_restore_that_ended_between_the_last_stages_goes_on(
    many: Database, folder_store: BackupStore, key: Key
) -> None:
    """Indexes that are there already are not made twice."""
    made = taken(many, folder_store, key)
    target = Target(many.server, f"late_{made.id.replace('-', '_').lower()}", programs())
    restore(opened(made, folder_store, key), target, said_nothing)
    scratch.mark(target.server, target.dbname, restore=made.id, stage="rows")
    assert restore(opened(made, folder_store, key), target, said_nothing).resumed == "rows"


@pytest.fixture
def busy(many: Database) -> Iterator[list[str]]:
    """Somebody who connects again whenever he is thrown out; the list has what he met."""
    met: list[str] = []
    stop = threading.Event()

    def work() -> None:
        from nba_mcp_synthesis.errors import Unavailable  # noqa: PLC0415 - in the thread

        while not stop.is_set():
            try:
                with many.server.connected() as session:
                    while not stop.is_set():
                        session.execute("SELECT count(*) FROM nba.games")
            except Unavailable as error:
                met.append(error.message)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    yield met
    stop.set()
    for thread in threads:
        thread.join()


def test_the_switch_happens_under_load_and_keeps_the_former(
    many: Database, folder_store: BackupStore, key: Key, busy: list[str]
) -> None:
    """Readers are thrown out for a moment, and the former database is still there with what came later."""
    made = taken(many, folder_store, key)
    with many.server.connected() as session:
        session.execute("INSERT INTO nba.empty VALUES (1)")
    target = Target(many.server, f"new_{made.id.replace('-', '_').lower()}", programs(), owned=True)
    restore(opened(made, folder_store, key), target, said_nothing)
    kept = switch(many.server, target.dbname, many.dbname)
    assert kept is not None
    assert busy
    with many.server.connected() as session:
        assert session.execute("SELECT count(*) FROM nba.empty").fetchall() == [(0,)]
    with many.server.at(kept).connected() as session:
        assert session.execute("SELECT count(*) FROM nba.empty").fetchall() == [(1,)]


def test_rights_and_owner_come_back(filled: Database, folder_store: BackupStore, key: Key) -> None:
    """Those of the database itself as well, which no dump of its contents has."""
    role = f"reader_of_{filled.dbname}"
    with filled.server.connected() as session:
        for statement in (
            f"CREATE ROLE {role}",
            f"REVOKE ALL ON DATABASE {filled.dbname} FROM PUBLIC",
            f"GRANT CONNECT ON DATABASE {filled.dbname} TO {role}",
            f"GRANT SELECT ON nba.games TO {role}",
            f"ALTER TABLE nba.empty OWNER TO {role}",
        ):
            session.execute(statement.encode())
        before = contents.properties_of(session)
    made = taken(filled, folder_store, key)
    target = Target(filled.server, f"rights_{filled.dbname}", programs(), owned=True)
    restore(opened(made, folder_store, key), target, said_nothing)
    with target.database.connected() as session:
        assert contents.properties_of(session) == before
        rights = session.execute(f"SELECT has_table_privilege('{role}', 'nba.games', 'SELECT')".encode())
        assert rights.fetchall() == [(True,)]
        owner = session.execute("SELECT tableowner FROM pg_tables WHERE tablename = 'empty'")
        assert owner.fetchall() == [(role,)]
