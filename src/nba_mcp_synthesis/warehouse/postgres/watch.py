"""The end of a session's time: the server is told to stop, and where it does not listen, it is left."""

import contextlib
import os
import socket
import threading
from types import TracebackType
from typing import Any, Self

import psycopg

# What a server that was told to stop gets for it.
_GRACE_SECONDS = 1.0


class Watch:
    """Cancels what runs in a session `seconds` from now; `fired` says that it did.

    The server keeps the time too. This one also holds where the server or the way to it stands still: then
    the connection is cut, so that nobody waits for ever.
    """

    def __init__(self, session: "psycopg.Connection[Any]", seconds: float) -> None:
        self._session = session
        self._seconds = seconds
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._wait, daemon=True)
        self.fired = False

        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> bool:
        """Watches no longer; True where it never cancelled anything, so that nothing is still on its way."""
        self._done.set()
        self._thread.join()
        return not self.fired

    def _wait(self) -> None:
        if self._done.wait(self._seconds):
            return
        self.fired = True
        with contextlib.suppress(psycopg.Error):  # no answer: the connection is cut below
            self._session.cancel_safe(timeout=_GRACE_SECONDS)
        if not self._done.wait(_GRACE_SECONDS):
            self._cut()

    def _cut(self) -> None:
        """Ends the connection beneath whoever waits for an answer on it."""
        with contextlib.suppress(OSError, psycopg.Error):  # it ended by itself
            copy = os.dup(self._session.fileno())
            with socket.socket(fileno=copy) as line:
                line.shutdown(socket.SHUT_RDWR)
