"""Asking the semantic layer, in few words."""

from typing import Any

from nba_mcp_synthesis.basketball.names import Names
from nba_mcp_synthesis.basketball.stats.request import StatRequest
from nba_mcp_synthesis.basketball.stats.stats import StatResult, Stats
from nba_mcp_synthesis.warehouse.cautions import Cautions
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.limits import Limits

Row = tuple[Any, ...]
# Tests compare whole leagues; no limit may cut a result.
WHOLE = Limits(rows=500_000, bytes=500_000_000, seconds=60)


def stats_of(warehouse: DuckDBWarehouse) -> Stats:
    """The semantic layer over any warehouse."""
    names = Names.of(warehouse)
    return Stats(warehouse, lambda: names, Cautions(warehouse))


def ask(stats: Stats, measures: str, by: str = "", **options: Any) -> StatResult:
    """Asks for measures by dimensions, each named with spaces between them."""
    return stats.ask(StatRequest(tuple(measures.split()), tuple(by.split()), **options))


def rows(stats: Stats, measures: str, by: str = "", **options: Any) -> list[Row]:
    """The rows of an answer, all of them."""
    result = ask(stats, measures, by, **options).result
    assert not result.truncated
    return list(result.rows)


def told(stats: Stats, measures: str, by: str, **options: Any) -> dict[Any, Row]:
    """The measures by what they are told by: a name, or a tuple of several."""
    n = len(by.split())
    return {row[0] if n == 1 else row[:n]: row[n:] for row in rows(stats, measures, by, **options)}
