"""A restore that was cut short goes on; one that is not right does not switch; what was in use is kept."""

import secrets
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from backup_ground import Key, database_at, opened, rows, said_nothing, taken
from nba_mcp_synthesis.errors import BackupsDown
from nba_mcp_synthesis.operations.backup import contents, downloading, restoring, scratch
from nba_mcp_synthesis.operations.backup.databases import Database
from nba_mcp_synthesis.operations.backup.manifest import MANIFEST, Setting
from nba_mcp_synthesis.operations.backup.restoring import Target, restore
from nba_mcp_synthesis.operations.backup.store import BackupStore
from nba_mcp_synthesis.operations.backup.switching import switch
from servers.postgres import PostgresServer, programs

pytestmark = pytest.mark.system  # a dozen whole restores
TABLES = 12


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a line that is cut on purpose."""
    monkeypatch.setattr(downloading, "PAUSES_SECONDS", (0.0,))


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
        session.execute(b'CREATE TABLE nba."part 1 more" AS SELECT 1 AS n')
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


def test_rights_owner_and_settings_come_back(
    postgres_server: PostgresServer, folder_store: BackupStore, key: Key
) -> None:
    """Those of the database itself as well, which no dump of its contents has; and who orders its texts."""
    name = f"rights_{secrets.token_hex(4)}"
    role = f"reader_of_{name}"
    with postgres_server.connect() as admin:
        builtin = "TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
        admin.execute(f"CREATE DATABASE {name} {builtin}".encode())
    database = database_at(postgres_server.url(name))
    with database.server.connected() as session:
        for statement in (
            f"CREATE ROLE {role}",
            "CREATE TABLE games AS SELECT 1 AS n",
            f"REVOKE ALL ON DATABASE {name} FROM PUBLIC",
            f"GRANT CONNECT ON DATABASE {name} TO {role}",
            f"GRANT SELECT ON games TO {role}",
            f"ALTER TABLE games OWNER TO {role}",
            f"ALTER DATABASE {name} CONNECTION LIMIT 7",
            f"ALTER DATABASE {name} SET search_path = '$user', \"odd one\", public",
            f"ALTER DATABASE {name} SET default_transaction_read_only = on",
            f"ALTER ROLE {role} IN DATABASE {name} SET statement_timeout = '7s'",
            f"ALTER DATABASE {name} SET our.secret = 'hunter2'",
            f"ALTER ROLE {role} IN DATABASE {name} SET our.other = 'hunter2'",
        ):
            session.execute(statement.encode())
        before = contents.properties_of(session)
    assert (before.provider, before.locale, before.connection_limit) == ("b", "C.UTF-8", 7)
    assert [one.name for one in before.settings if one.role] == ["statement_timeout"]
    assert {one.name for one in before.settings} >= {"search_path", "default_transaction_read_only"}
    made = taken(database, folder_store, key)
    stored = (folder_store.read(made.key(MANIFEST)) or b"").decode()
    assert "hunter2" not in stored  # it may be a secret, and a manifest is not encrypted
    assert made.note.endswith(f"are not kept: our.secret, our.other of {role}.")
    target = Target(database.server, f"again_{name}", programs(), owned=True)
    again = restore(opened(made, folder_store, key), target, said_nothing)
    assert again.lost == ("our.secret", f"our.other of {role}")
    with target.database.connected() as session:
        assert contents.properties_of(session) == before.model_copy(update={"settings_not_kept": ()})
        rights = session.execute(f"SELECT has_table_privilege('{role}', 'games', 'SELECT')".encode())
        assert rights.fetchall() == [(True,)]
        owner = session.execute("SELECT tableowner FROM pg_tables WHERE tablename = 'games'")
        assert owner.fetchall() == [(role,)]


def test_settings_that_are_refused_are_told(filled: Database, folder_store: BackupStore, key: Key) -> None:
    """The rows are there all the same."""
    made = taken(filled, folder_store, key)
    odd = Setting(role=None, name="no_such_setting", value="7")
    properties = made.properties.model_copy(update={"settings": (odd,)})
    target = Target(filled.server, f"refused_{filled.dbname}", programs(), owned=True)
    dump = opened(made.model_copy(update={"properties": properties}), folder_store, key)
    assert restore(dump, target, said_nothing).lost == ("no_such_setting",)


@pytest.fixture
def with_extension(filled: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The database with an extension that brings a table with a key, as PostGIS does."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "extension"
        place.mkdir()
        (place / "keyed.control").write_text("default_version = '1'\n")
        (place / "keyed--1.sql").write_text("CREATE TABLE keyed (n integer PRIMARY KEY);\n")
        for path in (Path(folder), *Path(folder).rglob("*")):
            path.chmod(0o755)
        monkeypatch.setenv("PGOPTIONS", f"-c extension_control_path={folder}")
        with filled.server.connected() as session:
            session.execute("CREATE EXTENSION keyed")
        yield filled


def test_a_key_of_an_extension_is_not_taken_for_ours(
    with_extension: Database, folder_store: BackupStore, key: Key
) -> None:
    """Indexes and keys are made although there is one already; also where the restore was cut before them."""
    made = taken(with_extension, folder_store, key)
    target = Target(with_extension.server, f"keyed_{with_extension.dbname}", programs())
    dump = opened(made, folder_store, key)
    assert restore(dump, target, said_nothing).rows == 5040
    scratch.drop(target.server, target.dbname)

    def cut(told: str) -> None:
        if told.endswith(": indexes"):
            raise BackupsDown("The line is cut.")

    with pytest.raises(BackupsDown):
        restore(dump, target, cut)
    assert restore(dump, target, said_nothing).resumed == "rows"


def test_lines_of_a_list_are_about_one_table() -> None:
    """A name may begin with another one, and an owner comes after it."""
    names = ["nba part 1", "nba part 1 more", "public games"]
    for name in names:
        assert restoring._table_of(f"3456; 0 16385 TABLE DATA {name} an owner", names) == name
    assert restoring._table_of("3456; 0 16385 TABLE DATA nba part admin", names) is None
    assert restoring._table_of("3456; 1259 16385 TABLE nba part 1 admin", names) is None
