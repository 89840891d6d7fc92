"""What is in the warehouse: tables with their meaning and size, columns with their comments."""

import difflib
from dataclasses import dataclass

from nba_mcp_synthesis.errors import UnknownName
from nba_mcp_synthesis.schema.tables import Column, tables
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.layout import VIEWS

_VIEW_COMMENTS = {
    "standings": "Standings of every regular season, computed from the games: record, rank in the "
    "conference, games behind, home and road, last ten games, streak (negative = lost)."
}


@dataclass(frozen=True)
class TableInfo:
    """One table or view to query."""

    name: str
    comment: str
    rows: int
    key: tuple[str, ...]
    columns: tuple[Column, ...]


def describe_tables(warehouse: DuckDBWarehouse) -> tuple[TableInfo, ...]:
    """All tables and views that can be queried, with the number of rows each has."""
    names = [*tables(), *VIEWS]
    counts = ", ".join(f"(SELECT count(*) FROM {name})" for name in names)
    (row,) = warehouse.read(f"SELECT {counts}").rows
    return tuple(_info(warehouse, name, rows) for name, rows in zip(names, row, strict=True))


def describe_table(warehouse: DuckDBWarehouse, name: str) -> TableInfo:
    """One table or view; UnknownName when there is none of this name."""
    known = [*tables(), *VIEWS]
    if name not in known:
        raise UnknownName("table", name, difflib.get_close_matches(name, known, n=2) or known)
    ((rows,),) = warehouse.read(f"SELECT count(*) FROM {name}").rows
    return _info(warehouse, name, rows)


def _info(warehouse: DuckDBWarehouse, name: str, rows: int) -> TableInfo:
    if name in tables():
        table = tables()[name]
        return TableInfo(name, table.comment, rows, table.key, table.columns)
    key = ("season", "team_id")
    return TableInfo(name, _VIEW_COMMENTS[name], rows, key, _view_columns(warehouse, name))


def _view_columns(warehouse: DuckDBWarehouse, name: str) -> tuple[Column, ...]:
    described = warehouse.read(f"SELECT column_name, lower(column_type) FROM (DESCRIBE {name})")
    return tuple(Column(column, kind, "") for column, kind in described.rows)
