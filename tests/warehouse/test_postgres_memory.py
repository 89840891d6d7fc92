"""What PostgreSQL sends stays within bounds in this process, whatever it is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from nba_mcp_synthesis.errors import LimitExceeded
from nba_mcp_synthesis.warehouse.limits import Limits
from nba_mcp_synthesis.warehouse.opening import queries_of
from nba_mcp_synthesis.warehouse.postgres_engine import PostgresWarehouse
from nba_mcp_synthesis.warehouse.untrusted import UntrustedQueries

MEGABYTE = "repeat(repeat('x', 1000), 1000)"
HUGE = f"(SELECT string_agg({MEGABYTE} || g, '') FROM generate_series(1, 150) AS g)"
FAR_TOO_LARGE = {
    "rows that grow": f"SELECT CASE WHEN g > 9 THEN {MEGABYTE} END FROM generate_series(1, 9999) AS g",
    "one value": f"SELECT {HUGE} AS v",
    "several values in a row": f"WITH h AS (SELECT {HUGE} AS v) SELECT v, v || 'a', upper(v) FROM h",
    "an array": f"SELECT array_agg({MEGABYTE} || g) FROM generate_series(1, 150) AS g",
    "JSON": f"SELECT json_agg({MEGABYTE} || g) FROM generate_series(1, 100) AS g",
    "numbers of many digits": "SELECT " + ", ".join(f"1e131000::numeric AS n{n}" for n in range(300)),
    "the text of an error": f"SELECT {HUGE}::integer",
    "a table as one value": "SELECT json_agg(p) FROM players AS p, generate_series(1, 100000)",
}
# What 28 MB at most on the line may come to here.
MOST_MB = 100


@pytest.fixture
def warehouse(small_postgres_url: str) -> Iterator[PostgresWarehouse]:
    """A warehouse whose deadline is not what stops these queries."""
    warehouse = PostgresWarehouse(lambda: small_postgres_url, Limits(seconds=60))
    yield warehouse
    warehouse.close()


@pytest.fixture
def untrusted(warehouse: PostgresWarehouse) -> UntrustedQueries:
    """The way of SQL from outside."""
    return queries_of(warehouse)


def peak_mb() -> int:
    """The most memory that this process has had since `forget_peak`."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))


def forget_peak() -> int:
    """The memory of now, from which peaks are counted."""
    Path("/proc/self/clear_refs").write_text("5")
    return peak_mb()


@pytest.mark.parametrize("sql", FAR_TOO_LARGE.values(), ids=FAR_TOO_LARGE)
def test_a_result_that_is_far_too_large_is_refused_before_it_is_held(
    untrusted: UntrustedQueries, warehouse: PostgresWarehouse, sql: str
) -> None:
    """By the door for SQL from outside and by the one for queries of our own; the next caller is served."""
    before = forget_peak()
    with pytest.raises(LimitExceeded, match="far larger than the limit of 4,000,000 bytes"):
        untrusted.run(sql, 10_000)
    with pytest.raises(LimitExceeded, match="far larger than the limit of 4,000,000 bytes"):
        warehouse.query(sql)
    assert peak_mb() - before < MOST_MB
    assert warehouse.query("SELECT 1").rows == ((1,),)


def test_a_plan_that_is_far_too_large_is_refused(untrusted: UntrustedQueries) -> None:
    """The server writes constants into plans."""
    long = "replace(replace(repeat('x', 1000), 'x', repeat('y', 1000)), 'y', '" + "z" * 60 + "')"
    before = forget_peak()
    with pytest.raises(LimitExceeded, match="far larger"):
        untrusted.run(f"EXPLAIN SELECT 1 FROM players WHERE full_name = {long}", 10)
    assert peak_mb() - before < MOST_MB


def test_rows_of_the_largest_size_are_cut_and_not_refused(untrusted: UntrustedQueries) -> None:
    """What fits is here, with the notice that there is more."""
    three = f"WITH one AS (SELECT {MEGABYTE} AS v) SELECT v || v || v FROM one, generate_series(1, 999)"
    found = untrusted.run(three, 10_000)
    assert found.count == 1
    assert "4,000,000 bytes" in found.head.notes[0]


def test_long_statements_and_results_pass_whole(warehouse: PostgresWarehouse) -> None:
    """Longer than what the line takes in one piece, in both directions."""
    text = "".join(f"{n:07d}" for n in range(200_000))
    found = warehouse.query(f"SELECT '{text}' AS v, length('{text}') AS n")
    assert found.rows == ((text, len(text)),)
