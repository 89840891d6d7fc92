"""Loading: readings of sources into the next state of the warehouse, all of them or none."""

import functools
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import duckdb

from nba_mcp_synthesis.errors import NoWarehouse, SeasonUnknown, SourceError, UsageError
from nba_mcp_synthesis.schema.arrow import to_arrow
from nba_mcp_synthesis.schema.tables import tables
from nba_mcp_synthesis.schema.teams import teams
from nba_mcp_synthesis.sources.base import Outside, Reading, SourceFile
from nba_mcp_synthesis.sources.door import recognise
from nba_mcp_synthesis.warehouse import checks, derived, layout, merging, migrations
from nba_mcp_synthesis.warehouse.building import next_state
from nba_mcp_synthesis.warehouse.staging import FileReport, Staging, insert


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


UNKNOWN_FORMAT = "no format that this program loads"
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


def check(path: Path) -> tuple[checks.CheckSummary, ...]:
    """Runs all checks over the warehouse at `path` again and keeps what they find."""
    with next_state(path, permit=_must_exist) as connection:
        return checks.run(connection)


def _must_exist(path: Path) -> None:
    if not path.exists():
        raise NoWarehouse(f"There is no warehouse at {path}.", "Load data first: `nba-mcp data load FOLDER`.")


def migrate(path: Path) -> None:
    """Brings the warehouse at `path` to today's layout, keeping all rows."""
    with next_state(path, permit=_must_exist):
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
    permit = functools.partial(_refuse_mixing, simulated=simulated)
    reports: list[FileReport] = []
    try:
        with next_state(path, fresh=fresh, permit=permit) as connection:
            load = _Load(connection, simulated=simulated)
            for report in work(load):
                reports.append(report)
                on_file(report)
            _check_worth(path, reports)
            found, counts = load.finish()
    except _NothingLoaded:
        found, counts = (), {}
    return LoadReport(path, tuple(reports), found, counts, perf_counter() - started)


class _NothingLoaded(Exception):
    """There was nothing to make a warehouse of: none is made."""


def _check_worth(path: Path, reports: Sequence[FileReport]) -> None:
    if not path.exists() and not any(report.status == "loaded" for report in reports):
        raise _NothingLoaded


def _refuse_mixing(path: Path, *, simulated: bool) -> None:
    if not path.exists():
        return
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            migrations.check_known(migrations.version_of(connection), path)
            holds = connection.execute(
                "SELECT bool_or(simulated) FROM load_history WHERE status = 'loaded'"
            ).fetchone()
    except duckdb.Error as error:
        raise SourceError(
            f"{path} cannot be opened as a warehouse: {str(error).splitlines()[0]}",
            "Move it away, then load again.",
        ) from error
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
        self._connection = connection
        self._staging = Staging(connection, simulated=simulated)

    def files(self, files: Sequence[SourceFile]) -> Iterator[FileReport]:
        for file in files:
            report = self._file(replace(file))  # a copy, so that no content is kept after its turn
            if report.status != "unchanged":
                self._staging.record(report)
            yield report

    def readings(self, readings: Iterable[tuple[str, Reading]]) -> Iterator[FileReport]:
        started = perf_counter()
        for label, reading in readings:
            report = FileReport(label, "loaded", sha256=_digest(label, reading))
            self._staging.take(report, reading)
            report.seconds = perf_counter() - started
            self._staging.record(report)
            yield report
            started = perf_counter()

    def _file(self, file: SourceFile) -> FileReport:
        started = perf_counter()
        report = FileReport(file.label, "not loaded", reason=UNKNOWN_FORMAT)
        try:
            self._read(file, report)
        except SeasonUnknown as error:
            report.status, report.reason = "not loaded", str(error)
        except SourceError as error:
            report.status, report.reason = "failed", str(error)
        report.seconds = perf_counter() - started
        return report

    def _read(self, file: SourceFile, report: FileReport) -> None:
        chosen = recognise(file)
        if chosen is None:
            return
        report.source, report.sha256, report.reason = chosen.name, file.sha256, ""
        if isinstance(chosen, Outside):
            report.status, report.reason = "outside", f"not part of the warehouse: {chosen.why}"
            return
        report.season = file.season or ""
        report.status = "unchanged" if self._staging.is_current(report) else "loaded"
        if report.status == "loaded":
            self._staging.take(report, chosen.read(file))

    def finish(self) -> tuple[tuple[checks.CheckSummary, ...], dict[str, int]]:
        """Merges what was staged, checks it, and names the new state."""
        self._staging.flush()
        self._write_teams()
        for table in layout.merged_tables():
            if table.name in self._staging.touched:
                merging.merge(self._connection, table)
        merging.clear_neutral_sites(self._connection)
        derived.derive(self._connection, derived.changed_seasons(self._connection))
        found = checks.run(self._connection)
        migrations.set_info(self._connection, "snapshot", self._snapshot())
        counts = {t.name: self._count(t.name) for t in layout.merged_tables()}
        return found, counts

    def _write_teams(self) -> None:
        self._connection.execute("DELETE FROM teams")
        columns = {
            name: [getattr(team, name) for team in teams()] for name in tables()["teams"].column_names()
        }
        insert(self._connection, "teams", to_arrow("teams", columns))

    def _snapshot(self) -> str:
        loaded = self._connection.execute(
            "SELECT source, sha256 FROM load_history WHERE status = 'loaded' ORDER BY load_id"
        ).fetchall()
        return hashlib.sha256(repr(loaded).encode()).hexdigest()[:12]

    def _count(self, table: str) -> int:
        row = self._connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(row[0]) if row else 0


def _digest(label: str, reading: Reading) -> str:
    """Checksum of rows that came from no file."""
    digest = hashlib.sha256(label.encode())
    for batch in reading.batches:
        for chunked in batch.rows.columns:
            for chunk in chunked.chunks:
                for buffer in chunk.buffers():
                    digest.update(buffer or b"")
    return digest.hexdigest()
