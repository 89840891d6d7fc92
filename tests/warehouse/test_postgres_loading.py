"""Loading into PostgreSQL: all or nothing, once however often, and without a file of its own."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import psycopg
import pytest
from typer.testing import CliRunner

from nba_mcp_synthesis.cli import app
from nba_mcp_synthesis.errors import Busy, SourceError, UsageError, WarehouseOutdated
from nba_mcp_synthesis.schema.tables import tables, views
from nba_mcp_synthesis.sources.door import find_files
from nba_mcp_synthesis.warehouse import layout
from nba_mcp_synthesis.warehouse.cautions import mixed_query
from nba_mcp_synthesis.warehouse.loading import load_files
from nba_mcp_synthesis.warehouse.postgres.loading import migrate as bring_up
from nba_mcp_synthesis.warehouse.postgres.loading import workshop
from nba_mcp_synthesis.warehouse.postgres.migrating import migrate
from nba_mcp_synthesis.warehouse.postgres.roles import make_roles
from nba_mcp_synthesis.warehouse.postgres.writing import writing
from nba_mcp_synthesis.warehouse.postgres_engine import PostgresWarehouse
from nba_mcp_synthesis.warehouse.status import coverage_query
from servers.leagues import load_small
from servers.postgres import PostgresServer
from small_league import GAMES_CSV

# Of every table: how many rows, what they hold, and where they lie.
_CONTENT = "SELECT md5(string_agg(t::text, E'\\n' ORDER BY t::text)), min(xmin::text) FROM nba.{} AS t"
KILLED = """
import os, sys
from pathlib import Path
import small_league
from nba_mcp_synthesis.warehouse.postgres import publishing
from nba_mcp_synthesis.warehouse.postgres.loading import workshop
publish, steps = publishing._publish, []
def stop(*arguments):
    publish(*arguments)
    steps.append(1)
    if len(steps) == int(sys.argv[3]):
        print("now", flush=True)
        sys.stdin.read()
publishing._publish = stop
with workshop(lambda: sys.argv[1], Path(sys.argv[2])) as path:
    small_league.build(path)
"""

KILLED_MIGRATING = """
import sys
from nba_mcp_synthesis.warehouse.postgres import migrating, tables
from nba_mcp_synthesis.warehouse.postgres.writing import Session
made = tables.statements
def some(collation):
    for n, statement in enumerate(made(collation)):
        if n == int(sys.argv[2]):
            print("now", flush=True)
            sys.stdin.read()
        yield statement
