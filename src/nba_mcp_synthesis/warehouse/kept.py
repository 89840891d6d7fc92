"""Results that only a load changes, counted by the load: whoever asks first would wait for them."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace

import duckdb

from nba_mcp_synthesis.errors import QueryFailed
from nba_mcp_synthesis.facts import Result, Row
from nba_mcp_synthesis.warehouse import migrations
from nba_mcp_synthesis.warehouse.cautions import mixed_query
from nba_mcp_synthesis.warehouse.status import coverage_query

KEPT = "internal.kept"


def forget(connection: duckdb.DuckDBPyConnection) -> None:
    """Nothing is kept of the state that is being built, until it is counted."""
    connection.execute(f"DELETE FROM {KEPT}")


def write(connection: duckdb.DuckDBPyConnection) -> None:
    """Keeps them for a state that is built. One without them is as good: whoever asks first counts."""
    for key, result in _counted(connection):
        connection.execute(f"INSERT INTO {KEPT} VALUES (?, ?)", [key, result])


def of_file(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """(key, result) of each for the state of a file; counted now where an older version kept nothing."""
    there = "SELECT count(*) FROM duckdb_tables() WHERE schema_name || '.' || table_name = ?"
    if connection.execute(there, [KEPT]).fetchall() == [(0,)]:
        return _counted(connection)
    return connection.execute(f"SELECT query, result FROM {KEPT}").fetchall() or _counted(connection)


def _counted(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    snapshot, results = migrations.info_of(connection, "snapshot"), []
    try:
        for sql in (coverage_query(lambda asked: connection.execute(asked).fetchall()), mixed_query()):
            counted = connection.execute(sql)
            columns = [column[0] for column in counted.description]
            results.append((_key(sql, snapshot), json.dumps([columns, counted.fetchall()])))
    except duckdb.Error as error:
        from structlog import get_logger  # noqa: PLC0415 - who asks by command loads this, and needs no log

        get_logger().warning("nothing is kept of a load", error=str(error).splitlines()[0])
        return []
    return results


def found(read: Callable[[str], Result], sql: str, snapshot: str, table: str = KEPT) -> Result | None:
    """What is kept of a query, by a read of its engine; None where nothing is, as by older versions."""
    try:
        kept = read(f"SELECT result FROM {table} WHERE query = '{_key(sql, snapshot)}'")
    except QueryFailed:
        return None
    return _as_counted(kept, sql) if kept.rows else None


def _as_counted(kept: Result, sql: str) -> Result:
    columns, rows = json.loads(kept.rows[0][0])
    as_rows: tuple[Row, ...] = tuple(map(tuple, rows))
    return replace(kept, columns=tuple(columns), rows=as_rows, sql=sql)


def _key(sql: str, snapshot: str) -> str:
    """A program that asks in other words, or for another state, finds nothing."""
    return hashlib.sha256(f"{snapshot} {sql}".encode()).hexdigest()
