"""Contradictions between sources: the same value of the same row, told differently.

Each source is heard with its newest load. Both values are in the finding; which one the tables show is
decided by precedence (merging.py).
"""

from importlib.resources import files

import duckdb

from nba_mcp_synthesis.schema.tables import Column, Table
from nba_mcp_synthesis.warehouse import tolerances
from nba_mcp_synthesis.warehouse.layout import merged_tables
from nba_mcp_synthesis.warehouse.merging import comes_whole, has_several_sources

NAME = "sources_agree"
ABOUT = "Where several sources give a value of the same row, they give the same."
# Read where this is imported: a name in the file that is nothing's stops the start, not a load in its middle.
_TOLERANCES = tolerances.parse(
    files("nba_mcp_synthesis.warehouse").joinpath("tolerances.toml").read_text("utf-8")
)


def queries(connection: duckdb.DuckDBPyConnection) -> tuple[str, str] | None:
    """(compared, failing) as checks.toml has them; None where no table has two sources."""
    matched = [table for table in merged_tables() if not comes_whole(table)]
    tables = [table for table in matched if has_several_sources(connection, table)]
    if not tables:
        return None
    shared = " UNION ALL ".join(f"SELECT {_seasons(table)} FROM ({_shared(table)})" for table in tables)
    return (
        f"SELECT season, season_type, count(*)::INTEGER AS n FROM ({shared}) GROUP BY ALL",
        _contradictions(" UNION ALL ".join(_facts(table) for table in tables)),
    )


def _contradictions(facts: str) -> str:
    """A row a value that two sources tell further apart than the less exact of them may be off."""
    return (
        f"WITH facts AS MATERIALIZED ({facts}), doubtful AS ("
        "SELECT DISTINCT a.subject FROM facts a JOIN facts b USING (subject) WHERE a.told_by < b.told_by "
        "AND coalesce(abs(a.value - b.value) > greatest(a.within, b.within), a.told <> b.told)) "
        "SELECT any_value(season) AS season, any_value(season_type) AS season_type, subject, "
        "string_agg(told_by || ' says ' || told, ', ' ORDER BY told_by) AS detail "
        "FROM facts SEMI JOIN doubtful USING (subject) GROUP BY subject"
    )


def _rows(table: Table) -> str:
    sources = "SELECT load_id, source AS told_by FROM load_history"
    return f"(FROM staged.{table.name} JOIN ({sources}) USING (load_id))"


def _seasons(table: Table) -> str:
    return "season, season_type" if table.has_season else "'' AS season, '' AS season_type"


def _shared(table: Table) -> str:
    """Keys of the rows that several sources have, with the seasons that they are of."""
    seasons = [c for c in ("season", "season_type") if table.has_season and c not in table.key]
    columns = ", ".join([*table.key, *(f"any_value({c}) AS {c}" for c in seasons)])
    key = ", ".join(table.key)
    return f"SELECT {columns} FROM {_rows(table)} GROUP BY {key} HAVING min(told_by) <> max(told_by)"


def _facts(table: Table) -> str:
    """A row a value that a source tells of a row that others tell of too."""
    rest = [c for c in table.columns if c.name not in table.key]
    key = ", ".join(table.key)
    same = " AND ".join(f"r.{c} IS NOT DISTINCT FROM shared.{c}" for c in table.key)
    newest = (
        f"SELECT {key}, told_by, {', '.join(f'arg_max({c.name}, load_id) AS {c.name}' for c in rest)} "
        f"FROM {_rows(table)} r SEMI JOIN ({_shared(table)}) shared ON {same} GROUP BY {key}, told_by"
    )
    facts = ", ".join(_fact(table, c) for c in rest if _TOLERANCES.compares(table, c))
    return (
        f"SELECT {_seasons(table)}, concat_ws(' ', {key}) || ' {table.name}.' || name AS subject, "
        f"told_by, told, value, within FROM (SELECT *, unnest([{facts}], recursive := true) FROM ({newest})) "
        "WHERE told IS NOT NULL"
    )


def _fact(table: Table, column: Column) -> str:
    name, number = column.name, column.name if column.type in tolerances.NUMBERS else "NULL"
    within = _within(table, column)
    return f"{{'name': '{name}', 'told': {name}::VARCHAR, 'value': {number}::DOUBLE, 'within': {within}}}"


def _within(table: Table, column: Column) -> str:
    """How far the value of the source `told_by` may be off."""
    by_source, others = _TOLERANCES.of(table, column)
    cases = "".join(f"WHEN '{source}' THEN {amount} " for source, amount in by_source.items())
    return f"(CASE told_by {cases}ELSE {others} END)::DOUBLE" if cases else f"{others}::DOUBLE"
