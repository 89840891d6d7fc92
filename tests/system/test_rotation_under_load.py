"""Rotation while people work: no request is refused, and afterwards everybody uses the new secret."""

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import httpx
import pytest
from psycopg import sql

from nba_mcp_synthesis.server.access.key_format import new_key
from nba_mcp_synthesis.warehouse.postgres.roles import make_roles
from rotation.ground import PASSWORD, SECRET, Place
from running import NO_LIMITS, Running, running
from secret_ground import FITTING
from servers.aws import AwsServer
from servers.leagues import load_small
from servers.postgres import PostgresServer

pytestmark = pytest.mark.system
CALLERS = 16
# The demand is 60 seconds; the suite has less time. `ROTATION_SECONDS=60` takes all of it.
SECONDS = float(os.environ.get("ROTATION_SECONDS", "15"))
TEAMS = {"sql": "SELECT COUNT(*) FROM teams"}


class Cluster:
    """What the External Secrets Operator and the kubelet do: AWS's document becomes files, at one stroke."""

    def __init__(self, place: Place, folder: Path) -> None:
        self._place, self._folder, self._count = place, folder, 0
        folder.mkdir()
        self.sync()
        for name in self.current():
            (folder / name).symlink_to(f"..data/{name}")

    def current(self) -> dict[str, str]:
        """What the ExternalSecret's template lets through."""
        return {name: value for name, value in self._place.current().items() if isinstance(value, str)}

    def sync(self) -> None:
        """A new folder of files, then one rename of `..data`, then the old folder goes."""
        self._count += 1
        fresh = self._folder / f"..2026_11_26_{self._count}"
        fresh.mkdir()
        for name, value in self.current().items():
            (fresh / name).write_text(value)
            if self._count > 1 and not (self._folder / name).is_symlink():
                (self._folder / name).symlink_to(f"..data/{name}")
        before = (self._folder / "..data").resolve() if self._count > 1 else None
        (self._folder / "..data_tmp").symlink_to(fresh.name)
        (self._folder / "..data_tmp").replace(self._folder / "..data")
        if before:
            for file in before.iterdir():
                file.unlink()
            before.rmdir()


