"""What telemetry costs: its share of the processor time of a real call, and a scrape after 10,000 requests.

Two servers with and without it differ by less than a busy machine lets one see. So the time of the telemetry
alone is taken, of the request path with it and without, and compared with what a real server spends on a call
of query_sql; all of it is processor time, which others on the machine do not add to.
"""

import asyncio
import io
import os
import statistics
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import process_time
from typing import Any
from unittest.mock import patch

import httpx
import psutil
from starlette.types import Receive, Scope, Send

import small_league
from nba_mcp_synthesis.server.access.scopes import OF_TOOL
from nba_mcp_synthesis.server.observing import observed
from nba_mcp_synthesis.server.requests import PATHS, ObserveRequests
from nba_mcp_synthesis.telemetry.logs import configure_logs, get_logger
from nba_mcp_synthesis.telemetry.metrics import Metrics
from running import NO_LIMITS, running
from server.test_serve import ACCEPT, message

REQUESTS, ROUNDS, CALLS = 2_000, 5, 400
MOST_COST, MOST_SCRAPE_MS = 0.03, 20.0
SQL = "SELECT player_id, sum(pts) AS pts FROM player_game_stats GROUP BY 1 ORDER BY 2 DESC"


class Uncounted(Metrics):
    """Metrics that count nothing."""

    def http_answered(self, *_: Any) -> None:
        """Nothing."""

    def tool_called(self, *_: Any) -> None:
        """Nothing."""


def path(metrics: Metrics) -> ObserveRequests:
    """The way of a call of query_sql, without the work: its line, those of the tool and of the request."""

    async def app(_: Scope, __: Receive, send: Send) -> None:
        with observed(metrics, "query_sql"):
            get_logger().info("query", family="api", outcome="ok", elapsed_ms=1.0, rows=4, bytes=90)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    return ObserveRequests(app, metrics)


async def _send(_: Any) -> None:
    pass


async def _receive() -> Any:
    return {"type": "http.request", "body": b""}


async def seconds_of(app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> float:
    """Processor time of one request."""
    scope = {"type": "http", "method": "POST", "path": "/mcp", "headers": [], "client": ("10.0.0.7", 1)}
    started = process_time()
    for _ in range(REQUESTS):
        await app(dict(scope), _receive, _send)
    return (process_time() - started) / REQUESTS


async def telemetry_seconds(metrics: Metrics) -> float:
    """What telemetry adds to a request: request ids and callers are there without it as well."""
    found = []
    for _ in range(ROUNDS):
        configure_logs(io.StringIO(), "error")
        without = await seconds_of(path(Uncounted()))
        configure_logs(io.StringIO())
        found.append(await seconds_of(path(metrics)) - without)
    return statistics.median(found)


def call_seconds(folder: Path) -> float:
    """Processor time that a server and its workers spend on one call of query_sql over HTTP."""
    league = small_league.build(folder / "small.duckdb")
    body, headers = message("tools/call", name="query_sql", arguments={"sql": SQL})
    with (
        running(folder, NBA_MCP_WAREHOUSE_URL=f"duckdb:///{league}", **NO_LIMITS) as server,
        httpx.Client() as client,
    ):

        def call(times: int) -> None:
            for _ in range(times):
                client.post(f"{server.url}/mcp", json=body, headers=ACCEPT | headers)

        call(50)
        before = _spent(server.process.pid)
        call(CALLS)
        return (_spent(server.process.pid) - before) / CALLS


def _spent(pid: int) -> float:
    server = psutil.Process(pid)
    return sum(sum(process.cpu_times()[:2]) for process in (server, *server.children()))


def scrape_ms(metrics: Metrics) -> tuple[float, int]:
    """(milliseconds, bytes) of one exposition, when every path and tool has been called in several ways."""
    for number in range(REQUESTS * ROUNDS):
        path = sorted(PATHS)[number % len(PATHS)]
        metrics.http_answered(("GET", "POST")[number % 2], path, (200, 400, 429, 503)[number % 4], 0.01)
        outcome = ("ok", "rate_limited", "query_refused", "internal_error")[number % 4]
        metrics.tool_called(sorted(OF_TOOL)[number % len(OF_TOOL)], outcome, 0.01)
    found = []
    for _ in range(20):
        started = process_time()
        size = len(metrics.exposition())
        found.append((process_time() - started) * 1_000)
    return statistics.median(found), size


def main() -> None:
    """Prints the figures; fails where they are beyond what is promised."""
    metrics = Metrics()
    added = asyncio.run(telemetry_seconds(metrics))
    with tempfile.TemporaryDirectory() as folder, patch.dict(os.environ, NBA_MCP_HOME=folder):
        whole = call_seconds(Path(folder))
    scrape, size = scrape_ms(metrics)
    print(f"telemetry: {added * 1e6:.0f} µs of the {whole * 1e3:.2f} ms of a call, {added / whole:.2%}")
    print(f"a scrape after {REQUESTS * ROUNDS:,} requests: {scrape:.1f} ms, {size:,} bytes")
    assert added / whole < MOST_COST
    assert scrape < MOST_SCRAPE_MS


if __name__ == "__main__":
    main()
