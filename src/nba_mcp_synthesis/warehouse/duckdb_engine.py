"""Reading a DuckDB warehouse file: locked connections, bounded queries, news noticed at once.

A warehouse file is replaced, never changed (building.py), so an open one stays as it is: every query
reads one state. Before each query a look at the file's identity tells whether there is a newer one.
"""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import duckdb

from nba_mcp_synthesis.errors import NoWarehouse, QueryFailed
from nba_mcp_synthesis.facts import Result, Row
from nba_mcp_synthesis.telemetry.traces import queried
from nba_mcp_synthesis.warehouse import kept, migrations
from nba_mcp_synthesis.warehouse.engine import of_state, read_whole
from nba_mcp_synthesis.warehouse.fetching import fetch, kinds_of
from nba_mcp_synthesis.warehouse.interrupting import interrupted_after
from nba_mcp_synthesis.warehouse.limits import Limits, Places
from nba_mcp_synthesis.warehouse.reasons import reason


@dataclass(frozen=True)
class State:
    """One state of the warehouse: an instance that holds its file open, and its name."""

    identity: tuple[int, int, int]
    connection: duckdb.DuckDBPyConnection
    snapshot: str
    data_as_of: str | None
    simulated: bool


class DuckDBWarehouse:
    """Read access to the warehouse file at `path`. Safe to use from several threads."""

    engine = dialect = "duckdb"

    def __init__(
        self, path: Path, limits: Limits | None = None, concurrency: int = 4, memory_mb: int = 512
    ) -> None:
        self.path = path
        self.limits = limits or Limits()
        self.concurrency = concurrency
        self.memory_mb = memory_mb
        self._places = Places(concurrency)
        self._lock = threading.Lock()
        self._state: State | None = None

    @property
    def place(self) -> str:
        """The file."""
        return str(self.path)

    def state(self) -> State:
        """The newest state of the warehouse; opens it when it is new.

        Raises:
            NoWarehouse: there is no file.
            WarehouseOutdated: the file has another layout.
        """
        with self._lock:
            identity = self._identity()
            if self._state is None or self._state.identity != identity:
                self._state = self._open(identity)
            return self._state

    def known_state(self) -> State | None:
        """The newest state where it is open already, else None."""
        if not self._lock.acquire(blocking=False):
            return None
        try:
            state = self._state
            return state if state and state.identity == self._identity() else None
        except NoWarehouse:
            return None
        finally:
            self._lock.release()

    def query(self, sql: str, limits: Limits | None = None, skip: int = 0) -> Result:
        """Runs one SELECT and returns at most the rows and bytes of `limits`, `skip` rows left out.

        Raises:
            Busy: no place became free within the deadline.
            LimitExceeded: the query was stopped at its deadline, or outgrew the engine's memory.
            QueryFailed: the engine could not run it; its reason is in the message.
        """
        bounds = limits or self.limits
        started = perf_counter()
        with queried(self.engine, sql), self._places.place(bounds.seconds), self._cursor() as (state, cursor):
            rows, notes = _run(cursor, sql, bounds, skip)
            columns = tuple(c[0] for c in cursor.description or ())
        return of_state(Result(columns, rows, sql, engine=self.engine, notes=notes), state, started)

    def read(self, sql: str) -> Result:
        """Runs a query of our own, whose result must not be cut: LimitExceeded where it would be."""
        return read_whole(self, sql)

    def counted(self, sql: str) -> Result:
        """The same as `read`, or what the load has kept of it."""
        return kept.found(self.read, sql, self.state().snapshot) or self.read(sql)

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            if self._state is not None:
                self._state.connection.close()
                self._state = None

    @contextlib.contextmanager
    def _cursor(self) -> Iterator[tuple[State, duckdb.DuckDBPyConnection]]:
        state = self.state()
        cursor = state.connection.cursor()
        try:
            cursor.execute("USE nba")
            yield state, cursor
        finally:
            cursor.close()

    def _identity(self) -> tuple[int, int, int]:
        try:
            stat = self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            raise NoWarehouse(
                f"There is no warehouse at {self.path} yet.",
                "Run `nba-mcp data demo` for a simulated league or `nba-mcp data load FOLDER` for real data.",
            ) from None
        return stat.st_dev, stat.st_ino, stat.st_mtime_ns

    def _open(self, identity: tuple[int, int, int]) -> State:
        connection = self._locked_connection()
        try:
            migrations.check(migrations.version_of(connection, "nba.internal"), self.path)
            info = dict(connection.execute("SELECT name, value FROM nba.internal.info").fetchall())
            newest, simulated = _about(connection)
        except BaseException:
            connection.close()
            raise
        return State(identity, connection, info.get("snapshot", ""), newest, simulated)

    def _locked_connection(self) -> duckdb.DuckDBPyConnection:
        """A fresh engine with the file attached read-only and every door shut.

        The file is attached to an engine in memory, since connecting to its path would return the
        instance that this process already has for that path, with the replaced content.
        """
        connection = duckdb.connect(
            ":memory:",
            config={
                "threads": 1,  # each caller's own thread does its work, and orders are repeatable
                "memory_limit": f"{self.memory_mb}MB",
                "temp_directory": "",
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "allow_community_extensions": "false",
            },
        )
        try:
            connection.execute(f"ATTACH '{str(self.path).replace(chr(39), chr(39) * 2)}' AS nba (READ_ONLY)")
        except duckdb.IOException as error:
            connection.close()
            raise NoWarehouse(
                f"{self.path} cannot be opened as a warehouse: {str(error).splitlines()[0]}",
                "Load the data again, or name another file in NBA_MCP_WAREHOUSE_URL.",
            ) from error
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        return connection


def _about(connection: duckdb.DuckDBPyConnection) -> tuple[str | None, bool]:
    """(date of the newest game, whether the data are simulated) of an attached warehouse."""
    newest = connection.execute("SELECT max(game_date)::VARCHAR FROM nba.games").fetchone()
    simulated = connection.execute(
        "SELECT coalesce(bool_or(simulated), false) FROM nba.load_history WHERE status = 'loaded'"
    ).fetchone()
    return (newest[0] if newest else None), bool(simulated and simulated[0])


def _run(
    cursor: duckdb.DuckDBPyConnection, sql: str, bounds: Limits, skip: int
) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    try:
        with interrupted_after(bounds.seconds, cursor):
            cursor.execute(sql)
            return fetch(cursor, bounds, skip, kinds_of(cursor))
    except duckdb.InterruptException:
        raise bounds.stopped() from None
    except duckdb.OutOfMemoryException:
        raise bounds.out_of_memory() from None
    except duckdb.Error as error:
        raise QueryFailed(f"The query could not be run: {reason(error)}") from None
