"""Loading: readings of sources into the next state of the warehouse, all of them or none."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import duckdb

from nba_mcp_synthesis.errors import SourceError, UsageError
from nba_mcp_synthesis.schema.tables import tables
from nba_mcp_synthesis.schema.teams import teams
from nba_mcp_synthesis.sources.base import Batch, Reading, SourceFile
from nba_mcp_synthesis.sources.door import recognise
from nba_mcp_synthesis.warehouse import checks, layout, merging, migrations
from nba_mcp_synthesis.warehouse.building import next_state


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


@dataclass(frozen=True)
class LoadReport:
    """What a load did, file by file, and what the checks found afterwards."""

    path: Path
    files: tuple[FileReport, ...]
    checks: tuple[checks.CheckSummary, ...]
    tables: dict[str, int]
    seconds: float

    def with_status(self, status: str) -> list[FileReport]:
        """The files with this status."""
        return [report for report in self.files if report.status == status]


OnFile = Callable[[FileReport], None]


def load_files(path: Path, files: Sequence[SourceFile], on_file: OnFile = lambda _: None) -> LoadReport:
    """Loads files into the warehouse at `path`; readers see all of it at once, or nothing.

    A file that is not recognised, or broken, is reported and the others are loaded.

    Raises:
        UsageError: the warehouse holds the simulated league.
        Busy, SourceError: see `next_state`.
    """
    return _load(path, lambda load: load.files(files), on_file, simulated=False, fresh=False)


def load_demo(
    path: Path, seasons: Iterable[tuple[str, Reading]], on_file: OnFile = lambda _: None
) -> LoadReport:
    """Writes the simulated league, given as (label, reading), as the whole warehouse at `path`."""
    return _load(path, lambda load: load.readings(seasons), on_file, simulated=True, fresh=True)


def migrate(path: Path) -> None:
    """Brings the warehouse at `path` to today's layout, keeping all rows."""
    with next_state(path):
        pass


def _load(
    path: Path,
    work: Callable[["_Load"], Iterator[FileReport]],
    on_file: OnFile,
    *,
    simulated: bool,
    fresh: bool,
) -> LoadReport:
    started = perf_counter()
    _refuse_mixing(path, simulated=simulated)
    with next_state(path, fresh=fresh) as connection:
        load = _Load(connection, simulated=simulated)
        reports = []
        for report in work(load):
            reports.append(report)
            on_file(report)
        found, counts = load.finish()
    return LoadReport(path, tuple(reports), found, counts, perf_counter() - started)


def _refuse_mixing(path: Path, *, simulated: bool) -> None:
    if not path.exists():
        return
    with duckdb.connect(str(path), read_only=True) as connection:
        migrations.check(max(migrations.version_of(connection), 1), path)
        holds = connection.execute(
            "SELECT bool_or(simulated) FROM load_history WHERE status = 'loaded'"
        ).fetchone()
    held = holds[0] if holds else None
    if held is not None and held != simulated:
        kinds = ("real data", "the simulated league")
        raise UsageError(
            f"{path} holds {kinds[held]}; {kinds[simulated]} cannot be added to it.",
            "Name another file in NBA_MCP_WAREHOUSE_URL, or move that one away.",
        )


