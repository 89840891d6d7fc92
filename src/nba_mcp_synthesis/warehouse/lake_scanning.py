"""Rows of published tables, read in place by DuckDB: only files, columns and row groups that are needed."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

import duckdb

from nba_mcp_synthesis.errors import LakeDown, UnknownName, UsageError
from nba_mcp_synthesis.facts import Result, Row
from nba_mcp_synthesis.lake.manifest import File, Manifest
from nba_mcp_synthesis.schema.tables import Table, tables
from nba_mcp_synthesis.warehouse.fetching import fetch, kinds_of
from nba_mcp_synthesis.warehouse.interrupting import interrupted_after
from nba_mcp_synthesis.warehouse.lake_engine import Engine
from nba_mcp_synthesis.warehouse.lake_filters import Filter, column_of, filters_of
from nba_mcp_synthesis.warehouse.limits import Limits

PARTITION = ("season", "season_type")
_TYPES = "hive_types = {'season': VARCHAR, 'season_type': VARCHAR}"


@dataclass(frozen=True, slots=True)
class Scan:
    """What is wanted of a table: columns (all when empty), conditions, rows, and where to go on."""

    table: str
    columns: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    limit: int = 100
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Scanned:
    """A page of rows, how much had to be opened for it, and the cursor of the next page."""

    result: Result
    files: int
    next_cursor: str | None


def scan(engine: Engine, manifest: Manifest, wanted: Scan, limits: Limits) -> Scanned:
    """The next rows of a published table.

    Raises:
        UnknownName, UsageError: table, column, condition or cursor cannot be used.
        LimitExceeded: it took longer than the limit, or outgrew the engine's memory.
        LakeDown: the files cannot be read now.
    """
    table = tables().get(wanted.table)
    if table is None:
        raise UnknownName("table of the lake", wanted.table[:100], [])
    if not 1 <= wanted.limit <= limits.rows:
        raise UsageError(f"A page has 1 to {limits.rows:,} rows.")
    columns = wanted.columns or table.column_names()
    names = [column_of(table, name).name for name in dict.fromkeys(columns)]
    filters = filters_of(table, wanted.where)
    skip = _skipped(wanted, manifest)
    files = [file for file in manifest.of("tables", table.name) if _may_hold(file, filters)]
    bounds = Limits(wanted.limit, limits.bytes, limits.seconds)
    result = _read(engine, manifest, _Query(table, tuple(names), tuple(filters), tuple(files)), bounds, skip)
    more = _cursor(wanted, manifest, skip + len(result.rows)) if result.truncated else None
    return Scanned(result, len(files), more)


@dataclass(frozen=True, slots=True)
class _Query:
    table: Table
    names: tuple[str, ...]
    filters: tuple[Filter, ...]
    files: tuple[File, ...]

    def sql(self) -> str:
        """With a placeholder for the files and one for every value."""
        columns = ", ".join(f'"{name}"' for name in self.names)
        conditions = " AND ".join(f'"{one.column.name}" {one.sign} ?' for one in self.filters)
        hive = f", hive_partitioning = true, {_TYPES}" if self.table.has_season else ""
        where = f" WHERE {conditions}" if conditions else ""
        return f"SELECT {columns} FROM read_parquet(?{hive}){where}"


def _read(engine: Engine, manifest: Manifest, query: _Query, bounds: Limits, skip: int) -> Result:
    started = perf_counter()
    rows: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    if query.files:
        places = [engine.place(file.key) for file in query.files]
        try:
            with engine.cursor(bounds.seconds) as cursor, interrupted_after(bounds.seconds, cursor):
                cursor.execute(query.sql(), [places, *(one.value for one in query.filters)])
                rows, notes = fetch(cursor, bounds, skip, kinds_of(cursor))
        except duckdb.InterruptException:
            raise bounds.stopped() from None
        except duckdb.OutOfMemoryException:
            raise bounds.out_of_memory() from None
        except duckdb.Error as error:
            # its text may have the signed address of a file
            raise LakeDown(_unreadable(query), "Try again in a moment.") from error
    about = manifest.about
    return Result(
        query.names, rows, _shown(query), bool(notes), round((perf_counter() - started) * 1_000, 1),
        about.data_as_of, about.simulated, about.snapshot, "lake", notes,
    )  # fmt: skip


def _unreadable(query: _Query) -> str:
    return f"Files of {query.table.name} cannot be read now."


def _shown(query: _Query) -> str:
    """The same query over the warehouse: the table's name in place of its files."""
    where = " AND ".join(f"{one.column.name} {one.sign} {_literal(one.value)}" for one in query.filters)
    return f"SELECT {', '.join(query.names)} FROM {query.table.name}" + (f" WHERE {where}" if where else "")


def _literal(value: object) -> str:
    if isinstance(value, bool | int | float):
        return str(value).lower()
    return "'" + str(value).replace("'", "''") + "'"


def _may_hold(file: File, filters: Sequence[Filter]) -> bool:
    """False where the partition alone says that no row can be wanted."""
    told = {"season": file.season, "season_type": file.season_type}
    return all(
        one.sign != "=" or told[one.column.name] in (None, one.value)
        for one in filters
        if one.column.name in PARTITION
    )


def _cursor(wanted: Scan, manifest: Manifest, skip: int) -> str:
    told = [wanted.table, manifest.about.snapshot, skip]
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode()


def _skipped(wanted: Scan, manifest: Manifest) -> int:
    if not wanted.cursor:
        return 0
    try:
        table, snapshot, skip = json.loads(base64.b64decode(wanted.cursor, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, TypeError, RecursionError):
        table = snapshot = skip = None
    if table != wanted.table or not isinstance(skip, int) or not 0 <= skip < 2**31:
        raise UsageError("The cursor is not one of this table.", "Ask for the first page.")
    if snapshot != manifest.about.snapshot:
        raise UsageError("Another state was published since that page.", "Ask for the first page again.")
    return skip
