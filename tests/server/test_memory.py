"""The memory of a pod: what callers can make a server and its workers hold, against its limit."""

import asyncio
import os
import subprocess
import time
from collections import Counter
from pathlib import Path

import httpx
import psutil
import pytest
import yaml

from nba_mcp_synthesis.operations.quantities import quantity
from running import COMMAND, NO_LIMITS, running

BASE = Path(__file__).parents[2] / "k8s" / "base"
CALLERS, SECONDS = 24, 15
PAIRS = "FROM player_game_stats a, player_game_stats b, player_game_stats c"
HUNGRY = (  # each takes all the memory that a query may have, and wants more
    f"SELECT count(DISTINCT (a.player_id, a.game_id, b.player_id, b.game_id, c.pts)) AS n {PAIRS}",
    f"SELECT a.player_id, b.game_id, c.game_id AS other {PAIRS} ORDER BY a.pts * b.pts * c.pts, 1, 2, 3",
    f"SELECT list(a.game_id || b.game_id || c.game_id) AS all_of_them {PAIRS}",
    f"SELECT string_agg(a.game_id || b.game_id, ',') AS text {PAIRS}",
)
HONEST = (
    "SELECT * FROM player_game_stats LIMIT 1000",
    "SELECT player_id, sum(pts) AS pts FROM player_game_stats GROUP BY ALL ORDER BY pts DESC",
)
PATIENT = {"NBA_MCP_CALLER_SHARE": "1", "NBA_MCP_CALLER_QUEUE": "1000", "NBA_MCP_CALL_WAIT_SECONDS": "300"}


def amount(kind: str) -> float:
    """Bytes that the container of the server has by the manifests: of `requests` or `limits`."""
    pod = yaml.safe_load((BASE / "deployment.yaml").read_text("utf-8"))["spec"]["template"]["spec"]
    server = next(one for one in pod["containers"] if one["name"] == "nba-mcp-synthesis")
    return quantity(server["resources"][kind]["memory"])


def environment() -> dict[str, str]:
    """What the manifests say of a query's memory."""
    lines = (BASE / "server.env").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line.startswith("NBA_MCP_QUERY_"))


def held(pid: int) -> int:
    """Bytes of a process and its children, what they share counted once."""
    found = 0
    for one in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
        try:
            found += one.memory_full_info().pss
        except psutil.NoSuchProcess:  # a worker that has been replaced meanwhile
            continue
    return found


async def caller(client: httpx.AsyncClient, turn: int, until: float, fates: Counter[tuple[str, int]]) -> None:
    """Sends one query after the other."""
    while time.monotonic() < until:
        sql = (*HUNGRY, *HONEST)[turn % 6]
        answer = await client.post("/v1/query", json={"sql": sql})
        told = answer.json()
        fates["hungry" if sql in HUNGRY else "honest", answer.status_code] += 1
        assert sql in HONEST or told["code"] == "limit_exceeded"
        turn += 1


async def highest(url: str, pid: int, fates: Counter[tuple[str, int]]) -> int:
    """The most that was held while callers called."""
    until, most = time.monotonic() + SECONDS, 0
    async with httpx.AsyncClient(base_url=url, timeout=120) as client:
        work = asyncio.gather(*(caller(client, n, until, fates) for n in range(CALLERS)))
        while not work.done():
            most = max(most, await asyncio.to_thread(held, pid))
            await asyncio.sleep(0.1)
        await work
    return most


@pytest.mark.system
@pytest.mark.timeout(300)
@pytest.mark.requirement("SCL-VERTICAL")
def test_the_hungriest_callers_stay_below_a_pods_limit(tmp_path: Path) -> None:
    """All query processes at their bound at once; what they took is given back; honest ones are answered."""
    url = f"duckdb:///{tmp_path / 'demo.duckdb'}"
    subprocess.run([COMMAND, "data", "demo"], env={**os.environ, "NBA_MCP_WAREHOUSE_URL": url}, check=True)
    fates: Counter[tuple[str, int]] = Counter()
    with running(tmp_path, NBA_MCP_WAREHOUSE_URL=url, **environment(), **NO_LIMITS, **PATIENT) as server:
        most = asyncio.run(highest(server.url, server.process.pid, fates))
        after = held(server.process.pid)
    assert set(fates) == {("hungry", 422), ("honest", 200)}
    assert int(environment()["NBA_MCP_QUERY_MEMORY_MB"]) * 2**20 < most < amount("limits")
    assert after < amount("requests") / 2
