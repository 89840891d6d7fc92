"""Queries of DuckDB end at their deadline."""

import contextlib
import threading
from collections.abc import Iterator

import duckdb


@contextlib.contextmanager
def interrupted_after(seconds: float, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Stops what runs on the cursor after so many seconds; the engine then raises InterruptException."""
    deadline = threading.Timer(seconds, cursor.interrupt)
    deadline.daemon = True
    deadline.start()
    try:
        yield
    finally:
        deadline.cancel()
        # A thread that is left with the last reference to a cursor while Python exits aborts the process.
        deadline.join()
