"""Results that only a load changes, counted by the loader: the first to ask would wait long."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from nba_mcp_synthesis.facts import Row
from nba_mcp_synthesis.warehouse.cautions import mixed_query
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.limits import Limits
from nba_mcp_synthesis.warehouse.postgres.tables import INTERNAL
from nba_mcp_synthesis.warehouse.postgres.writing import Session
from nba_mcp_synthesis.warehouse.status import coverage_query

# A loader may take its time.
_LIMITS = Limits(seconds=300.0)


def look_up(sql: str, snapshot: str) -> str:
    """A query for what was kept of `sql`: a row with names and rows as JSON, or none."""
    return f"SELECT result FROM {INTERNAL}.kept WHERE query = '{_key(sql, snapshot)}'"


def read(result: str) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """(columns, rows) as they were written."""
    columns, rows = json.loads(result)
    return tuple(columns), tuple(map(tuple, rows))


def counted(path: Path) -> Iterator[tuple[str, str]]:
    """(key, result) of each query whose result is kept for the state that a file is in."""
    warehouse = DuckDBWarehouse(path, _LIMITS)
    try:
        snapshot = warehouse.state().snapshot
        for sql in (coverage_query(warehouse), mixed_query()):
            result = warehouse.read(sql)
            yield _key(sql, snapshot), json.dumps([result.columns, result.rows])
    finally:
        warehouse.close()


def write(session: Session, results: list[tuple[str, str]]) -> None:
    """Keeps these and no others."""
    session.execute(f"DELETE FROM {INTERNAL}.kept".encode())
    with session.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {INTERNAL}.kept VALUES (%s, %s)".encode(), results)


def _key(sql: str, snapshot: str) -> str:
    """A program that asks in other words, or for another state, finds nothing."""
    return hashlib.sha256(f"{snapshot} {sql}".encode()).hexdigest()
