"""What is in the warehouse: tables with their meaning and size, columns with their comments."""

import difflib
from dataclasses import dataclass

from nba_mcp_synthesis.errors import UnknownName
from nba_mcp_synthesis.schema.tables import Column, Table, tables, views
from nba_mcp_synthesis.warehouse.engine import Warehouse


@dataclass(frozen=True)
class TableInfo:
    """One table or view to query."""

    name: str
    comment: str
    rows: int
    key: tuple[str, ...]
    columns: tuple[Column, ...]


def describe_tables(warehouse: Warehouse) -> tuple[TableInfo, ...]:
    """All tables and views that can be queried, with the number of rows each has."""
    relations = _relations()
    counts = ", ".join(f"(SELECT count(*) FROM {name})" for name in relations)
    (row,) = warehouse.read(f"SELECT {counts}").rows
    return tuple(_info(relation, rows) for relation, rows in zip(relations.values(), row, strict=True))


def describe_table(warehouse: Warehouse, name: str) -> TableInfo:
    """One table or view; UnknownName when there is none of this name."""
    relations = _relations()
    if name not in relations:
        raise UnknownName("table", name, difflib.get_close_matches(name, relations, n=2) or list(relations))
    ((rows,),) = warehouse.read(f"SELECT count(*) FROM {name}").rows
    return _info(relations[name], rows)


def _relations() -> dict[str, Table]:
    return {**tables(), **views()}


def _info(relation: Table, rows: int) -> TableInfo:
    return TableInfo(relation.name, relation.comment, rows, relation.key, relation.columns)
