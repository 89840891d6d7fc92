"""A password that is changed in PostgreSQL and in its mounted file reaches a pool that is in use."""

import threading
import time
from typing import Self

import psycopg
import pytest
from psycopg_pool import PoolTimeout

from nba_mcp_synthesis import doors
from nba_mcp_synthesis.connectors.rds import RDSConnector
from nba_mcp_synthesis.settings import load_settings
from secret_ground import Ground
from servers.postgres import PostgresServer

PARTS = ("RDS_HOST", "RDS_PORT", "RDS_DATABASE", "RDS_USERNAME", "RDS_PASSWORD")
OLD, NEW = "the-password-before", "the-password-afterwards"


class Work:
    """Queries in several threads, one after another; when each failed, by the clock."""

    def __init__(self, ground: Ground) -> None:
        manager = ground.manager()
        manager.load_secrets_hierarchical("production")
        connector = RDSConnector(lambda: doors.rds_login(lambda: manager))
        # Connections live for a moment only, so that there are logins all the time.
        self.pool = connector.pool(min_size=1, max_size=4, max_lifetime=0.2, timeout=10.0)
        self.failed: list[float] = []
        self.done: list[float] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(4)]

    def __enter__(self) -> Self:
        self.pool.open(wait=True, timeout=10)
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self.pool.close()

    def refused(self) -> int:
        """How many logins the server has refused until now."""
        return int(self.pool.get_stats().get("connections_errors", 0))

    def _run(self) -> None:
        while not self._stop.is_set():
            started = time.monotonic()
            try:
                with self.pool.connection() as connection:
                    connection.execute("SELECT 1")
            except (PoolTimeout, psycopg.Error):
                self.failed.append(started)
            else:
                self.done.append(time.monotonic())
            time.sleep(0.01)


def test_a_gap_between_database_and_file_fails_nothing(
    postgres_server: PostgresServer, ground: Ground
) -> None:
    """Database first, file a second later: who needs a login meanwhile waits for the pool, and gets it."""
    postgres_server.create_role("worker", OLD)
    values = (postgres_server.host, str(postgres_server.port), "postgres", "worker", OLD)
    for name, value in zip(PARTS, values, strict=True):
        ground.mount(name, value)
    with Work(ground) as work:
        time.sleep(1.0)
        began = time.monotonic()
        postgres_server.change_password("worker", NEW)
        time.sleep(1.0)
        assert work.refused() > 0  # otherwise this shows nothing
        ground.mount("RDS_PASSWORD", NEW)
        time.sleep(4.0)
        end = time.monotonic()
    assert work.failed == []
    assert sum(at < began for at in work.done) > 20
    assert sum(at > end - 1 for at in work.done) > 20


def test_a_change_of_role_and_password_at_one_stroke_fails_nothing(
    postgres_server: PostgresServer, ground: Ground
) -> None:
    """As rotation by alternating roles does it, and as a Kubernetes volume brings it: one link changes."""
    for role, password in (("worker_a", OLD), ("worker_b", NEW)):
        postgres_server.create_role(role, password)
        volume = ground.root / role
        volume.mkdir()
        (volume / "RDS_USERNAME").write_text(role)
        (volume / "RDS_PASSWORD").write_text(password)
        (volume / "RDS_HOST").write_text(postgres_server.host)
        (volume / "RDS_PORT").write_text(str(postgres_server.port))
        (volume / "RDS_DATABASE").write_text("postgres")
    ground.mounts.mkdir()
    (ground.mounts / "..data").symlink_to(ground.root / "worker_a")
    for name in PARTS:
        (ground.mounts / name).symlink_to(f"..data/{name}")
    with Work(ground) as work:
        for turn in range(10):
            time.sleep(0.2)
            (ground.mounts / "..new").symlink_to(ground.root / ("worker_b", "worker_a")[turn % 2])
            (ground.mounts / "..new").replace(ground.mounts / "..data")
    assert work.failed == []
    assert len(work.done) > 50


def test_a_password_that_is_kept_nowhere_is_not_looked_for_at_each_login(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking everywhere may take AWS's time; one that comes is found when secrets are looked at."""
    settings = load_settings({"NBA_MCP_WAREHOUSE_URL": "postgresql://reader@db.example.com/nba"})
    manager = ground.manager()
    manager.load_secrets_hierarchical("production")
    address = doors.warehouse_address(settings, lambda: manager)
    with monkeypatch.context() as here:
        here.setattr(manager, "refresh", lambda: pytest.fail("looked everywhere"))
        assert address() == "postgresql://reader@db.example.com/nba"
    ground.file("RDS_PASSWORD", NEW)
    manager.refresh()
    assert f"password={NEW}" in address()
