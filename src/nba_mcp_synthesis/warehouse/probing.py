"""Whether an engine elsewhere answers, for those who ask every few seconds and must not wait for it."""

import threading
from collections.abc import Callable
from time import monotonic

from nba_mcp_synthesis.errors import Busy, NbaMcpError, WarehouseDown

_HINT = "Is it running? It is asked again in a moment."


class Probe:
    """Asks in the background, one question at a time; `check` tells what the newest one found.

    Asked anew when that is older than `every` seconds (after a fault, `again`). A question that has been on
    its way for `patience` seconds counts as a fault; before the first answer, `first` seconds are waited.
    """

    def __init__(
        self,
        place: str,
        ask: Callable[[], None],
        *,
        every: float = 30.0,
        again: float = 5.0,
        patience: float = 25.0,
        first: float = 1.0,
    ) -> None:
        self._place, self._ask = place, ask
        self._every, self._again, self._patience, self._first = every, again, patience, first
        self._lock = threading.Lock()
        self._begun: float | None = None
        self._at: float | None = None
        self._fault: NbaMcpError | None = None
        self._answered = threading.Event()

    def check(self) -> None:
        """Raises the fault that the newest question found, such as WarehouseDown."""
        with self._lock:
            if self._begun is None and self._is_old():
                self._begun = monotonic()
                threading.Thread(target=self._look, daemon=True, name="engine-probe").start()
        if not self._answered.wait(self._first):
            raise WarehouseDown(f"{self._place} has not answered yet.", _HINT)
        with self._lock:
            if self._begun is not None and monotonic() - self._begun > self._patience:
                raise WarehouseDown(f"{self._place} has not answered for {self._patience:g} s.", _HINT)
            if self._fault is not None:
                raise self._fault.with_traceback(None)

    def _is_old(self) -> bool:
        wait = self._every if self._fault is None else self._again
        return self._at is None or monotonic() - self._at >= wait

    def _look(self) -> None:
        fault: NbaMcpError | None = None
        try:
            self._ask()
        except Busy:  # it answers, and has no room
            pass
        except NbaMcpError as error:
            fault = error
        except Exception as error:  # noqa: BLE001 - nobody would hear of it in this thread
            fault = WarehouseDown(f"{self._place} cannot be asked: {type(error).__name__}.", _HINT)
        with self._lock:
            self._fault, self._at, self._begun = fault, monotonic(), None
        self._answered.set()
