"""A session that keeps the bounds of its call while it waits for the server: the time, and what comes in."""

import contextlib
from math import inf
from time import monotonic
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.waiting import Ready, Wait

from nba_mcp_synthesis.warehouse.limits import Limits
from nba_mcp_synthesis.warehouse.postgres.line import Line

T = TypeVar("T")
# How often the time is looked at while nothing arrives.
_LOOK_SECONDS = 0.1
# What a server that was told to stop gets for it.
_GRACE_SECONDS = 1.0
# A value takes more bytes on its way than in a result, and rows are fetched some at a time: results that are
# cut at their limit stay below this.
_ROOM_BESIDE, _ROOM_TIMES = 16_000_000, 3


class Session(psycopg.Connection[tuple[Any, ...]]):
    """A connection for one call after another; `late` says that the present one passed its deadline.

    The server keeps the time too. This one also holds where the server or the way to it stands still: it is
    told to stop, and where no answer comes, nobody waits for it any longer.
    """

    late = False
    _bounds = Limits()
    _until = _room = inf
    _line: Line | None = None

    def keep(self, bounds: Limits) -> None:
        """Begins a call."""
        self._line = self._line or Line(self.fileno())
        self._bounds, self.late = bounds, False
        self._until = monotonic() + bounds.seconds
        self._room = _ROOM_TIMES * bounds.bytes + _ROOM_BESIDE

    def wait(self, gen: PQGen[T], interval: float = _LOOK_SECONDS, timeout: float | None = None) -> T:
        """Waits for the server.

        Raises:
            LimitExceeded: the time is over, or more than its bytes arrived; the session is of no use then.
        """
        if self._line is None:
            return super().wait(gen, interval, timeout)
        try:
            wanted = next(gen)
            while True:
                wanted = gen.send(self._ready(self._line, wanted))
        except StopIteration as done:
            result: T = done.value
            return result
        except KeyboardInterrupt:
            self._cancel()
            raise

    def close(self) -> None:
        """Ends the session."""
        super().close()
        if self._line:
            self._line.close()

    def _ready(self, line: Line, wanted: Wait) -> Ready:
        line.send_out()
        if monotonic() > self._until:
            self._stop()
        if line.ready(_LOOK_SECONDS if wanted == Wait.R or line.is_full else 0):
            self._room -= line.take_in()
            if self._room < 0:
                raise self._bounds.far_too_large()
            return Ready.R if wanted == Wait.R else Ready.RW
        return Ready.NONE if wanted == Wait.R else Ready.W

    def _stop(self) -> None:
        if self.late:
            raise self._bounds.stopped()
        self.late = True
        self._cancel()
        self._until = monotonic() + _GRACE_SECONDS

    def _cancel(self) -> None:
        with contextlib.suppress(psycopg.Error):  # no answer: nobody waits for it much longer
            self.cancel_safe(timeout=_GRACE_SECONDS)