class _Load:
    """One load in progress, on the connection to the next state."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, *, simulated: bool) -> None:
        self.connection = connection
        self.simulated = simulated
        self.new_ids: list[int] = []
        self.touched: set[str] = set()
        self.next_id = self._scalar("SELECT coalesce(max(load_id), 0) + 1 FROM load_history")
        self._known = {
            (source, sha)
            for source, sha in connection.execute(
                "SELECT source, sha256 FROM load_history WHERE status = 'loaded'"
            ).fetchall()
        }

    def files(self, files: Sequence[SourceFile]) -> Iterator[FileReport]:
        for file in files:
            yield self._file(file)

    def readings(self, readings: Iterable[tuple[str, Reading]]) -> Iterator[FileReport]:
        started = perf_counter()
        for label, reading in readings:
            report = FileReport(label, "loaded", sha256=_digest(label, reading))
            self._take(report, reading)
            report.seconds = perf_counter() - started
            self._record(report)
            yield report
            started = perf_counter()

    def _file(self, file: SourceFile) -> FileReport:
        started = perf_counter()
        report = FileReport(file.label, "not loaded", reason="no format that this program loads")
        try:
            chosen = recognise(file)
            if chosen is not None:
                report.source, report.sha256, report.reason = chosen.name, file.sha256, ""
                if (chosen.name, file.sha256) in self._known:
                    report.status = "unchanged"
                else:
                    report.status = "loaded"
                    self._take(report, chosen.read(file))
        except SourceError as error:
            report.status, report.reason = "failed", str(error)
        report.seconds = perf_counter() - started
        self._record(report)
        return report

    def _take(self, report: FileReport, reading: Reading) -> None:
        report.source, report.rows_read = reading.source, reading.rows_read
        report.rejected = dict(reading.rejected)
        for batch in reading.batches:
            self._stage(batch)
            report.rows_loaded += batch.rows.num_rows

    def _stage(self, batch: Batch) -> None:
        names = ", ".join(batch.rows.column_names)
        marks = ", simulated" if _says_simulated(batch) else ""
        value = f", {self.simulated}" if marks else ""
        self.connection.register("incoming", batch.rows)
        self.connection.execute(
            f"INSERT INTO staged.{batch.table} (load_id, {names}{marks}) "
            f"SELECT {self.next_id}, {names}{value} FROM incoming"
        )
        self.connection.unregister("incoming")
        self.touched.add(batch.table)

    def _record(self, report: FileReport) -> None:
        if report.status == "unchanged":
            return
        row = (
            self.next_id,
            report.source,
            report.label,
            report.sha256,
            report.status,
            report.rows_read,
            report.rows_loaded,
            sum(report.rejected.values()),
            report.reason or json.dumps(report.rejected, sort_keys=True),
            report.seconds,
            dt.datetime.now(dt.UTC).replace(tzinfo=None),
            self.simulated,
        )
        names = (
            "load_id, source, path, sha256, status, rows_read, rows_loaded, rows_rejected, reasons, "
            "seconds, loaded_at, simulated"
        )
        marks = ", ".join("?" * len(row))
        self.connection.execute(f"INSERT INTO load_history ({names}) VALUES ({marks})", row)
        self.new_ids.append(self.next_id)
        self.next_id += 1

    def finish(self) -> tuple[tuple[checks.CheckSummary, ...], dict[str, int]]:
        """Merges what was staged, checks it, and names the new state."""
        self._stage_teams()
        for table in layout.merged_tables():
            if table.name in self.touched:
                merging.merge(self.connection, table, self.new_ids)
        found = checks.run(self.connection)
        migrations.set_info(self.connection, "snapshot", self._snapshot())
        counts = {
            table.name: self._scalar(f"SELECT count(*) FROM {table.name}") for table in layout.merged_tables()
        }
        return found, counts

    def _stage_teams(self) -> None:
        self.connection.execute("DELETE FROM teams")
        self.connection.executemany(
            "INSERT INTO teams (team_id, abbreviation, full_name, city, nickname, conference, division) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    t.team_id,
                    t.abbreviation,
                    t.full_name,
                    t.city,
                    t.nickname,
                    t.conference,
                    t.division,
                )
                for t in teams()
            ],
        )

    def _snapshot(self) -> str:
        loaded = self.connection.execute(
            "SELECT source, sha256 FROM load_history WHERE status = 'loaded' ORDER BY load_id"
        ).fetchall()
        return hashlib.sha256(repr(loaded).encode()).hexdigest()[:12]

    def _scalar(self, sql: str) -> int:
        row = self.connection.execute(sql).fetchone()
        return int(row[0]) if row else 0


def _says_simulated(batch: Batch) -> bool:
    wanted = "simulated" in tables()[batch.table].column_names()
    return wanted and "simulated" not in batch.rows.column_names


def _digest(label: str, reading: Reading) -> str:
    """Checksum of rows that came from no file."""
    digest = hashlib.sha256(label.encode())
    for batch in reading.batches:
        for chunked in batch.rows.columns:
            for chunk in chunked.chunks:
                for buffer in chunk.buffers():
                    digest.update(buffer or b"")
    return digest.hexdigest()
