"""What the tests of the contract say to an engine, in its own dialect."""

from nba_mcp_synthesis.warehouse.dialect import written
from nba_mcp_synthesis.warehouse.engine import Warehouse
from nba_mcp_synthesis.warehouse.untrusted import UntrustedQueries

_LONGEST = 10_000  # that one series of Trino may have


def said(warehouse: Warehouse, sql: str) -> str:
    """A statement that DuckDB and PostgreSQL read as it is."""
    return written(sql, warehouse.dialect) if warehouse.dialect in ("trino", "spark") else sql


def series(engine: Warehouse | UntrustedQueries, count: int) -> str:
    """A query for the numbers from 1 to `count`, in a column n."""
    if engine.engine == "spark":
        return f"SELECT id AS n FROM range(1, {count + 1}) AS t(id) ORDER BY id"
    if engine.engine != "athena":
        return f"SELECT * FROM generate_series(1, {count}) AS t(n)"
    if count <= _LONGEST:
        return f"SELECT n FROM UNNEST(SEQUENCE(1, {count})) AS t(n) ORDER BY n"
    return (
        f"SELECT a.n * {_LONGEST} + b.n AS n FROM UNNEST(SEQUENCE(0, {count // _LONGEST})) AS a(n) "
        f"CROSS JOIN UNNEST(SEQUENCE(1, {_LONGEST})) AS b(n) "
        f"WHERE a.n * {_LONGEST} + b.n <= {count} ORDER BY 1"
    )


def endless(warehouse: Warehouse) -> str:
    """A query that nobody lives to see the end of."""
    if warehouse.engine == "athena":
        many = ", ".join(f"UNNEST(SEQUENCE(1, {_LONGEST})) AS t{n}(n)" for n in range(4))
        return f"SELECT count(*) FROM {many}"
    if warehouse.engine == "spark":
        return (
            "SELECT count(*) FROM range(100000000) AS a CROSS JOIN range(100000) AS b WHERE a.id + b.id > 5"
        )
    return "SELECT count(*) FROM generate_series(1, 100000000) AS a(n), generate_series(1, 100000) AS b(m)"


def long_text(engine: Warehouse | UntrustedQueries, length: int) -> str:
    """A text of so many signs; what `repeat` makes in Trino is a list."""
    return f"rpad('', {length}, 'x')" if engine.engine == "athena" else f"repeat('x', {length})"
