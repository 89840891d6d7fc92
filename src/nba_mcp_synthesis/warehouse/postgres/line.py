"""The line between the client library and the server, with what comes in counted before the library has it.

The library holds all that one answer of the server brings before anybody sees it, be it rows, a plan or the
text of an error, and reads as long as anything comes. So its socket is exchanged for an end of a pair, and
what the server sends is passed on piece by piece.
"""

import os
import select
import socket

_PIECE = 1 << 16


class Line:
    """Stands in the way of what `descriptor`, the library's socket, leads to."""

    def __init__(self, descriptor: int) -> None:
        self._server = socket.socket(fileno=os.dup(descriptor))
        self._pair, theirs = socket.socketpair()
        for end in (self._server, self._pair, theirs):
            end.settimeout(0)
        with theirs:
            os.dup2(theirs.fileno(), descriptor, inheritable=False)
        self._descriptor = descriptor
        self._unsent = self._unread = b""

    @property
    def is_full(self) -> bool:
        """Whether the server has not taken all that was sent."""
        return bool(self._unsent)

    def ready(self, seconds: float) -> bool:
        """Waits until something came, or what is left can be sent; False where neither happened."""
        if self._is(select.POLLIN, self._descriptor, 0):
            return True  # it left something of the last piece
        wanted = select.POLLIN | select.POLLOUT if self._unsent else select.POLLIN
        return self._is(wanted, self._server.fileno(), seconds)

    def take_in(self) -> int:
        """Passes on a piece of what the server sent; gives how many bytes that were."""
        try:
            piece = self._unread or self._server.recv(_PIECE)
        except BlockingIOError:
            return 0
        except OSError:
            piece = b""  # the server is gone: the library finds out by the end of what it reads
        if not piece:
            self._pair.shutdown(socket.SHUT_WR)
            return 0
        new = 0 if self._unread else len(piece)
        try:
            self._unread = piece[self._pair.send(piece) :]
        except BlockingIOError:
            self._unread = piece
        return new

    def send_out(self) -> None:
        """Passes on what the library wrote, as far as the server takes it."""
        try:
            while self._unsent or (piece := self._pair.recv(_PIECE)):
                self._unsent = self._unsent or piece
                self._unsent = self._unsent[self._server.send(self._unsent) :]
        except OSError:
            return  # there is no more, it takes no more, or it is gone, which reading tells

    def close(self) -> None:
        """Leaves the server."""
        self.send_out()
        self._server.close()
        self._pair.close()

    @staticmethod
    def _is(event: int, descriptor: int, seconds: float) -> bool:
        poll = select.poll()
        poll.register(descriptor, event)
        return bool(poll.poll(seconds * 1000))
