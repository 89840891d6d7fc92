"""Running the server: over stdio for one client, over HTTP for many."""

import asyncio
import contextlib
import ipaddress
import logging
import os
import resource
import signal
import socket
import sys
from types import FrameType

import uvicorn

from nba_mcp_synthesis.errors import SettingsError, Unavailable
from nba_mcp_synthesis.server.companions import accompanied
from nba_mcp_synthesis.server.http import build_http
from nba_mcp_synthesis.server.mcp_server import build_mcp
from nba_mcp_synthesis.server.routes.health import Readiness
from nba_mcp_synthesis.server.secret_watch import Secrets, SecretWatch
from nba_mcp_synthesis.server.tools import Services
from nba_mcp_synthesis.settings import Settings
from nba_mcp_synthesis.telemetry.logs import configure_logs, get_logger


def prepare(transport: str, settings: Settings) -> None:
    """Sends all events of this process to where the transport leaves room for them, before there are any."""
    if transport == "stdio":
        configure_logs(sys.stderr, settings.log_level, context=settings.context, caller="stdio")
    else:
        configure_logs(sys.stdout, settings.log_level, context=settings.context)
    _leave_no_memory_behind()


def serve_stdio(services: Services) -> None:
    """Serves one client on standard input and output until it closes them."""

    async def run() -> None:
        server = await build_mcp(services)
        async with accompanied(services.companions):
            await server.run_stdio_async(show_banner=False)

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run())


def serve_http(services: Services, settings: Settings, secrets: Secrets, host: str, port: int) -> None:
    """Serves HTTP until SIGTERM or SIGINT; requests in flight get `shutdown_seconds` to finish.

    Raises:
        SettingsError: the address can be reached by others and nothing asks who calls.
        Unavailable: the port cannot be listened on.
    """
    _refuse_open_door(settings, host)
    watch = SecretWatch(secrets, services.metrics, settings.secrets_refresh_seconds)
    watch.look()
    asyncio.run(_serve(services, settings, watch, host, port))


async def _serve(services: Services, settings: Settings, watch: SecretWatch, host: str, port: int) -> None:
    readiness = Readiness()
    mcp = await build_mcp(services)
    app = build_http(mcp, services, readiness, watch, settings.context)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        http="h11",  # strips blanks around header values, which the protocol's checks rely on
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )
    server = _Server(config, readiness)
    try:
        await server.serve()
        if server.started:
            _end_process()
    except SystemExit as stop:
        raise Unavailable(
            f"The server could not start on {host}:{port}.",
            "Is the port taken? Choose another with --port.",
        ) from stop


def _leave_no_memory_behind() -> None:
    """A crash writes no core file: the memory of the process has secrets in it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _end_process() -> None:
    """Ends the process although a query that could not be stopped may still hold a thread."""
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)


class _Server(uvicorn.Server):
    """A server that says at SIGTERM that it is not ready for more."""

    def __init__(self, config: uvicorn.Config, readiness: Readiness) -> None:
        super().__init__(config)
        self._readiness = readiness
        self._signal: int = signal.SIGTERM

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Says that it stops, and lets the work in flight finish."""
        get_logger().info("stopping", signal=signal.Signals(self._signal).name)
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - as the base has it
        """Stops taking new work and lets the work in flight finish; a second signal ends it at once.

        Unlike the base it does not raise the signal again at the end: having stopped as asked is success. It
        only sets flags: the signal may come while this very thread writes a log line, and holds its lock.
        """
        self._signal = sig
        self.force_exit = self._readiness.stopping
        self._readiness.stopping = True
        self.should_exit = True


def _refuse_open_door(settings: Settings, host: str) -> None:
    if settings.auth != "none" or _is_loopback(host):
        return
    if not settings.allow_unauthenticated:
        raise SettingsError(
            f"Listening on {host} would let anyone who reaches it query, since NBA_MCP_AUTH is none.",
            "Listen on 127.0.0.1, or set NBA_MCP_ALLOW_UNAUTHENTICATED=true where something else guards it.",
        )
    get_logger().warning("access", host=host, note="anyone who reaches this address can query")


def _is_loopback(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"
