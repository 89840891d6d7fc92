"""Connections of clients that are slow: bounds that uvicorn has none for.

A connection ends when the head of a request does not come in time, and when its client takes in nothing of a
response for too long. What waits between requests and how large a head may be are settings of uvicorn itself.
"""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

_LEAST_BYTES = 16_384  # what a client takes in between two looks at it


def bounded(head_seconds: float, stall_seconds: float) -> type[asyncio.Protocol]:
    """The protocol class with these bounds, for uvicorn's `http`."""

    class Bounded(_BoundedProtocol):
        """With the bounds of one server."""

        _head_seconds, _stall_seconds = head_seconds, stall_seconds

    return Bounded


class _BoundedProtocol(H11Protocol):
    """HTTP/1.1 by h11, which also strips blanks around header values, as the MCP library's checks want it."""

    _head_seconds: float
    _stall_seconds: float
    _head_timer: asyncio.TimerHandle | None = None
    _stall_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A head is due from now on."""
        super().connection_made(transport)
        self._head_due()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is due any more."""
        self._done("_head_timer")
        self._done("_stall_timer")
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Data either are of a request that is known, or make a head due that is not whole yet."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._done("_head_timer")
        elif self._head_timer is None:
            self._head_due()

    def pause_writing(self) -> None:
        """The client takes in less than it is sent."""
        super().pause_writing()
        self._look_later()

    def resume_writing(self) -> None:
        """It goes on."""
        self._done("_stall_timer")
        super().resume_writing()

    def on_response_complete(self) -> None:
        """The next head is due when its first byte has come."""
        self._done("_head_timer")
        super().on_response_complete()
        self._end_if_closing()

    def timeout_keep_alive_handler(self) -> None:
        """Closes an idle connection, also one whose client never took in its last response."""
        super().timeout_keep_alive_handler()
        self._end_if_closing()

    def _look_later(self) -> None:
        before = self.transport.get_write_buffer_size()
        self._stall_timer = self.loop.call_later(self._stall_seconds, self._look, before)

    def _look(self, before: int) -> None:
        """A client on a slow line gets on; one that stands still holds the response in our memory."""
        if before - self.transport.get_write_buffer_size() < _LEAST_BYTES:
            self.transport.abort()
        else:
            self._look_later()

    def _end_if_closing(self) -> None:
        """Closing waits until all is sent, which the client may never let happen."""
        if self.transport.is_closing():
            self.loop.call_later(self._stall_seconds, self.transport.abort)

    def _head_due(self) -> None:
        self._head_timer = self.loop.call_later(self._head_seconds, self.transport.abort)

    def _done(self, timer: str) -> None:
        handle: asyncio.TimerHandle | None = getattr(self, timer)
        if handle is not None:
            handle.cancel()
            setattr(self, timer, None)
