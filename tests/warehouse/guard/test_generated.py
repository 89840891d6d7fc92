"""Ten thousand statements made by chance: nothing forbidden comes in, and what comes in changes nothing."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from nba_mcp_synthesis.warehouse.guard import Gate
from warehouse.guard.statements import Maker
from warehouse.guard.verdicts import refusal

# Half of them with parts that are not allowed, half without, so that most of these run.
STATEMENTS = ((5_000, 0.1), (5_000, 0.0))
STATE = (
    "SELECT name, value FROM duckdb_settings()",
    "SELECT name, value::VARCHAR FROM duckdb_variables()",
    "SELECT name FROM duckdb_prepared_statements()",
    "SELECT database_name, table_name FROM duckdb_tables()",
    "SELECT database_name, view_name FROM duckdb_views() WHERE NOT internal",
    "SELECT database_name, type_name FROM duckdb_types() WHERE NOT internal",
    "SELECT function_name FROM duckdb_functions() WHERE NOT internal",
    "SELECT database_name FROM duckdb_databases()",
    "SELECT count(*) FROM duckdb_logs()",
    "SELECT current_schema()",
)


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[duckdb.DuckDBPyConnection]:
    """A session on a read-only file, as queries get it, with files about that nobody should read."""
    monkeypatch.chdir(tmp_path)
    Path("secret.csv").write_text("k,v\nkey,CANARY\n")
    with duckdb.connect("w.duckdb") as made:
        for table in ("games", "players", '"order"', "app_secrets"):
            made.execute(f"CREATE TABLE {table} AS SELECT i AS id, 'name ' || i AS name FROM range(3) t(i)")
        made.execute("CREATE SEQUENCE tickets")
    connection = duckdb.connect(config={"threads": 1, "memory_limit": "200MB", "temp_directory": ""})
    connection.execute("ATTACH 'w.duckdb' AS nba (READ_ONLY)")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    connection.execute("USE nba")
    yield connection
    connection.close()


def _state(session: duckdb.DuckDBPyConnection) -> list[object]:
    """The session's and the server's state, and the files around."""
    files = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in Path().iterdir()}
    return [*(sorted(session.execute(sql).fetchall(), key=str) for sql in STATE), files]


@pytest.mark.parametrize(("count", "risk"), STATEMENTS)
def test_nothing_comes_in_by_chance(
    gate: Gate, session: duckdb.DuckDBPyConnection, count: int, risk: float
) -> None:
    """Refused if and only if a part is not allowed; what runs leaves files, settings and sessions alone."""
    other = session.cursor()
    other.execute("USE nba")
    before, others_before = _state(session), _state(other)
    accepted = ran = 0
    maker = Maker(seed=count, risk=risk)
    for _ in range(count):
        made = maker.statement()
        error = refusal(gate, made.sql)
        assert made.is_allowed == (error is None), f"{error}\n{made.sql}"
        if error is None:
            accepted += 1
            ran += _runs(session, gate.check(made.sql).sql)
    assert _state(session) == before
    assert _state(other) == others_before
    assert accepted > count / 4
    assert ran > accepted * 0.7


def _runs(session: duckdb.DuckDBPyConnection, sql: str) -> bool:
    """True where it gave rows; chance also makes queries whose types do not fit."""
    told: object = None
    try:
        told = rows = session.execute(sql).fetchmany(1_000)
    except duckdb.Error as error:
        told, rows = error, []
    assert "CANARY" not in str(told)
    return bool(rows)
