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


def ends() -> Any:
    """What gives each call its end, for the library."""
    import grpc  # noqa: PLC0415 - of an extra

    class Ends(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor):  # type: ignore[misc]
        def intercept_unary_unary(self, call: Callable[..., Any], details: Any, request: Any) -> Any:
            return call(_ended(details), request)

        def intercept_unary_stream(self, call: Callable[..., Any], details: Any, request: Any) -> Any:
            return call(_ended(details), request)

    return Ends()


def _ended(details: Any) -> _Details:
    return _Details(
        details.method,
        _seconds(),
        details.metadata,
        details.credentials,
        details.wait_for_ready,
        details.compression,
    )