tables.statements = some
tables.digest = lambda: "another"
migrating.migrate(lambda: sys.argv[1])
"""


@pytest.fixture
def url(postgres_server: PostgresServer) -> str:
    """The address of an empty database."""
    return postgres_server.url(postgres_server.create_database()) + "?sslmode=disable"


def content(url: str) -> dict[str, tuple[object, ...]]:
    """What each table holds, and the oldest change in it."""
    with psycopg.connect(url) as connection:
        return {name: connection.execute(_CONTENT.format(name).encode()).fetchall()[0] for name in tables()}


def games_file(folder: Path, *results: tuple[str, int, int]) -> Path:
    """A games.csv of 2025-26."""
    folder.mkdir(exist_ok=True)
    file = folder / "games.csv"
    rows = [
        f"00225{id_},2025-11-0{n},LAL,BOS,{home},{away},{'W' if home > away else 'L'},0.5,0.4,0.5,0.4"
        for n, (id_, home, away) in enumerate(results, start=1)
    ]
    file.write_text(GAMES_CSV + "\n".join(rows) + "\n")
    return file


def load(url: str, home: Path, *paths: Path) -> None:
    """Loads files into the database."""
    with workshop(lambda: url, home) as path:
        load_files(path, find_files(list(paths), "2025-26"))


def test_loading_twice_changes_nothing(url: str, tmp_path: Path) -> None:
    """The same file again: not one row is written anew, except in the records of loads and checks."""
    file = games_file(tmp_path / "data", ("00001", 110, 100), ("00002", 95, 101))
    load(url, tmp_path, file)
    before = content(url)
    load(url, tmp_path, file)
    after = content(url)
    records = ("quality_results", "quality_history", "load_history", "teams")
    assert {n: v for n, v in after.items() if n not in records} == {
        n: v for n, v in before.items() if n not in records
    }


def test_only_what_changed_is_written(url: str, tmp_path: Path) -> None:
    """A file of another season leaves the rows of the first where they are."""
    load(url, tmp_path, games_file(tmp_path / "one", ("00001", 110, 100)))
    query = "SELECT season, xmin::text FROM nba.games ORDER BY 1"
    with psycopg.connect(url) as connection:
        (before,) = connection.execute(query.encode()).fetchall()
    other = games_file(tmp_path / "other", ("00001", 90, 100))
    other.write_text(other.read_text().replace("0022500001", "0022400001").replace("2025-11", "2024-11"))
    with workshop(lambda: url, tmp_path) as path:
        load_files(path, find_files([other], "2024-25"))
    with psycopg.connect(url) as connection:
        (added, kept) = connection.execute(query.encode()).fetchall()
    assert kept == before
    assert added[0] == "2024-25"


def test_the_workshop_may_be_lost(url: str, tmp_path: Path) -> None:
    """A load from another machine goes on where the first one ended, corrections of files included."""
    first = games_file(tmp_path / "data", ("00001", 110, 100), ("00002", 95, 101))
    load(url, tmp_path / "one", first)
    games_file(tmp_path / "data", ("00001", 111, 100))
    load(url, tmp_path / "two", first)
    warehouse = PostgresWarehouse(lambda: url)
    assert warehouse.query("SELECT game_id, home_pts FROM games ORDER BY 1").rows == (("0022500001", 111),)
    found = warehouse.query("SELECT status, count(*) FROM load_history GROUP BY 1 ORDER BY 1").rows
    assert found == (("loaded", 1), ("replaced", 1))
    # the first machine's file is of the state before: it is not added to
    load(url, tmp_path / "one", games_file(tmp_path / "data", ("00001", 112, 100)))
    assert warehouse.query("SELECT home_pts FROM games").rows == ((112,),)
    warehouse.close()


def test_a_fetched_file_holds_what_the_loaded_one_held(url: str, tmp_path: Path) -> None:
    """Every table, empty texts, nulls and doubles included."""
    load_small(url, tmp_path / "one")
    before = content(url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("TRUNCATE nba_internal.parts")
    with workshop(lambda: url, tmp_path / "two"):
        pass  # nothing was loaded, and what is there is published whole
    assert {n: v[0] for n, v in content(url).items()} == {n: v[0] for n, v in before.items()}


def test_text_that_postgresql_cannot_keep_is_told_by_column(url: str, tmp_path: Path) -> None:
    """DuckDB keeps the character NUL; nothing of such a load is there."""
    load_small(url, tmp_path)
    before = content(url)
    with (
        pytest.raises(SourceError, match=r"players has the character NUL in full_name \(4 rows\)"),
        workshop(lambda: url, tmp_path) as path,
        duckdb.connect(str(path)) as file,
    ):
        file.execute("UPDATE players SET full_name = full_name || chr(0)")
    assert content(url) == before


@pytest.mark.parametrize("tables_written", [1, 6, 12])
def test_a_killed_load_leaves_the_old_state(url: str, tmp_path: Path, tables_written: int) -> None:
    """`kill -9` in the middle: readers had, and have, the old state, and the next load works."""
    load(url, tmp_path, games_file(tmp_path / "data", ("00001", 110, 100)))
    before = content(url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE nba.load_history SET simulated = true")  # the small league may come
        connection.execute("UPDATE nba_internal.parts SET digest = '' WHERE relation = 'nba.load_history'")
    shutil.rmtree(tmp_path / "workshop")
    before = content(url)
    with killed_when_it_says_so(KILLED, url, str(tmp_path), str(tables_written)):
        assert content(url) == before
    assert content(url) == before
    load_small(url, tmp_path)
    assert PostgresWarehouse(lambda: url).query("SELECT count(*) FROM games").rows == ((3,),)


@pytest.mark.parametrize("statements", [2, 30, 200])
def test_a_killed_migration_leaves_the_old_tables(url: str, tmp_path: Path, statements: int) -> None:
    """`kill -9` in the middle: readers were served, or told to come back; the next one finishes."""
    load_small(url, tmp_path)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER TABLE nba.games DROP COLUMN periods CASCADE")
    before = content(url)
    with killed_when_it_says_so(KILLED_MIGRATING, url, str(statements)), contextlib.suppress(Busy):
        assert PostgresWarehouse(lambda: url).query("SELECT count(*) FROM players").rows == ((4,),)
    assert content(url) == before
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DELETE FROM nba_internal.info WHERE name IN ('tables', 'views')")
    migrate(lambda: url)
    assert PostgresWarehouse(lambda: url).query("SELECT count(periods) FROM games").rows == ((0,),)


@contextlib.contextmanager
def killed_when_it_says_so(program: str, *arguments: str) -> Iterator[None]:
    """Runs a program until it says "now", then the block, and then ends it by SIGKILL."""
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"now\n"
        yield
        process.send_signal(signal.SIGKILL)


def test_the_loader_counts_what_the_first_question_asks(url: str, tmp_path: Path) -> None:
    """The same as counting it here; a program that asks otherwise, and older tables, are counted for."""
    load_small(url, tmp_path)
    warehouse = PostgresWarehouse(lambda: url)
    for query in (coverage_query(lambda sql: warehouse.read(sql).rows), mixed_query()):
        kept, counted = warehouse.counted(query), warehouse.read(query)
        assert (kept.columns, kept.rows, kept.sql) == (counted.columns, counted.rows, counted.sql)
    with psycopg.connect(url, autocommit=True) as admin:
        assert admin.execute("SELECT count(*) FROM nba_internal.kept").fetchall() == [(2,)]
        admin.execute("UPDATE nba_internal.kept SET result = '[[\"n\"], [[7]]]'")
        assert warehouse.counted(query).rows == ((7,),)
        assert warehouse.counted(f"{query} LIMIT 1").rows != ((7,),)
        admin.execute("DROP TABLE nba_internal.kept")
    assert warehouse.counted(query).rows == warehouse.read(query).rows
    warehouse.close()


def test_what_is_kept_outlasts_whoever_publishes_the_lake(url: str, tmp_path: Path) -> None:
    """From a home where nothing was loaded, and from one whose file is of an older version."""
    home = tmp_path / "home"
    load_small(url, home)
    with psycopg.connect(url, autocommit=True) as admin:
        before = admin.execute("SELECT * FROM nba_internal.kept ORDER BY query").fetchall()
        assert len(before) == 2
        with workshop(lambda: url, tmp_path / "another"):
            pass
        assert admin.execute("SELECT * FROM nba_internal.kept ORDER BY query").fetchall() == before
        with workshop(lambda: url, home) as path, duckdb.connect(str(path)) as file:
            file.execute("DROP TABLE internal.kept")
        assert admin.execute("SELECT * FROM nba_internal.kept ORDER BY query").fetchall() == before


def test_a_second_loader_is_told_to_wait(url: str, tmp_path: Path) -> None:
    """Whichever machine it is on."""
    with workshop(lambda: url, tmp_path / "one"), pytest.raises(Busy, match="Another process is loading"):
        load_small(url, tmp_path / "two")


def test_tables_are_made_once_however_many_try(url: str) -> None:
    """Several at the same time, and again afterwards."""
    failed: list[BaseException] = []

    def attempt(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - told to the test below
            failed.append(error)

    threads = [threading.Thread(target=attempt, args=(lambda: migrate(lambda: url),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    migrate(lambda: url)
    assert failed == []


def test_every_table_and_column_has_its_comment(url: str) -> None:
    """The words of tables.toml, for whoever looks with other tools."""
    migrate(lambda: url)
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT relname::text, attname::text, col_description(c.oid, attnum), obj_description(c.oid) "
            "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT attisdropped "
            "WHERE c.relnamespace = 'nba'::regnamespace AND c.relkind IN ('r', 'v')"
        ).fetchall()
    known = {**tables(), **views()}
    told = {(table, column): (comment, about) for table, column, comment, about in rows}
    assert told == {(t.name, c.name): (c.comment, t.comment) for t in known.values() for c in t.columns}


def test_a_table_of_an_older_version_gains_its_columns(url: str, tmp_path: Path) -> None:
    """Rows stay; a layout that is newer than the program's is not touched."""
    load_small(url, tmp_path)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER TABLE nba.games DROP COLUMN periods CASCADE")
        connection.execute("DELETE FROM nba_internal.info WHERE name IN ('tables', 'views')")
    migrate(lambda: url)
    warehouse = PostgresWarehouse(lambda: url)
    assert warehouse.query("SELECT count(*), count(periods) FROM games").rows == ((3, 0),)
    newer = str(layout.LAYOUT_VERSION + 1)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE nba_internal.info SET value = %s WHERE name = 'layout_version'", (newer,))
        connection.execute("DELETE FROM nba_internal.info WHERE name = 'tables'")
    with pytest.raises(WarehouseOutdated, match="newer version"):
        migrate(lambda: url)
    with pytest.raises(WarehouseOutdated, match="newer version"):
        warehouse.query("SELECT 1")
    warehouse.close()


