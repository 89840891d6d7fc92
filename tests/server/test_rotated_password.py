"""A password that is changed in PostgreSQL and in its mounted file, under a server that goes on answering."""

import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from psycopg import sql

from nba_mcp_synthesis.warehouse.postgres.roles import make_roles
from running import Running, running
from server.test_serve import modern
from servers.leagues import load_small
from servers.postgres import PostgresServer

pytestmark = pytest.mark.system

TEAMS = "SELECT COUNT(*) FROM teams"


def asked(server: Running) -> dict[str, Any]:
    """The reply to a query over HTTP."""
    reply = modern(server, "tools/call", name="query_sql", arguments={"sql": TEAMS}).json()
    found: dict[str, Any] = reply["result"]
    return found


def replace(file: Path, text: str) -> None:
    """Writes a mounted file as Kubernetes does: the new one takes its place at one stroke."""
    fresh = file.with_name(f".{file.name}.new")
    fresh.write_text(text, "utf-8")
    fresh.chmod(0o600)
    fresh.replace(file)


def end_sessions(server: PostgresServer, role: str) -> None:
    """Ends every session of a role, as a failover does, so that all log in anew."""
    with server.connect() as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", (role,))


def test_a_changed_password_is_used_at_the_next_login(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    """Calls fail in the gap between the two changes at most, and never after it; no restart is needed."""
    database = postgres_server.create_database()
    url = postgres_server.url(database) + "?sslmode=disable"
    load_small(url, tmp_path)
    make_roles(lambda: url)
    role, first, second = f"reader_{os.getpid()}", "first-password", "second-password"
    postgres_server.create_role(role, first)
    with postgres_server.connect(database) as admin:
        admin.execute(sql.SQL("GRANT nba_reader TO {}").format(sql.Identifier(role)))
    mounted = tmp_path / "mounted"
    mounted.mkdir()
    replace(mounted / "RDS_PASSWORD", first)
    address = f"postgresql://{role}@{postgres_server.host}:{postgres_server.port}/{database}?sslmode=disable"
    results: list[tuple[float, bool]] = []
    stop = threading.Event()

    def ask_on(server: Running) -> None:
        while not stop.is_set():
            results.append((time.monotonic(), not asked(server).get("isError", False)))

    with running(tmp_path, NBA_MCP_WAREHOUSE_URL=address, NBA_MCP_SECRETS_MOUNTS=str(mounted)) as server:
        assert not asked(server).get("isError", False)
        asking = threading.Thread(target=ask_on, args=(server,))
        asking.start()
        gap = time.monotonic()
        postgres_server.change_password(role, second)
        end_sessions(postgres_server, role)
        replace(mounted / "RDS_PASSWORD", second)
        closed = time.monotonic()
        end_sessions(postgres_server, role)
        while sum(at > closed + 1 for at, _ in results) < 20:
            time.sleep(0.05)
        stop.set()
        asking.join()
        log = server.log.read_text("utf-8")
    # a call that began in the gap may end after it
    assert [at - gap for at, well in results if not well and not gap - 1 < at < closed + 1] == []
    assert first not in log
    assert second not in log