@pytest.fixture
def place(
    aws_server: AwsServer, postgres_server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Place:
    """A small warehouse in PostgreSQL, read by a login of the group nba_reader, whose secrets are in AWS."""
    monkeypatch.setenv("PGSSLMODE", "disable")
    database = postgres_server.create_database()
    url = postgres_server.url(database) + "?sslmode=disable"
    load_small(url, tmp_path)
    make_roles(lambda: url)
    user = f"reader_{os.getpid()}_{time.monotonic_ns()}"
    postgres_server.create_role(user, PASSWORD)
    with postgres_server.connect(database) as admin:
        admin.execute(sql.SQL("GRANT nba_reader TO {}").format(sql.Identifier(user)))
    key = new_key("jobs", ["nba:read", "nba:ask", "nba:sql"], None)
    values = {
        "RDS_HOST": postgres_server.host,
        "RDS_PORT": str(postgres_server.port),
        "RDS_DATABASE": database,
        "RDS_USERNAME": user,
        "RDS_PASSWORD": PASSWORD,
        "METRICS_TOKEN": FITTING["METRICS_TOKEN"],
        "SIGNING_KEY": FITTING["SIGNING_KEY"],
        "SERVICE_API_KEY": key.text,
    }
    found = Place(aws_server, postgres_server, tmp_path / "home", database, user, values)
    found.client.create_secret(Name=SECRET, SecretString=json.dumps(values))
    administrator = {"username": postgres_server.user, "password": postgres_server.password}
    found.client.create_secret(Name=f"{SECRET}/administrator", SecretString=json.dumps(administrator))
    found.app().api_keys.add(key.row)
    return found


@contextmanager
def serving(place: Place, tmp_path: Path) -> Iterator[tuple[Running, Cluster]]:
    """A server of production that reads its secrets from mounted files alone."""
    cluster = Cluster(place, tmp_path / "volume")
    url = f"postgresql://{place.postgres.host}:{place.postgres.port}/{place.database}?sslmode=disable"
    environment = {
        **place.variables(),
        **NO_LIMITS,
        **{name: "" for name in os.environ if name.startswith("AWS_")},
        "NBA_MCP_WAREHOUSE_URL": url,
        "NBA_MCP_SECRETS_MOUNTS": str(tmp_path / "volume"),
        "NBA_MCP_SECRETS_REFRESH_SECONDS": "0.5",
        "NBA_MCP_AUTH": "keys",
        "NBA_MCP_CALLER_SHARE": "1.0",
    }
    with running(tmp_path, **environment) as server:
        yield server, cluster


class Callers:
    """People who query without a pause, each with the key that is mounted when he calls."""

    def __init__(self, server: Running, key: Any) -> None:
        self._server, self._key = server, key
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self.refused: list[Any] = []
        self.served = 0
        self._threads = [threading.Thread(target=self._run) for _ in range(CALLERS)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        with httpx.Client(timeout=30) as client:
            while not self._stop.is_set():
                headers = {"Authorization": f"Bearer {self._key()}"}
                reply = client.post(f"{self._server.url}/v1/query", json=TEAMS, headers=headers)
                with self._lock:
                    self.served += reply.status_code == 200
                    if reply.status_code != 200:
                        self.refused.append((reply.status_code, reply.text))


def sessions(place: Place) -> set[str]:
    """The roles of the server's sessions with the database now."""
    with place.postgres.connect() as admin:
        query = "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = %s AND application_name = %s"
        return {str(row[0]) for row in admin.execute(query, (place.database, "nba-mcp")).fetchall()}


def eventually(true: Any) -> None:
    """Waits until something is true, for half a minute at most."""
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def metrics(server: Running, token: str) -> int:
    """The status of /metrics with a token."""
    return httpx.get(f"{server.url}/metrics", headers={"Authorization": f"Bearer {token}"}).status_code


@pytest.mark.timeout(300)
@pytest.mark.requirement("MNT-ROTATE")
def test_nobody_is_refused_while_all_is_rotated(place: Place, tmp_path: Path) -> None:
    """Login, token, signing and service key at once; old and new are good side by side, then all are new."""
    with serving(place, tmp_path) as (server, cluster):
        key_file = tmp_path / "volume" / "SERVICE_API_KEY"

        def mounted() -> str:
            return key_file.read_text()

        old_key = place.values["SERVICE_API_KEY"]
        with Callers(server, mounted) as callers:
            time.sleep(SECONDS / 3)
            assert sessions(place) == {place.user}
            run = place.rotations().run()
            assert (run.exit_code, len(run.done)) == (0, 4), [str(one.error) for one in run.failed]
            assert metrics(server, place.values["METRICS_TOKEN"]) == 200
            time.sleep(SECONDS / 3)  # AWS has it, the cluster has not yet
            cluster.sync()
            eventually(lambda: metrics(server, place.current()["METRICS_TOKEN"]) == 200)
            eventually(lambda: sessions(place) == {f"{place.user}_b"})
            time.sleep(SECONDS / 3)
        assert callers.refused == []
        assert callers.served > CALLERS
        assert sessions(place) == {f"{place.user}_b"}
        assert metrics(server, place.values["METRICS_TOKEN"]) == 200
        assert metrics(server, "another-token-altogether") == 401
        headers = {"Authorization": f"Bearer {old_key}"}
        assert httpx.post(f"{server.url}/v1/query", json=TEAMS, headers=headers).status_code == 200
        log = server.log.read_text("utf-8")
    for document in (place.values, place.current()):
        for name in ("RDS_PASSWORD", "METRICS_TOKEN", "SIGNING_KEY", "SERVICE_API_KEY"):
            assert document[name] not in log


def test_a_cursor_is_good_for_a_turn(place: Place, tmp_path: Path) -> None:
    """One signed with the key before is read; after the next rotation it is refused; a forged one always."""
    with serving(place, tmp_path) as (server, cluster):
        headers = {"Authorization": f"Bearer {place.values['SERVICE_API_KEY']}"}
        for question in ("who led the league in scoring", "how many teams are there", "who led in rebounds"):
            httpx.post(f"{server.url}/v1/ask", json={"question": question}, headers=headers, timeout=60)

        def page(cursor: str = "") -> httpx.Response:
            more = {"cursor": cursor} if cursor else {}
            return httpx.get(f"{server.url}/v1/answers", params={"limit": "1", **more}, headers=headers)

        def signer() -> str:
            found: str = page().json()["next_cursor"].split(".")[1]
            return found

        eventually(lambda: page().json().get("next_cursor"))
        cursor = page().json()["next_cursor"]
        assert cursor.count(".") == 2
        assert page(cursor[:-1] + ("0" if cursor[-1] != "0" else "1")).status_code == 400
        for status in (200, 400):
            before = signer()
            place.rotations().run(["SIGNING_KEY"])
            cluster.sync()
            eventually(lambda seen=before: signer() != seen)
            assert page(cursor).status_code == status