def test_an_older_layout_is_brought_up_with_its_rows(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`data migrate` says so until it ran, and then all rows are there."""
    load_small(url, tmp_path)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE nba_internal.info SET value = '1' WHERE name = 'layout_version'")
    monkeypatch.setenv("NBA_MCP_WAREHOUSE_URL", url)
    warehouse = PostgresWarehouse(lambda: url)
    with pytest.raises(WarehouseOutdated, match="data migrate"):
        warehouse.query("SELECT 1")
    told = CliRunner().invoke(app, ["data", "migrate"], catch_exceptions=False)
    assert "today's layout" in told.output
    assert warehouse.query("SELECT count(*) FROM games").rows == ((3,),)
    warehouse.close()


def test_migrating_what_is_current_waits_for_no_load(url: str, tmp_path: Path) -> None:
    """A pod that starts while another machine loads only looks, and makes no workshop."""
    load_small(url, tmp_path / "one")
    with workshop(lambda: url, tmp_path / "one"):
        bring_up(lambda: url, tmp_path / "two")
    assert not (tmp_path / "two").exists()


def test_real_data_do_not_go_beside_simulated_ones(url: str, tmp_path: Path) -> None:
    """As in a file."""
    load_small(url, tmp_path)
    with pytest.raises(UsageError, match="simulated league"):
        load(url, tmp_path, games_file(tmp_path / "data", ("00001", 110, 100)))


def test_roles_do_what_they_are_for(url: str, postgres_server: PostgresServer, tmp_path: Path) -> None:
    """The reader reads what is served, the loader loads, and making them again changes nothing."""
    for _ in range(2):
        make_roles(lambda: url)
        migrate(lambda: url)
    make_roles(lambda: url)
    database = url.rpartition("/")[2].partition("?")[0]
    with postgres_server.connect() as admin:
        for name in ("loader", "reader"):
            login = f"{database}_{name}"
            admin.execute(f"CREATE ROLE {login} LOGIN PASSWORD 'word' IN ROLE nba_{name}".encode())
    logins = {
        name: postgres_server.url(database, f"{database}_{name}", "word") + "?sslmode=disable"
        for name in ("loader", "reader")
    }
    load_small(logins["loader"], tmp_path)
    reader = PostgresWarehouse(lambda: logins["reader"])
    assert reader.read("SELECT count(*) FROM standings").rows == ((2,),)
    assert reader.read("SELECT count(*) FROM load_history").rows == ((1,),)
    reader.close()
    with psycopg.connect(logins["reader"], autocommit=True) as session:
        for refused in (
            "DELETE FROM nba.games",
            "SELECT * FROM nba_staged.games",
            "CREATE TEMP TABLE t (a int)",
            "CREATE TABLE public.t (a int)",
            "UPDATE nba_internal.info SET value = ''",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute(refused.encode())
    with pytest.raises(SourceError, match="permission denied"), writing(lambda: logins["reader"]) as session:
        session.execute("DELETE FROM nba.games")


def test_the_command_line_works_on_postgresql(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Data load, status and check; query, tables and ask: the same commands as on a file."""
    monkeypatch.setenv("NBA_MCP_WAREHOUSE_URL", url)
    file = games_file(tmp_path / "data", ("00001", 110, 100), ("00002", 95, 101))

    def run(*words: str) -> str:
        done = CliRunner().invoke(app, list(words), catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    assert "has today's layout" in run("data", "migrate")
    loaded = json.loads(run("data", "load", str(file), "--season", "2025-26", "--json"))
    assert loaded["path"].startswith("postgresql://127.0.0.1")
    assert loaded["tables"]["games"] == 2
    assert json.loads(run("data", "status", "--json"))["path"] == loaded["path"]
    run("data", "check")
    found = json.loads(run("query", "SELECT count(*) AS n FROM games", "--json"))
    assert (found["columns"], found["rows"]) == (["n"], [[2]])
    assert {"name": "games", "rows": 2}.items() <= json.loads(run("tables", "--json"))[2].items()
    told = json.loads(run("ask", "what seasons do you have", "--json"))
    assert told["status"] == "answered"
    assert told["evidence"][0]["engine"] == "postgres"
    assert "***@" in run("settings", "--json")
