"""HTTP/1.1 as far as the clients of models speak it, with what no proper server offers.

A peer must break off in the middle of a body, drip, keep silent, and know when its caller leaves;
a server library would hide all of these.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from servers.models.replies import Manner


@dataclass(frozen=True)
class Request:
    """A whole request; the names of headers are in small letters."""

    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Response:
    """What goes back: one body, or events of a stream, and how they travel."""

    status: int
    headers: Mapping[str, str]
    pieces: tuple[bytes, ...]
    streamed: bool = False
    manner: Manner = field(default_factory=Manner)


Answering = Callable[[Request, "Connection"], Coroutine[Any, Any, None]]


class Connection(asyncio.Protocol):
    """One caller's connection: requests one after another; the reply's task is cancelled when it leaves."""

    def __init__(self, answer: Answering) -> None:
        self._answer = answer
        self._heard = b""
        self._task: asyncio.Task[None] | None = None
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the way back."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Begins to answer when a request is complete."""
        self._heard += data
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody waits for the reply any more."""
        if self._task:
            self._task.cancel()

    async def end(self) -> None:
        """Leaves, whatever is being said."""
        task = self._task
        self._transport.abort()
        if task:
            task.cancel()
            await asyncio.wait([task])

    def _next(self) -> None:
        if self._task is None and (taken := _take(self._heard)):
            request, self._heard = taken
            self._task = asyncio.get_running_loop().create_task(self._answer(request, self))
            self._task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if not task.cancelled() and not self._transport.is_closing():
            self._next()

    async def send(self, response: Response, ending: Callable[[], None] = lambda: None) -> None:
        """Sends a response in its manner; `ending` is called before the last bytes go.

        Whoever has the whole reply finds the call ended: afterwards would be too late for its next line.
        """
        manner = response.manner
        await asyncio.sleep(manner.seconds)
        if manner.silent:
            await asyncio.get_running_loop().create_future()
        body = (
            [_chunk(one) for one in (*response.pieces, b"")] if response.streamed else list(response.pieces)
        )
        if manner.pieces > 1 and not response.streamed:
            body = _split(b"".join(body), manner.pieces)
        head = _head(response, sum(map(len, body)))
        if not manner.pause and manner.cut is None:
            ending()
            self._transport.write(b"".join((head, *body)))
            return
        self._transport.write(head)
        await self._trickle(body, manner, ending)

    async def _trickle(self, body: list[bytes], manner: Manner, ending: Callable[[], None]) -> None:
        left = int(sum(map(len, body)) * (1 if manner.cut is None else manner.cut))
        for piece in body:
            await asyncio.sleep(manner.pause)
            if left <= len(piece):
                ending()
            self._transport.write(piece[:left])
            left -= len(piece)
            if left <= 0:
                break
        if manner.cut is not None:
            self._task = None  # this end leaves, which is no cancelled call
            self._transport.close()


def _take(heard: bytes) -> tuple[Request, bytes] | None:
    head, complete, rest = heard.partition(b"\r\n\r\n")
    if not complete:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    length = int(headers.get("content-length", 0))
    if len(rest) < length:
        return None
    return Request(first.split(" ")[1], headers, rest[:length]), rest[length:]


def _head(response: Response, length: int) -> bytes:
    framing = {"transfer-encoding": "chunked"} if response.streamed else {"content-length": str(length)}
    phrase = HTTPStatus(response.status).phrase if response.status in _KNOWN else "Overloaded"
    lines = [f"HTTP/1.1 {response.status} {phrase}"]
    lines += [f"{name}: {value}" for name, value in {**response.headers, **framing}.items()]
    return "\r\n".join((*lines, "", "")).encode("latin-1")


_KNOWN = {one.value for one in HTTPStatus}


def _chunk(piece: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(piece), piece)


def _split(body: bytes, pieces: int) -> list[bytes]:
    return list(_slices(body, max(1, -(-len(body) // pieces))))


def _slices(body: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]
