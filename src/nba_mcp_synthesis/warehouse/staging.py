"""Where the rows of each source are kept as they came, with the load that they belong to."""

import datetime as dt
import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from nba_mcp_synthesis.schema.arrow import to_arrow
from nba_mcp_synthesis.schema.tables import Table, tables
from nba_mcp_synthesis.sources.base import Batch, Reading
from nba_mcp_synthesis.warehouse.layout import merged_tables

# Rows wait in memory until there are this many: the engine's cost of a statement is paid once for
# hundreds of small files.
_MOST_WAITING = 200_000
_Content = tuple[str, str, str]  # source, season, checksum


@dataclass
class FileReport:
    """What became of one file; `status` as in the table load_history."""

    label: str
    status: str
    source: str = ""
    season: str = ""
    sha256: str = ""
    rows_read: int = 0
    rows_loaded: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    reason: str = ""
    seconds: float = 0.0


class Staging:
    """Takes readings and reports into the next state of a warehouse; `flush` when all are in.

    A file is known by its source, its label and the season it was said to be about; loading it with
    another content takes back the rows of the one before. `touched` names the tables whose rows changed;
    which of their seasons is in the temporary table of that name.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, *, simulated: bool) -> None:
        self._connection = connection
        self._simulated = simulated
        self._waiting: dict[tuple[str, ...], list[pa.Table]] = defaultdict(list)
        self._rows_waiting = 0
        self._history: list[dict[str, Any]] = []
        self.touched: set[str] = set()
        (self._next_id,) = connection.execute(
            "SELECT coalesce(max(load_id), 0) + 1 FROM load_history"
        ).fetchall()[0]
        connection.execute("CREATE TEMP TABLE touched (name VARCHAR, season VARCHAR, season_type VARCHAR)")
        loaded = connection.execute(
            "SELECT source, path, season, load_id, sha256 FROM load_history WHERE status = 'loaded'"
        ).fetchall()
        self._current: dict[tuple[str, str, str], tuple[int, _Content]] = {
            (source, label, season): (load_id, (source, season, sha256))
            for source, label, season, load_id, sha256 in loaded
        }
        self._contents = Counter(content for _, content in self._current.values())

    def is_current(self, report: FileReport) -> bool:
        """True when the newest load of this file, or of another for that season, had this content."""
        return self._contents[_content(report)] > 0

    def take(self, report: FileReport, reading: Reading) -> None:
        """Stages the rows of one file and counts them in its report."""
        report.source, report.rows_read = reading.source, reading.rows_read
        report.rejected = dict(reading.rejected)
        self._take_back(report)
        for batch in reading.batches:
            self._stage(batch)
            report.rows_loaded += batch.rows.num_rows

    def record(self, report: FileReport) -> None:
        """Writes down what became of a file, under the load id that its rows carry."""
        self._history.append(
            {
                "load_id": self._next_id,
                "source": report.source,
                "path": report.label,
                "season": report.season,
                "sha256": report.sha256,
                "status": report.status,
                "rows_read": report.rows_read,
                "rows_loaded": report.rows_loaded,
                "rows_rejected": sum(report.rejected.values()),
                "reasons": report.reason or json.dumps(report.rejected, sort_keys=True),
                "seconds": report.seconds,
                "loaded_at": dt.datetime.now(dt.UTC).replace(tzinfo=None),
                "simulated": self._simulated,
            }
        )
        self._next_id += 1

    def flush(self) -> None:
        """Writes everything that waits."""
        for (table, *_), waiting in self._waiting.items():
            # in one piece: the engine takes hundreds of small ones many times slower
            rows = pa.concat_tables(waiting).combine_chunks()
            insert(self._connection, f"staged.{table}", rows)
            self._note_touched(tables()[table], f"load_id >= {pc.min(rows['load_id'])}")
        if self._history:
            columns = {name: [row[name] for row in self._history] for name in self._history[0]}
            insert(self._connection, "main.load_history", to_arrow("load_history", columns))
        self._waiting.clear()
        self._history.clear()
        self._rows_waiting = 0

    def _take_back(self, report: FileReport) -> None:
        """Removes the rows of an earlier load of the same file."""
        key = (report.source, report.label, report.season)
        replaced = self._current.get(key)
        self._current[key] = (self._next_id, _content(report))
        self._contents[_content(report)] += 1
        if replaced is None:
            return
        earlier, content = replaced
        self._contents[content] -= 1
        self.flush()
        for table in merged_tables():
            self._note_touched(table, f"load_id = {earlier}")
            self._connection.execute(f"DELETE FROM staged.{table.name} WHERE load_id = {earlier}")
        self._connection.execute(f"UPDATE load_history SET status = 'replaced' WHERE load_id = {earlier}")

    def _note_touched(self, table: Table, condition: str) -> None:
        columns = "season, season_type" if table.has_season else "NULL, NULL"
        added = self._connection.execute(
            f"INSERT INTO touched SELECT DISTINCT '{table.name}', {columns} FROM staged.{table.name} "
            f"WHERE {condition}"
        ).fetchone()
        if added and added[0]:
            self.touched.add(table.name)

    def _stage(self, batch: Batch) -> None:
        rows = batch.rows.append_column("load_id", _constant(self._next_id, pa.int32(), batch))
        if "simulated" in tables()[batch.table].column_names() and "simulated" not in rows.column_names:
            rows = rows.append_column("simulated", _constant(self._simulated, pa.bool_(), batch))
        self._waiting[batch.table, *rows.column_names].append(rows)
        self._rows_waiting += rows.num_rows
        if self._rows_waiting >= _MOST_WAITING:
            self.flush()


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> None:
    """Adds rows to a table; columns that they lack stay empty."""
    names = ", ".join(rows.column_names)
    connection.register("incoming", rows)
    connection.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM incoming")
    connection.unregister("incoming")


def _content(report: FileReport) -> _Content:
    return report.source, report.season, report.sha256


def _constant(value: object, kind: pa.DataType, batch: Batch) -> pa.Array:
    return pa.repeat(pa.scalar(value, type=kind), batch.rows.num_rows)
