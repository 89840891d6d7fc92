"""Random semantic queries against an independent computation, on the demo season and on the real one."""

import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from basketball.stats.asked import Asked, asked
from basketball.stats.oracle import League, RealLeague, answer
from basketball.stats.spaces import DEMO, REAL
from nba_mcp_synthesis.basketball.stats.request import StatRequest
from nba_mcp_synthesis.basketball.stats.stats import Stats
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse

# The first of these may play a whole season before its own work.
pytestmark = pytest.mark.timeout(300)
EXAMPLES = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@pytest.fixture(scope="session")
def league(demo_warehouse: DuckDBWarehouse) -> League:
    """The oracle over the demo season."""
    return League(demo_warehouse.path)


@pytest.fixture(scope="session")
def real_league(real_warehouse: DuckDBWarehouse) -> RealLeague:
    """The oracle over the real season."""
    return RealLeague(real_warehouse.path)


@EXAMPLES
@given(query=asked(DEMO))
def test_the_demo_season_agrees_with_polars(query: Asked, demo: Stats, league: League) -> None:
    """Every row, rank and value of a random query is that of the independent computation."""
    agree(query, demo, league)


@EXAMPLES
@given(query=asked(REAL))
def test_the_real_season_agrees_with_polars(query: Asked, real: Stats, real_league: RealLeague) -> None:
    """Every row, rank and value of a random query is that of the independent computation."""
    agree(query, real, real_league)


def agree(query: Asked, stats: Stats, league: League) -> None:
    """Asserts that both answers are the same."""
    result = stats.ask(StatRequest(**query.words)).result
    expected = answer(query, league)
    assert list(result.columns) == expected.columns
    assert not result.truncated
    ours, theirs = keyed(result.rows, query), keyed(expected.iter_rows(), query)
    assert ours.keys() == theirs.keys()
    for key, values in theirs.items():
        assert all(map(same, ours[key], values)), (key, ours[key], values)
    ranked(result.rows, list(result.columns), query)


def same(ours: float | None, theirs: float | None) -> bool:
    """Equal but for the last bits, which depend on the order of adding."""
    if ours is None or theirs is None:
        return ours is theirs
    return math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-9)


def keyed(rows: Any, query: Asked) -> dict[Any, list[Any]]:
    """Rank and values by dimensions; a sum over no row may be none or nothing."""
    first = 1 if query.limit else 0
    last = first + len(query.by)
    found = {row[first:last]: [*row[:first], *row[last:]] for row in rows}
    return found if query.by else {k: [v or 0 for v in values] for k, values in found.items()}


def ranked(rows: Any, columns: list[str], query: Asked) -> None:
    """Rows come in the order that was asked for."""
    if query.order:
        name, down = query.order[0]
        values = [row[columns.index(name)] for row in rows if row[columns.index(name)] is not None]
        assert values == sorted(values, reverse=down)
