"""A crowd: a thousand quiet connections and two hundred callers, and the server stays well and small."""

import asyncio
import json
import resource
import time
from collections import Counter
from pathlib import Path

import httpx
import psutil
import pytest

import small_league
from nba_mcp_synthesis.server import serve
from running import NO_LIMITS, Running, running
from server.test_restarts import SLOW, written
from server.test_serve import counted

QUIET, ACTIVE, CALLS = 1_000, 200, 10
WIDE = {"NBA_MCP_CALLER_SHARE": "1", "NBA_MCP_CALLER_QUEUE": "1000", "NBA_MCP_CALL_WAIT_SECONDS": "300"}
GET = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def exchanged(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent: bytes) -> bytes:
    """A request on a connection that is kept; the body of the answer, or its status line unless it is 200."""
    writer.write(sent)
    head = await reader.readuntil(b"\r\n\r\n")
    fields = dict(line.split(b": ", 1) for line in head.lower().split(b"\r\n")[1:] if line)
    body = await reader.readexactly(int(fields[b"content-length"]))
    return body if head.startswith(b"HTTP/1.1 200") else head.split(b"\r\n")[0]


async def caller(port: int, fates: Counter[str]) -> None:
    """Calls query_sql again and again on one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for n in range(CALLS):
        found = await exchanged(reader, writer, written(f"SELECT {n} AS n"))
        is_good = found.startswith(b"{") and f"[[{n}]]".encode() in found
        fates["ok" if is_good else found[:300].decode()] += 1
    writer.close()
    await writer.wait_closed()


def memory(server: Running) -> int:
    """Resident bytes of the server's own process."""
    found: int = psutil.Process(server.process.pid).memory_info().rss
    return found


async def crowd(server: Running) -> Counter[str]:
    """The quiet ones connect and each ask once, the active ones call, then the quiet ones ask again."""
    port = httpx.URL(server.url).port or 0
    quiet = [await asyncio.open_connection("127.0.0.1", port) for _ in range(QUIET)]
    fates: Counter[str] = Counter()
    for reader, writer in quiet:
        assert await exchanged(reader, writer, GET) == b'{"status":"ok"}'
    await asyncio.gather(*(caller(port, fates) for _ in range(ACTIVE)))
    for reader, writer in quiet:
        assert await exchanged(reader, writer, GET) == b'{"status":"ok"}'
        writer.close()
    await asyncio.gather(*(writer.wait_closed() for _, writer in quiet))
    return fates


@pytest.mark.system
@pytest.mark.timeout(400)
@pytest.mark.requirement("INC-MEMORY")
def test_a_crowd_is_served_without_an_error_in_bounded_memory(tmp_path: Path) -> None:
    """Every one of 2,000 calls is answered; a second crowd finds the memory that the first one left."""
    serve._allow_many_connections()  # this process has as many
    path = small_league.build(tmp_path / "small.duckdb")
    with running(tmp_path, NBA_MCP_WAREHOUSE_URL=f"duckdb:///{path}", **NO_LIMITS, **WIDE) as server:
        before = memory(server)
        assert asyncio.run(crowd(server)) == {"ok": ACTIVE * CALLS}
        after_one = memory(server)
        assert asyncio.run(crowd(server)) == {"ok": ACTIVE * CALLS}
        assert after_one - before < 150 * 2**20
        assert memory(server) - after_one < 30 * 2**20
        assert counted(server, 'nba_mcp_places_taken{lane="sql"}') == 0
        assert counted(server, 'nba_mcp_calls_waiting{lane="sql"}') == 0
        assert counted(server, "nba_mcp_active_users") == 1
        limits = Path(f"/proc/{server.process.pid}/limits").read_text()
        soft = next(line for line in limits.splitlines() if line.startswith("Max open files")).split()[3]
        assert int(soft) >= min(65_536, resource.getrlimit(resource.RLIMIT_NOFILE)[1])


def test_what_a_caller_may_not_is_refused_at_once_and_counted(tmp_path: Path) -> None:
    """One slow query a caller, one waiting: the third is refused with words and seconds; others go on."""
    path = small_league.build(tmp_path / "small.duckdb")
    narrow = {"NBA_MCP_CALL_CONCURRENCY": "1", "NBA_MCP_CALLER_QUEUE": "1"}
    with running(tmp_path, NBA_MCP_WAREHOUSE_URL=f"duckdb:///{path}", **narrow) as server:
        refused = asyncio.run(_third(server))
        assert "1 of your calls wait for a place already" in refused
        assert "Come again in " in refused
        assert counted(server, 'nba_mcp_calls_refused_total{reason="caller_queue"}') == 1
        policy = httpx.get(f"{server.url}/v1/policy").json()
        found = {(row["limit"], row["of"]): row for row in policy["caller_limits"]}
        assert found["queue", "caller"]["number"] == 1
        assert found["rate_sql", "caller"] == {
            "limit": "rate_sql",
            "of": "caller",
            "number": 600,
            "unit": "calls of query_sql a minute",
            "setting": "NBA_MCP_SQL_MINUTE",
        }


async def _third(server: Running) -> str:
    port = httpx.URL(server.url).port or 0
    places = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
    for number, (_, writer) in enumerate(places[:2]):
        writer.write(written(SLOW))
        sample = ("nba_mcp_places_taken", "nba_mcp_calls_waiting")[number]
        deadline = time.monotonic() + 30
        while await asyncio.to_thread(counted, server, f'{sample}{{lane="sql"}}') != 1:
            assert time.monotonic() < deadline
    told = json.loads(await exchanged(*places[2], written("SELECT 1")))
    for reader, writer in places[:2]:
        assert b"899970000" in await reader.readuntil(b'"complete"')
        writer.close()
    places[2][1].close()
    await asyncio.gather(*(writer.wait_closed() for _, writer in places))
    assert told["result"]["isError"]
    text: str = told["result"]["content"][0]["text"]
    return text
