"""Values on their way through a worker are those of the engine in the process, as JSON has them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from nba_mcp_synthesis.schema.tables import tables, views
from nba_mcp_synthesis.shapes import json_rows
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.limits import Limits
from nba_mcp_synthesis.warehouse.workers.pool import WorkerPool

VALUES = [
    "NULL",
    "true",
    "-1::TINYINT",
    "42",
    "9007199254740991::BIGINT",
    "9007199254740992::BIGINT",
    "-9007199254740992::BIGINT",
    "170141183460469231731687303715884105727::HUGEINT",
    "18446744073709551615::UBIGINT",
    "0.1::DOUBLE",
    "0.1::FLOAT",
    "1e300",
    "-0.0::DOUBLE",
    "'nan'::DOUBLE",
    "'inf'::DOUBLE",
    "'-inf'::FLOAT",
    "28.70::DECIMAL(10,2)",
    "123456789012345.6789::DECIMAL(19,4)",
    "DATE '2026-04-10'",
    "DATE '0001-01-01'",
    "DATE '9999-12-31'",
    "'infinity'::DATE",
    "TIMESTAMP '2026-04-10 23:30:00.123456'",
    "TIMESTAMP '0044-03-15 12:00:00'",
    "TIMESTAMPTZ '2026-04-10 23:30:00+02'",
    "TIMESTAMP_S '2026-04-10 23:30:00'",
    "TIME '23:30:00'",
    "INTERVAL '1 day 2 hours'",
    "'Dončić „x“ \\ / \u2028 🏀'",
    "''",
    "'\\x00\\xFF'::BLOB",
    "'101'::BIT",
    "uuid '5b2b2f6e-0000-4000-8000-000000000000'",
    "[1, NULL, 9007199254740993]",
    "['nan'::DOUBLE, 1.5]",
    "[1, 2, 3]::INTEGER[3]",
    "{'a': 1.5::DECIMAL(4,1), 'b': [DATE '2026-01-01'], 'c': {'d': 'x'}}",
    "MAP {'k': 1, 'l': 2}",
    "MAP {1: [2]}",
    "'b'::ENUM('a', 'b')",
    "'{\"a\": [1, null]}'::JSON",
    "union_value(n := 2)",
    "row(1, 'x')",
]


@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_the_same_through_a_worker(
    small_warehouse: DuckDBWarehouse, shared: WorkerPool, value: str
) -> None:
    """Beside other columns, among NULLs, and alone."""
    sql = f"SELECT {value} AS v, 1 AS n, 'é' AS t UNION ALL SELECT NULL, 2, NULL"
    expected = small_warehouse.query(sql)
    found = shared.run(sql, Limits())
    assert found.columns == expected.columns
    assert json.loads(found.text, parse_constant=pytest.fail) == json_rows(expected.rows)


def test_all_values_at_once_are_the_same(small_warehouse: DuckDBWarehouse, shared: WorkerPool) -> None:
    """Columns are told apart by their types, in more than one chunk of rows."""
    sql = f"SELECT {', '.join(VALUES)}, range FROM range(3000)"
    expected = json_rows(small_warehouse.query(sql, Limits(bytes=50_000_000)).rows)
    assert json.loads(shared.run(sql, Limits(bytes=50_000_000)).text) == expected


def test_every_served_table_is_the_same(
    small_warehouse: DuckDBWarehouse, pools: Callable[[Path], WorkerPool]
) -> None:
    """Tables and views, all columns."""
    pool = pools(small_warehouse.path)
    for name in (*tables(), *views()):
        sql = f"SELECT * FROM {name} ORDER BY ALL LIMIT 50"
        found = pool.run(sql, Limits())
        assert json.loads(found.text) == json_rows(small_warehouse.query(sql).rows), name
