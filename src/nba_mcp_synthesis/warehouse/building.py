"""The next state of a warehouse file is built beside the current one and swapped in at once.

Readers have the old file until `os.replace`, and the new one after it; a process that is killed
in between leaves the old file and a stray one that the next build removes.
"""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb

from nba_mcp_synthesis.errors import Busy, SourceError, WarehouseOutdated
from nba_mcp_synthesis.warehouse import kept, migrations


@contextlib.contextmanager
def next_state(
    path: Path, *, fresh: bool = False, permit: Callable[[Path], None] = lambda _: None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A writable connection to the next state of `path`, migrated; published when the block ends well.

    Starts from a copy of the current state, or from nothing when `fresh` or when there is none. `permit`
    looks at the current state while no one else can replace it, and raises what speaks against it.

    Raises:
        Busy: another process is building the next state of this file.
        SourceError: the folder cannot be written, or the disk is full.
        WarehouseOutdated: the current state was written by a newer version.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _only_builder(path):
            permit(path)
            draft = path.with_name(f"{path.name}.next")
            _remove(draft)
            if path.exists() and not fresh:
                shutil.copyfile(path, draft)
            try:
                with contextlib.closing(_open(draft, path)) as connection:
                    # one transaction: a statement on its own would wait for the disk each time
                    connection.execute("BEGIN")
                    migrations.migrate(connection)
                    kept.forget(connection)
                    yield connection
                    connection.execute("COMMIT")
                    kept.write(connection)
                    connection.execute("CHECKPOINT")
                _publish(draft, path)
            finally:
                _remove(draft)
    except (OSError, duckdb.Error) as error:
        if not _is_about_writing(error):
            raise
        raise SourceError(
            f"{path} could not be written: {_reason(error)}.",
            "What was loaded before is unchanged. Free space, or set NBA_MCP_HOME to another folder.",
        ) from error


def _is_about_writing(error: Exception) -> bool:
    """The engine reports a full disk as whatever it was doing when it met it."""
    return isinstance(error, OSError | duckdb.IOException) or "Could not write" in str(error)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error).splitlines()[0].rpartition(": ")[2]


def _open(draft: Path, path: Path) -> duckdb.DuckDBPyConnection:
    existed = draft.exists()
    connection = duckdb.connect(str(draft))
    try:
        if existed:
            migrations.check_known(migrations.version_of(connection), path)
    except WarehouseOutdated:
        connection.close()
        raise
    return connection


@contextlib.contextmanager
def _only_builder(path: Path) -> Iterator[None]:
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(
                f"Another process is loading into {path}.", "Wait until it is done, then try again."
            ) from None
        yield


def _publish(draft: Path, path: Path) -> None:
    with draft.open("rb") as written:
        os.fsync(written.fileno())
    draft.chmod(0o644)
    # A write-ahead log beside the old file would be replayed into the new one.
    path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _remove(draft: Path) -> None:
    draft.unlink(missing_ok=True)
    draft.with_name(f"{draft.name}.wal").unlink(missing_ok=True)
