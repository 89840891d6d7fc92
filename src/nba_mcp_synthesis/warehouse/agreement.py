"""Contradictions between sources: the same value of the same row, told differently.

Each source is heard with its newest load. Both values are in the finding; which one the tables show is
decided by precedence (merging.py).
"""

import tomllib
from functools import cache
from importlib.resources import files

import duckdb

from nba_mcp_synthesis.schema.tables import Column, Table
from nba_mcp_synthesis.warehouse.layout import merged_tables
from nba_mcp_synthesis.warehouse.merging import comes_whole

NAME = "sources_agree"
ABOUT = "Where several sources give a value of the same row, they give the same."
_NUMBERS = ("integer", "bigint", "double")


@cache
def _tolerances() -> dict[str, dict[str, float | str]]:
    text = files("nba_mcp_synthesis.warehouse").joinpath("tolerances.toml").read_text("utf-8")
    return tomllib.loads(text)


def queries(connection: duckdb.DuckDBPyConnection) -> tuple[str, str] | None:
    """(compared, failing) as checks.toml has them; None where no row has two sources."""
    matched = [table for table in merged_tables() if not comes_whole(table)]
    shared = [table for table in matched if _has_shared_rows(connection, table)]
    if not shared:
        return None
    compared = " UNION ALL ".join(_compared(table) for table in shared)
    failing = " UNION ALL ".join(
        f"({_failing(table, c)})" for table in shared for c in _compared_columns(table)
    )
    return (
        f"SELECT season, season_type, sum(n)::INTEGER AS n FROM ({compared}) GROUP BY ALL",
        failing,
    )


def _compared_columns(table: Table) -> list[Column]:
    tolerances = _tolerances().get(table.name, {})
    return [c for c in table.columns if c.name not in table.key and tolerances.get(c.name) != "any"]


def _has_shared_rows(connection: duckdb.DuckDBPyConnection, table: Table) -> bool:
    several = f"SELECT count(DISTINCT source) FROM {_told(table)}"
    (sources,) = connection.execute(several).fetchall()[0]
    return bool(sources > 1)


def _told(table: Table) -> str:
    return f"(SELECT s.*, h.source FROM staged.{table.name} s JOIN load_history h ON h.load_id = s.load_id)"


def _season(table: Table) -> str:
    return "season, season_type" if table.has_season else "'' AS season, '' AS season_type"


def _compared(table: Table) -> str:
    key = ", ".join(table.key)
    shared = f"SELECT {key} FROM {_told(table)} GROUP BY {key} HAVING count(DISTINCT source) > 1"
    season = _season(table)
    if table.has_season and not {"season", "season_type"} <= set(table.key):
        shared = (
            f"SELECT {key}, any_value(season) AS season, any_value(season_type) AS season_type "
            f"FROM {_told(table)} GROUP BY {key} HAVING count(DISTINCT source) > 1"
        )
    return f"SELECT {season}, count(*) AS n FROM ({shared}) GROUP BY ALL"


def _failing(table: Table, column: Column) -> str:
    key = ", ".join(table.key)
    extra = [c for c in ("season", "season_type") if table.has_season and c not in table.key]
    season = ", ".join([f"any_value({c}) AS {c}" if c in extra else c for c in ("season", "season_type")])
    season = season if table.has_season else "'' AS season, '' AS season_type"
    carried = "".join(f", any_value({c}) AS {c}" for c in extra)
    newest = (
        f"SELECT {key}, source{carried}, arg_max({column.name}, load_id) AS told FROM {_told(table)} "
        f"WHERE {column.name} IS NOT NULL GROUP BY {key}, source"
    )
    return (
        f"SELECT {season}, concat_ws(' ', {key}) || ' {table.name}.{column.name}' AS subject, "
        "string_agg(source || ' says ' || told::VARCHAR, ', ' ORDER BY source) AS detail "
        f"FROM ({newest}) GROUP BY {key} HAVING {_differs(table, column)}"
    )


def _differs(table: Table, column: Column) -> str:
    tolerance = _tolerances().get(table.name, {}).get(column.name, 0)
    if column.type in _NUMBERS:
        return f"max(told) - min(told) > {tolerance}"
    return "count(DISTINCT told) > 1"
