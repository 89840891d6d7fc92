"""Seconds from a killed server's return to full service for 16 callers: PostgreSQL, and Redis."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import SecretStr

from nba_mcp_synthesis.connectors.redis import RedisConnector
from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.sharing.counters import Counters
from nba_mcp_synthesis.sharing.link import RedisLink
from nba_mcp_synthesis.telemetry.metrics import Metrics
from nba_mcp_synthesis.warehouse.limits import Limits
from nba_mcp_synthesis.warehouse.postgres_engine import PostgresWarehouse
from servers.killable import KillablePostgres, KillableRedis, killable_postgres_in
from servers.leagues import load_small

CALLERS, ROUNDS, AWAY_SECONDS = 16, 3, 2.0


class Callers:
    """Callers who ask again and again, and what they met."""

    def __init__(self, call: Callable[[], object]) -> None:
        self._call, self._stop = call, threading.Event()
        self.served, self.longest = [0] * CALLERS, 0.0
        self.met: set[str] = set()
        self._threads = [threading.Thread(target=self._ask, args=(n,), daemon=True) for n in range(CALLERS)]
        for thread in self._threads:
            thread.start()

    def all_served(self) -> float:
        """Seconds until each of them was served once more."""
        started, before = time.perf_counter(), list(self.served)
        while not all(now > then for now, then in zip(self.served, before, strict=True)):
            time.sleep(0.001)
        return time.perf_counter() - started

    def stop(self) -> None:
        """Ends them."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, number: int) -> None:
        while not self._stop.is_set():
            started = time.perf_counter()
            try:
                self._call()
                self.served[number] += 1
            except NbaMcpError as error:
                self.met.add(type(error).__name__)
            self.longest = max(self.longest, time.perf_counter() - started)
            time.sleep(0.01)


def measure() -> None:
    """Kills and starts each of them some times."""
    with TemporaryDirectory(prefix="recovery-") as folder, killable_postgres_in(Path(folder)) as server:
        url = f"{server.server.url()}?sslmode=disable"
        load_small(url, Path(folder))
        warehouse = PostgresWarehouse(lambda: url, Limits(seconds=5), concurrency=8)
        _report("PostgreSQL", server, lambda: warehouse.query("SELECT 1"))
        warehouse.close()
    with TemporaryDirectory(prefix="recovery-") as folder:
        redis = KillableRedis(Path(folder))
        redis.start()
        link = RedisLink(RedisConnector(lambda: SecretStr(redis.url)).client, Metrics())
        link.start()
        counters = Counters(link)
        _report("Redis", redis, lambda: counters.take("all", {"calls": "100000000/minute"}), lambda: link.up)
        link.stop()
        redis.kill()


def _report(
    name: str,
    server: KillablePostgres | KillableRedis,
    call: Callable[[], object],
    is_used: Callable[[], bool] = lambda: True,
) -> None:
    """`is_used` says that the server serves again, where callers are served without it too."""
    callers = Callers(call)
    callers.all_served()
    seconds = []
    for _ in range(ROUNDS):
        server.kill()
        time.sleep(AWAY_SECONDS)
        server.start()
        started = time.perf_counter()
        while not is_used():
            time.sleep(0.001)
        callers.all_served()
        seconds.append(time.perf_counter() - started)
    callers.stop()
    met = ", ".join(sorted(callers.met)) or "no errors"
    print(
        f"{name}: full service {max(seconds):.2f} s after its return at the latest of {ROUNDS} times; "
        f"{CALLERS} callers met {met}; the longest call took {callers.longest:.2f} s"
    )
