"""An end for each call to a Spark Connect server, which by itself waits for ever where nobody answers.

The end is that of the query for which the thread calls, and some seconds more, in which Spark may say that it
stopped. Calls outside queries have those seconds alone.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any, NamedTuple

GRACE_SECONDS = 10.0
# The library's own words for a call after the end of its session, in an error of Python's.
CLOSED = "Cannot invoke RPC"
_LEAST_SECONDS = 0.1
_thread = threading.local()


@contextlib.contextmanager
def ending(seconds: float) -> Iterator[None]:
    """Calls of this thread inside the block end after so many seconds, and those of grace."""
    before = getattr(_thread, "ends", None)
    _thread.ends = monotonic() + seconds
    try:
        yield
    finally:
        _thread.ends = before


def _seconds() -> float:
    ends = getattr(_thread, "ends", None)
    left = 0.0 if ends is None else ends - monotonic()
    return max(_LEAST_SECONDS, left + GRACE_SECONDS)


class _Details(NamedTuple):
    """What a call is made with, as the library wants it from an interceptor."""

    method: str
    timeout: float | None
    metadata: Any
    credentials: Any
    wait_for_ready: bool | None
    compression: Any


class Calls:
    """The calls of one session: each has its end, and none begins on a channel that is closed.

    gRPC's library would end the whole process there, by a segmentation fault.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running = 0
        self._is_closed = False

    def interceptor(self) -> Any:
        """What the library has each call go through."""
        import grpc  # noqa: PLC0415 - of an extra

        begun = self._begun

        class Ends(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor):  # type: ignore[misc]
            def intercept_unary_unary(self, call: Callable[..., Any], details: Any, request: Any) -> Any:
                with begun():
                    return call(_ended(details), request)

            def intercept_unary_stream(self, call: Callable[..., Any], details: Any, request: Any) -> Any:
                with begun():
                    return call(_ended(details), request)

        return Ends()

    def close(self, channel: Callable[[], None]) -> None:
        """Lets no further call begin, and closes the channel as soon as no call is on its way."""
        with self._changed:
            self._is_closed = True
            is_idle = self._running == 0
        if is_idle:
            channel()
        else:  # they have an end, for which nobody should wait
            threading.Thread(
                target=self._close_idle, args=(channel,), daemon=True, name="spark-close"
            ).start()

    def _close_idle(self, channel: Callable[[], None]) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._running == 0)
        channel()

    @contextlib.contextmanager
    def _begun(self) -> Iterator[None]:
        with self._changed:
            if self._is_closed:
                raise ValueError(f"{CLOSED} on closed channel!")
            self._running += 1
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()


def _ended(details: Any) -> _Details:
    return _Details(
        details.method,
        _seconds(),
        details.metadata,
        details.credentials,
        details.wait_for_ready,
        details.compression,
    )
