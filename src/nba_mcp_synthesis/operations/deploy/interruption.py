"""SIGINT and SIGTERM end a deployment between two steps, never within one."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupted(Exception):
    """Somebody wants this to end; `signal` says by which signal."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.signal = number


class Interruption:
    """Remembers a signal until somebody looks."""

    def __init__(self) -> None:
        self._came = threading.Event()
        self._number = 0

    def check(self) -> None:
        """Raises Interrupted if a signal has come."""
        if self._came.is_set():
            raise Interrupted(self._number)

    def wait(self, seconds: float) -> None:
        """Sleeps so long; raises Interrupted as soon as a signal comes."""
        self._came.wait(seconds)
        self.check()

    def note(self, number: int, _: FrameType | None = None) -> None:
        """Takes a signal; the same one again ends the program at once."""
        self._number = number
        self._came.set()
        signal.signal(number, signal.SIG_DFL)

    @contextlib.contextmanager
    def heeded(self) -> Iterator[None]:
        """Signals are taken while the block runs; only in the main thread, the only one that gets any."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.note) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
