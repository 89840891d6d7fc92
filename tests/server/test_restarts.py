"""Stopping and restarting under load: nothing is lost, and any replica has every answer."""

import asyncio
import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

import small_league
from balancer import Balancer
from running import COMMAND, NO_LIMITS, Running, free_port, running
from server.test_serve import ACCEPT, log_lines, message, modern
from servers.redis import RedisServer

pytestmark = pytest.mark.system

SLOW = "SELECT count(*) AS n FROM range(30000) a, range(30000) b WHERE a.range <> b.range"


@dataclass
class Replica:
    """A server process on a port of its own, which may be started again."""

    port: int
    log: Path
    environment: dict[str, str]
    process: "subprocess.Popen[bytes]" = field(init=False)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts it, and does not wait."""
        with self.log.open("ab") as out:
            command = [COMMAND, "serve", "--port", str(self.port)]
            environment = {**os.environ, **self.environment}
            self.process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment)

    def wait(self) -> None:
        """Until it is ready."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/health/ready").status_code == 200:
                    return
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.05)
        raise AssertionError(self.log.read_text())

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


@pytest.fixture
def replicas(tmp_path: Path, redis_server: RedisServer) -> Iterator[list[Replica]]:
    """Two on one warehouse, one state database and one Redis; each has a HOME of its own."""
    path = small_league.build(tmp_path / "small.duckdb")
    shared = {
        "NBA_MCP_WAREHOUSE_URL": f"duckdb:///{path}",
        "NBA_MCP_STATE_URL": f"sqlite:///{tmp_path / 'state.db'}",
        "NBA_MCP_REDIS_URL": redis_server.url,
        "NBA_MCP_DRAIN_SECONDS": "1",
        **NO_LIMITS,
    }
    found = [
        Replica(free_port(), tmp_path / f"{n}.log", {**shared, "NBA_MCP_HOME": str(tmp_path / f"home{n}")})
        for n in range(2)
    ]
    for replica in found:
        replica.start()
    try:
        for replica in found:
            replica.wait()
        yield found
    finally:
        for replica in found:
            replica.process.terminate()
            replica.process.wait(timeout=60)


