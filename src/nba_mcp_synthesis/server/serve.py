"""Running the server: over stdio for one client, over HTTP for many."""

import asyncio
import contextlib
import ipaddress
import logging
import os
import resource
import sys

import uvicorn

from nba_mcp_synthesis.errors import SettingsError, Unavailable
from nba_mcp_synthesis.server.access.guard import Guard
from nba_mcp_synthesis.server.companions import accompanied
from nba_mcp_synthesis.server.connections import bounded
from nba_mcp_synthesis.server.http import build_http
from nba_mcp_synthesis.server.mcp_server import build_mcp
from nba_mcp_synthesis.server.routes.health import Readiness
from nba_mcp_synthesis.server.secret_watch import Secrets, SecretWatch
from nba_mcp_synthesis.server.stopping import StoppingServer
from nba_mcp_synthesis.server.tools import Services
from nba_mcp_synthesis.settings import Settings
from nba_mcp_synthesis.telemetry.logs import configure_logs, get_logger
from nba_mcp_synthesis.telemetry.traces import configure_traces, flush

# A connection is an open file; more than these are of no use to one process.
_MOST_OPEN_FILES = 65_536
_DRAIN_SECONDS = 5.0


def prepare(transport: str, settings: Settings) -> None:
    """Sends all events of this process to where the transport leaves room for them, before there are any."""
    if transport == "stdio":
        configure_logs(sys.stderr, settings.log_level, context=settings.context, caller="stdio")
    else:
        configure_logs(sys.stdout, settings.log_level, context=settings.context)
    configure_traces(settings.context, content=settings.trace_content)
    _leave_no_memory_behind()
    _allow_many_connections()


def serve_stdio(services: Services) -> None:
    """Serves one client on standard input and output until it closes them."""

    async def run() -> None:
        server = await build_mcp(services)
        async with accompanied(services.companions):
            await server.run_stdio_async(show_banner=False)

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run())
    flush()


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
    guard = Guard(services, settings, loopback=_is_loopback(host))
    app = build_http(mcp, services, readiness, watch, guard, settings)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        http=bounded(settings.http_request_seconds, settings.http_stall_seconds),
        ws="none",
        h11_max_incomplete_event_size=settings.http_header_kb * 1_024,
        timeout_keep_alive=settings.http_idle_seconds,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )
    server = StoppingServer(config, readiness, _drain_seconds(settings))
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


def _allow_many_connections() -> None:
    """Raises the limit of open files, which is 1,024 in many places, as far as this process may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _drain_seconds(settings: Settings) -> float:
    """In production there is a balancer that takes a moment to notice."""
    if settings.drain_seconds is not None:
        return settings.drain_seconds
    return _DRAIN_SECONDS if settings.context == "production" else 0.0


def _end_process() -> None:
    """Ends the process although a query that could not be stopped may still hold a thread."""
    flush()
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)


def _refuse_open_door(settings: Settings, host: str) -> None:
    if settings.auth != "none" or _is_loopback(host):
        return
    if not settings.allow_unauthenticated:
        raise SettingsError(
            f"Listening on {host} would let anyone who reaches it query, since NBA_MCP_AUTH is none.",
            "Listen on 127.0.0.1, or set NBA_MCP_ALLOW_UNAUTHENTICATED=true where something else guards it.",
        )
    get_logger().warning(
        "access", family="security", host=host, note="anyone who reaches this address can query"
    )


def _is_loopback(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"
