"""Bodies of requests: whole before any route sees them, in time, of bounded size, and JSON where they say so.

The protocol's own path is left to its library, which answers what is no JSON in its own form.
"""

import asyncio

from pydantic_core import from_json
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nba_mcp_synthesis.errors import NbaMcpError, TooLarge, TooSlow, UsageError
from nba_mcp_synthesis.server.access.refusals import Refusals


class Bodies:
    """ASGI middleware: hands on requests whose bodies are sound."""

    def __init__(self, app: ASGIApp, refusals: Refusals, kilobytes: int, seconds: float, mcp: str) -> None:
        self._app, self._refusals, self._mcp = app, refusals, mcp
        self._kilobytes, self._seconds = kilobytes, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Takes in the body, and hands on the request with it; one that has none at once."""
        if scope["type"] != "http" or not _has_body(scope):
            await self._app(scope, receive, send)
            return
        try:
            body = await self._body(scope, receive)
            if body is None:
                return  # the client has left
            if scope["path"] != self._mcp:
                _check(scope, body)
        except NbaMcpError as error:
            await self._refusals.refuse(scope, receive, send, error)
            return
        await self._app(scope, _given(body, receive), send)

    async def _body(self, scope: Scope, receive: Receive) -> bytes | None:
        announced = _header(scope, b"content-length")
        most = self._kilobytes * 1_024
        if announced.isdigit() and (len(announced) > 12 or int(announced) > most):
            raise self._too_large()
        try:
            async with asyncio.timeout(self._seconds):
                return await self._read(receive, most)
        except TimeoutError:
            raise TooSlow(f"The body did not arrive within {self._seconds:g} seconds.") from None

    async def _read(self, receive: Receive, most: int) -> bytes | None:
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return None
            body += message.get("body", b"")
            if len(body) > most:
                raise self._too_large()
            if not message.get("more_body", False):
                return bytes(body)

    def _too_large(self) -> TooLarge:
        return TooLarge(f"A request's body may have {self._kilobytes} KB at the most.", "Send less at once.")


def _has_body(scope: Scope) -> bool:
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value != b"0")
        for name, value in scope["headers"]
    )


def _header(scope: Scope, wanted: bytes) -> bytes:
    return next((value for name, value in scope["headers"] if name == wanted), b"")


def _check(scope: Scope, body: bytes) -> None:
    """UsageError for what says that it is JSON and is none; the reader takes about 200 levels of nesting."""
    kind = _header(scope, b"content-type").lower()
    if b"json" not in kind:
        return
    try:
        from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise UsageError(f"The body is no JSON that can be read: {_where(error)}.") from None


def _where(error: ValueError) -> str:
    """What the reader says, which names a place and quotes nothing."""
    return str(error)[:200]


def _given(body: bytes, receive: Receive) -> Receive:
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def given() -> Message:
        return first.pop() if first else await receive()

    return given