@dataclass
class Load:
    """Callers who call one after the other, until they are told to end; `fates` counts how calls ended."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)
    fates: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def call(self, name: int) -> None:
        """One caller: SQL, a name, a question, and the answer to it by its id."""
        async with httpx.AsyncClient(base_url=self.url, headers=self.headers, timeout=60) as client:
            turn = 0
            while not self.ended.is_set():
                turn += 1
                await asyncio.sleep(0.02)
                sql = f"SELECT {name} AS who, {turn} AS turn"
                rows = (await self._tool(client, "query_sql", sql=sql))["rows"]
                assert rows == [[name, turn]]
                await self._tool(client, "find", name="ada test")
                if turn % 5 == 0:
                    found = await self._tool(client, "ask", question="who had the most points")
                    await self._recorded(client, found["id"])

    async def _tool(self, client: httpx.AsyncClient, tool: str, **arguments: Any) -> dict[str, Any]:
        body, headers = message("tools/call", name=tool, arguments=arguments)
        answer = await client.post("/mcp", json=body, headers=ACCEPT | headers)
        is_good = answer.status_code == 200 and not answer.json()["result"]["isError"]
        self.fates[f"{tool} {'ok' if is_good else 'failed'}"] += 1
        if not is_good:
            self.failures.append(f"{answer.status_code} {answer.text[:300]}")
            return {"rows": [], "id": ""}
        found: dict[str, Any] = answer.json()["result"]["structuredContent"]
        return found

    async def _recorded(self, client: httpx.AsyncClient, answer_id: str) -> None:
        """By whichever replica comes next; it may be on its way to the database still."""
        deadline = time.monotonic() + 30
        while (found := await client.get(f"/v1/answers/{answer_id}")).status_code == 404:
            assert time.monotonic() < deadline
        if found.status_code != 200 or found.json()["id"] != answer_id:
            self.failures.append(f"{found.status_code} {found.text[:300]}")
        self.fates["answer read"] += 1


@pytest.mark.system
@pytest.mark.timeout(400)
@pytest.mark.requirement("DEP-ZERO-DOWNTIME")
def test_a_rolling_restart_under_load_loses_no_request(replicas: list[Replica]) -> None:
    """Each replica is restarted twice while eight callers call; not one call fails."""

    async def main() -> tuple[Balancer, Load]:
        balancer = Balancer([replica.url for replica in replicas])
        async with balancer.running() as url:
            load = Load(url)
            callers = [asyncio.create_task(load.call(n)) for n in range(8)]
            for replica in [*replicas, *replicas]:
                await asyncio.sleep(1)
                assert await asyncio.to_thread(replica.stop) == 0
                replica.start()
                await asyncio.to_thread(replica.wait)
            await asyncio.sleep(1)
            load.ended.set()
            await asyncio.gather(*callers)
        return balancer, load

    balancer, load = asyncio.run(main())
    assert load.failures == []
    assert load.fates["query_sql ok"] > 50
    assert load.fates["answer read"] > 4
    assert all(balancer.served[replica.url] > 20 for replica in replicas)
    text = "".join(replica.log.read_text() for replica in replicas)
    assert "Traceback" not in text
    assert [json.loads(line)["event"] for line in text.splitlines()].count("stopping") == 4


@pytest.fixture
def league(tmp_path: Path) -> str:
    """The address of the small league."""
    return f"duckdb:///{small_league.build(tmp_path / 'small.duckdb')}"


def test_while_it_drains_it_takes_requests_and_asks_for_no_more(tmp_path: Path, league: str) -> None:
    """Not ready at once; requests are still answered, each as the last of its connection."""
    with running(tmp_path, NBA_MCP_WAREHOUSE_URL=league, NBA_MCP_DRAIN_SECONDS="3") as server:
        with httpx.Client() as client:
            assert "connection" not in client.get(f"{server.url}/health/live").headers
            server.process.send_signal(signal.SIGTERM)
            while (ready := client.get(f"{server.url}/health/ready")).status_code == 200:
                time.sleep(0.01)
            assert ready.json()["status"] == "stopping"
        answer = modern(server, "tools/call", name="query_sql", arguments={"sql": "SELECT 42 AS n"})
        assert answer.json()["result"]["structuredContent"]["rows"] == [[42]]
        assert answer.headers["connection"] == "close"
        assert server.process.wait(timeout=60) == 0


def test_a_second_signal_ends_the_drain(tmp_path: Path, league: str) -> None:
    """Whoever is in a hurry need not wait for it."""
    with running(tmp_path, NBA_MCP_WAREHOUSE_URL=league, NBA_MCP_DRAIN_SECONDS="300") as server:
        server.process.send_signal(signal.SIGTERM)
        while not [line for line in log_lines(server) if line["event"] == "stopping"]:
            time.sleep(0.05)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=60) == 0


def test_after_the_drain_kept_connections_are_refused_and_work_in_flight_ends(
    tmp_path: Path, league: str
) -> None:
    """A query that runs is answered; a request on a connection that was kept is told to go elsewhere."""
    with (
        running(tmp_path, NBA_MCP_WAREHOUSE_URL=league) as server,
        connected(server) as kept,
        connected(server) as busy,
    ):
        live = http.client.HTTPConnection("localhost")
        live.sock = kept
        live.request("GET", "/health/live")
        assert live.getresponse().read() == b'{"status":"ok"}'
        busy.sendall(written(SLOW))
        while 'nba_mcp_places_taken{lane="sql"} 1.0' not in httpx.get(f"{server.url}/metrics").text:
            time.sleep(0.01)
        server.process.send_signal(signal.SIGTERM)
        while is_listening(server):
            time.sleep(0.005)
        live.request("GET", "/v1/policy")
        refused = live.getresponse()
        assert refused.status == 503
        assert (refused.headers["connection"], refused.headers["retry-after"]) == ("close", "1")
        assert json.loads(refused.read())["code"] == "stopping"
        with busy.makefile("rb") as answer:
            assert b"[[899970000]]" in answer.read()
        assert server.process.wait(timeout=60) == 0


def connected(server: Running) -> socket.socket:
    """A connection to it."""
    return socket.create_connection(("127.0.0.1", httpx.URL(server.url).port or 0), timeout=60)


def is_listening(server: Running) -> bool:
    """Whether it takes connections."""
    try:
        connected(server).close()
    except ConnectionRefusedError:
        return False
    return True


def written(sql: str) -> bytes:
    """A call of query_sql as it goes over the wire."""
    body, headers = message("tools/call", name="query_sql", arguments={"sql": sql})
    text = json.dumps(body).encode()
    lines = [f"{name}: {value}" for name, value in (ACCEPT | headers).items()]
    head = ["POST /mcp HTTP/1.1", "Host: localhost", *lines, f"Content-Length: {len(text)}", "", ""]
    return "\r\n".join(head).encode() + text
