"""What tables there are: in the warehouse, and elsewhere; their meaning, size and columns."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol, get_args

from nba_mcp_synthesis.errors import UnknownName
from nba_mcp_synthesis.schema.tables import Table, tables, views
from nba_mcp_synthesis.warehouse.engine import Warehouse

Where = Literal["warehouse", "lake", "glue"]
FindKind = Literal["player", "team", "table"]
FIND_KINDS: tuple[FindKind, ...] = get_args(FindKind)
_NEAR, _LONGEST = 0.75, 100


@dataclass(frozen=True)
class ColumnInfo:
    """One column; outside of the warehouse `type` is the catalogue's own word."""

    name: str
    type: str
    comment: str


@dataclass(frozen=True)
class TableInfo:
    """One table or view, named once however many places have it.

    `rows` are the warehouse's, None where it does not have the table; `lake_rows` and `partitions` those of
    the published table, None where nobody tells.
    """

    name: str
    comment: str
    rows: int | None
    key: tuple[str, ...]
    columns: tuple[ColumnInfo, ...]
    where: tuple[Where, ...] = ("warehouse",)
    lake_rows: int | None = None
    partitions: int | None = None


@dataclass(frozen=True)
class Elsewhere:
    """A table as a lake or a catalogue has it."""

    name: str
    comment: str
    columns: tuple[ColumnInfo, ...]
    rows: int | None
    partitions: int | None
    where: Where


@dataclass(frozen=True)
class TableMatch:
    """A table that a text may mean."""

    name: str
    score: float
    how: Literal["exact", "spelling"]
    detail: str


@dataclass(frozen=True)
class Tables:
    """Tables, and what a reader of their list has to know."""

    tables: tuple[TableInfo, ...]
    notes: tuple[str, ...] = ()


class TableList(Protocol):
    """Where tables are found."""

    def version(self) -> str:
        """Names what is known beside the warehouse: another name, another list."""

    def known_version(self) -> str | None:
        """The same where it can be told at once; None where it would have to be waited for."""

    def every(self) -> Tables:
        """All of them."""

    def one(self, name: str) -> Tables:
        """One of them, with all that is known of it; UnknownName when there is none of this name."""


class WarehouseTables:
    """The tables of a warehouse alone."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse

    def version(self) -> str:
        """Nothing else is known."""
        return "-"

    def known_version(self) -> str:
        """The same."""
        return self.version()

    def every(self) -> Tables:
        """All that can be queried."""
        return Tables(describe_tables(self._warehouse))

    def one(self, name: str) -> Tables:
        """One of them; UnknownName when there is none of this name."""
        return Tables((describe_table(self._warehouse, name),))


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
        raise unknown(name, relations)
    ((rows,),) = warehouse.read(f"SELECT count(*) FROM {name}").rows
    return _info(relations[name], rows)


def is_own(name: str) -> bool:
    """Whether the warehouse has a table or view of this name."""
    return name in _relations()


def unknown(name: str, names: Iterable[str]) -> UnknownName:
    """The error for a table that is nowhere, with the nearest names."""
    listed = list(names)
    return UnknownName("table", name[:_LONGEST], difflib.get_close_matches(name, listed, n=2) or listed)


def merged(own: Sequence[TableInfo], elsewhere: Iterable[Elsewhere]) -> tuple[TableInfo, ...]:
    """Every table once: those of the warehouse in their order, then the others by name.

    What an earlier place tells stands: the lake is asked before Glue, which follows it.
    """
    found = {table.name: table for table in own}
    others: dict[str, TableInfo] = {}
    for one in elsewhere:
        side = found if one.name in found else others
        side[one.name] = _joined(side.get(one.name), one)
    return (*found.values(), *(others[name] for name in sorted(others)))


def _joined(known: TableInfo | None, one: Elsewhere) -> TableInfo:
    if known is None:
        return TableInfo(one.name, one.comment, None, (), one.columns, (one.where,), one.rows, one.partitions)
    return replace(
        known,
        where=(*known.where, one.where),
        lake_rows=one.rows if known.lake_rows is None else known.lake_rows,
        partitions=one.partitions if known.partitions is None else known.partitions,
    )


def matches(tables: TableList, text: str, *, exact: bool) -> tuple[TableMatch, ...]:
    """The tables that a text such as "play by play" means, best first; `exact` leaves out guesses."""
    by_name = {table.name: table for table in tables.every().tables}
    wanted = "_".join(text[:_LONGEST].lower().split())
    if wanted in by_name:
        return (TableMatch(wanted, 1.0, "exact", _detail(by_name[wanted])),)
    near = [] if exact else difflib.get_close_matches(wanted, by_name, n=3, cutoff=_NEAR)
    return tuple(TableMatch(name, _score(wanted, name), "spelling", _detail(by_name[name])) for name in near)


def _score(wanted: str, name: str) -> float:
    return round(difflib.SequenceMatcher(None, wanted, name).ratio(), 3)


def _detail(table: TableInfo) -> str:
    rows = table.rows if table.rows is not None else table.lake_rows
    size = f"{rows:,} rows" if rows is not None else "rows not told"
    return f"{size}; in {', '.join(table.where)}: {table.comment}"


def _relations() -> dict[str, Table]:
    return {**tables(), **views()}


def _info(relation: Table, rows: int) -> TableInfo:
    columns = tuple(ColumnInfo(c.name, c.type, c.comment) for c in relation.columns)
    return TableInfo(relation.name, relation.comment, rows, relation.key, columns)
