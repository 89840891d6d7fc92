"""Where the rows of each source are kept as they came, with the load that they belong to."""

import datetime as dt
import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

from nba_mcp_synthesis.schema.arrow import to_arrow
from nba_mcp_synthesis.schema.tables import tables
from nba_mcp_synthesis.sources.base import Batch, Reading

# Rows wait in memory until there are this many: the engine's cost of a statement is paid once for
# hundreds of small files.
_MOST_WAITING = 200_000


@dataclass
class FileReport:
    """What became of one file; `status` as in the table load_history."""

    label: str
    status: str
    source: str = ""
    sha256: str = ""
    rows_read: int = 0
    rows_loaded: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    reason: str = ""
    seconds: float = 0.0


class Staging:
    """Takes readings and reports into the next state of a warehouse; `flush` when all are in.

    `touched` names the tables that got rows, `load_ids` the loads of this run.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, *, simulated: bool) -> None:
        self._connection = connection
        self._simulated = simulated
        self._waiting: dict[tuple[str, ...], list[pa.Table]] = defaultdict(list)
        self._rows_waiting = 0
        self._history: list[dict[str, Any]] = []
        self.touched: set[str] = set()
        self.load_ids: list[int] = []
        (self._next_id,) = connection.execute(
            "SELECT coalesce(max(load_id), 0) + 1 FROM load_history"
        ).fetchall()[0]
        self._known = set(
            connection.execute("SELECT source, sha256 FROM load_history WHERE status = 'loaded'").fetchall()
        )

    def knows(self, source: str, sha256: str) -> bool:
        """True when a file of this content has been loaded, in this run or before."""
        return (source, sha256) in self._known

    def take(self, report: FileReport, reading: Reading) -> None:
        """Stages the rows of one file and counts them in its report."""
        report.source, report.rows_read = reading.source, reading.rows_read
        report.rejected = dict(reading.rejected)
        self._known.add((report.source, report.sha256))
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
        self.load_ids.append(self._next_id)
        self._next_id += 1

    def flush(self) -> None:
        """Writes everything that waits."""
        for (table, *_), waiting in self._waiting.items():
            self._insert(f"staged.{table}", pa.concat_tables(waiting))
        if self._history:
            columns = {name: [row[name] for row in self._history] for name in self._history[0]}
            self._insert("main.load_history", to_arrow("load_history", columns))
        self._waiting.clear()
        self._history.clear()
        self._rows_waiting = 0

    def _stage(self, batch: Batch) -> None:
        rows = batch.rows.append_column("load_id", _constant(self._next_id, pa.int32(), batch))
        if "simulated" in tables()[batch.table].column_names() and "simulated" not in rows.column_names:
            rows = rows.append_column("simulated", _constant(self._simulated, pa.bool_(), batch))
        self._waiting[batch.table, *rows.column_names].append(rows)
        self.touched.add(batch.table)
        self._rows_waiting += rows.num_rows
        if self._rows_waiting >= _MOST_WAITING:
            self.flush()

    def _insert(self, table: str, rows: pa.Table) -> None:
        names = ", ".join(rows.column_names)
        self._connection.register("incoming", rows)
        self._connection.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM incoming")
        self._connection.unregister("incoming")


def _constant(value: object, kind: pa.DataType, batch: Batch) -> pa.Array:
    return pa.repeat(pa.scalar(value, type=kind), batch.rows.num_rows)
