"""The bounds of one query, the sentences that tell of them, and the places for queries at one time."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from nba_mcp_synthesis.errors import Busy, LimitExceeded

# More callers than this are turned away at once, so that they do not hold threads while they wait.
_WAITING_PER_PLACE = 4


@dataclass(frozen=True, slots=True)
class Limits:
    """Most rows and bytes that a query returns, and its seconds. Rows and bytes cut, seconds stop."""

    rows: int = 10_000
    bytes: int = 4_000_000
    seconds: float = 10.0

    def cut_by_rows(self) -> str:
        """Notice for a result that was cut at the row limit."""
        return (
            f"Only the first {self.rows:,} rows are here. Raise the limit, fetch the next page where "
            "results come in pages, or aggregate."
        )

    def cut_by_bytes(self, rows: int) -> str:
        """Notice for a result that was cut at the byte limit."""
        return (
            f"Only the first {rows:,} rows are here: the limit of {self.bytes:,} bytes was reached. "
            "Name fewer columns, aggregate, or fetch the next page."
        )

    def row_too_large(self) -> LimitExceeded:
        """There is nothing smaller to cut to."""
        return LimitExceeded(
            f"One row alone has more than the limit of {self.bytes:,} bytes.",
            "Name fewer columns, or shorten their values.",
        )

    def far_too_large(self) -> LimitExceeded:
        """So much came at once that none of it was kept."""
        return LimitExceeded(
            f"The result is far larger than the limit of {self.bytes:,} bytes: it was not taken.",
            "Name fewer columns, shorten their values, or aggregate.",
        )

    def stopped(self) -> LimitExceeded:
        """The deadline passed."""
        return LimitExceeded(
            f"The query was stopped at its deadline of {self.seconds:g} s.",
            "Filter on season and season_type, or aggregate, so that it reads less.",
        )

    def out_of_memory(self) -> LimitExceeded:
        """The engine ran out of the memory that it may use."""
        return LimitExceeded(
            "The query needs more memory than it may use.",
            "Filter or aggregate so that it holds less.",
        )


class Places:
    """Places for queries that run at the same time, and a bounded number of callers who wait for one."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._free = threading.BoundedSemaphore(number)
        self._callers = threading.BoundedSemaphore(number * (1 + _WAITING_PER_PLACE))
        self._lock = threading.Lock()
        self._taken = 0

    @property
    def taken(self) -> int:
        """How many are held now."""
        return self._taken

    @contextlib.contextmanager
    def place(self, seconds: float) -> Iterator[None]:
        """Holds a place; Busy where none becomes free within `seconds`, or too many wait already."""
        if not self._callers.acquire(blocking=False):
            raise Busy("Too many callers wait for a query to end.", "Try again in a moment.")
        try:
            if not self._free.acquire(timeout=seconds):
                raise Busy(
                    f"All {self._number} places for queries have been taken for {seconds:g} s.",
                    "Try again in a moment.",
                )
            self._count(1)
            try:
                yield
            finally:
                self._count(-1)
                self._free.release()
        finally:
            self._callers.release()

    def _count(self, change: int) -> None:
        with self._lock:
            self._taken += change
