"""Limits of rows and bytes are exact, whatever is looked at to keep them."""

from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nba_mcp_synthesis.errors import LimitExceeded
from nba_mcp_synthesis.facts import Row
from nba_mcp_synthesis.warehouse.fetching import fetch, kinds_of
from nba_mcp_synthesis.warehouse.limits import Limits

# Every kind of value that a column has, with nulls, long and short texts and the longest numbers.
QUERY = """
SELECT n::INTEGER AS whole, n * 4000000000000 AS large, (n / 7)::DOUBLE AS part, n % 2 = 0 AS even,
    CASE WHEN n % 3 > 0 THEN repeat('é', n % 50) END AS name, DATE '2025-10-21' + n::INTEGER AS day,
    TIMESTAMP '2025-10-21 19:30:00.25' + to_hours(n::INTEGER) AS moment, (n / 8)::DECIMAL(18, 3) AS money,
    [n, n + 1] AS pair, CASE WHEN n % 5 = 0 THEN NULL ELSE -1.7976931348623157e308 END AS least
FROM range(1200) AS numbers (n) ORDER BY n
"""


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine."""
    with duckdb.connect() as connection:
        yield connection


def plainly(rows: list[Row], bounds: Limits, skip: int) -> tuple[int, bool]:
    """(how many rows there are, whether a limit cut them), counted value by value."""
    size = 0
    for count, row in enumerate(rows[skip:]):
        size += sum(len(str(value)) for value in row)
        if count == bounds.rows or size > bounds.bytes:
            return count, True
    return len(rows[skip:]), False


@given(
    rows=st.integers(1, 1_300),
    size=st.one_of(st.integers(400, 250_000), st.integers(400, 4_000)),
    skip=st.integers(0, 1_300),
    told=st.booleans(),
)
def test_rows_end_where_counting_each_value_ends_them(
    engine: duckdb.DuckDBPyConnection, rows: int, size: int, skip: int, told: bool
) -> None:
    """With the types of columns and without."""
    bounds = Limits(rows, size)
    whole = engine.execute(QUERY).fetchall()
    cursor = engine.execute(QUERY)
    found, notes = fetch(cursor, bounds, skip, kinds_of(cursor) if told else ())
    count, cut = plainly(whole, bounds, skip)
    assert found == tuple(whole[skip : skip + count])
    assert bool(notes) == cut


@pytest.mark.parametrize("short", [0, 1])
def test_the_limit_is_exact_to_the_byte(engine: duckdb.DuckDBPyConnection, short: int) -> None:
    """All rows fit in their bytes, and not in one byte less."""
    size = sum(len(str(value)) for row in engine.execute(QUERY).fetchall() for value in row)
    cursor = engine.execute(QUERY)
    rows, notes = fetch(cursor, Limits(10_000, size - short), 0, kinds_of(cursor))
    assert (len(rows), len(notes)) == (1_200 - short, short)


def test_one_row_that_is_too_large_is_told(engine: duckdb.DuckDBPyConnection) -> None:
    """There is nothing smaller to give."""
    cursor = engine.execute("SELECT repeat('x', 1001)")
    with pytest.raises(LimitExceeded, match="One row alone"):
        fetch(cursor, Limits(10, 1_000), 0, kinds_of(cursor))
