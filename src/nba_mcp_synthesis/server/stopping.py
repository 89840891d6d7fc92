"""How the server stops: it says that it wants no more, still takes what comes, then finishes what it has.

SIGTERM begins the drain: /health/ready is 503, answers carry `Connection: close`, and the port stays open for
balancers that have not noticed yet. Then the port closes, what still comes on connections that were kept open
is refused with 503, and requests in flight get their time to end.
"""

import asyncio
import signal
import socket
import time
from types import FrameType

import uvicorn
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nba_mcp_synthesis.errors import Stopping
from nba_mcp_synthesis.server.problems import problem
from nba_mcp_synthesis.server.routes.health import Readiness
from nba_mcp_synthesis.telemetry.logs import get_logger

# For requests that are on their way when the drain ends; the library closes quiet connections without a word.
_LINGER_SECONDS = 0.3


class StoppingServer(uvicorn.Server):
    """A server that drains for so many seconds before it stops."""

    def __init__(self, config: uvicorn.Config, readiness: Readiness, drain_seconds: float = 0.0) -> None:
        super().__init__(config)
        self._readiness, self._drain_seconds = readiness, drain_seconds
        self._signal: int = signal.SIGTERM

    async def main_loop(self) -> None:
        """Serves until a signal comes, and from then for the time of the drain."""
        await super().main_loop()
        get_logger().info("stopping", signal=signal.Signals(self._signal).name)
        ends = time.monotonic() + self._drain_seconds
        while time.monotonic() < ends and not self.force_exit:
            await asyncio.sleep(0.1)
            await self.on_tick(0)  # keeps the header Date right

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Closes the port, refuses what still comes, and lets the work in flight finish."""
        self._readiness.closing = True
        for server in self.servers:
            server.close()
        if not self.force_exit:
            await asyncio.sleep(_LINGER_SECONDS)
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - as the base has it
        """Stops wanting new work and lets the work in flight finish; a second signal ends it at once.

        Unlike the base it does not raise the signal again at the end: having stopped as asked is success. It
        only sets flags: the signal may come while this very thread writes a log line, and holds its lock.
        """
        self._signal = sig
        self.force_exit = self._readiness.stopping
        self._readiness.stopping = True
        self.should_exit = True


class Leaving:
    """ASGI middleware: while the server stops, clients are told to connect elsewhere next time."""

    def __init__(self, app: ASGIApp, readiness: Readiness) -> None:
        self._app, self._readiness = app, readiness

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, or refuses it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and self._readiness.stopping:
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        app = _refusal() if self._readiness.closing else self._app
        await app(scope, receive, sending)


def _refusal() -> ASGIApp:
    return problem(Stopping("The server is stopping.", "Send it again; another one takes it."))
