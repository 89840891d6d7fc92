"""Host and Origin, on loopback and on every other address."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

import small_league
from access.conftest import bearer
from nba_mcp_synthesis.app import App
from nba_mcp_synthesis.server.access.guard import Guard
from nba_mcp_synthesis.server.access.hosts import Hosts, host_of
from nba_mcp_synthesis.server.access.refusals import Refusals
from nba_mcp_synthesis.settings import load_settings
from nba_mcp_synthesis.telemetry.metrics import Metrics
from running import Running
from server.conftest import services


def status(path: str, headers: dict[str, str], **options: Any) -> int:
    """What a small application behind the check answers."""
    inner = Starlette(routes=[Route("/{path:path}", lambda _: PlainTextResponse("in"))])
    app = Hosts(inner, ["nba.example.com"], ["https://nba.example.com"], Refusals(Metrics(), None), **options)

    async def work() -> int:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            return (await client.get(path, headers=headers)).status_code

    return asyncio.run(work())


@pytest.mark.parametrize(
    ("host", "loopback", "elsewhere"),
    [
        ("127.0.0.1:8000", 200, 200),
        ("localhost", 200, 200),
        ("LOCALHOST:1", 200, 200),
        ("[::1]:8000", 200, 200),
        ("nba.example.com", 200, 200),
        ("NBA.example.com:443", 200, 200),
        ("10.1.2.3:8000", 403, 200),
        ("[fd00::1]:8000", 403, 200),
        ("evil.example", 403, 403),
        ("127.0.0.1.evil.example", 403, 403),
        ("nba.example.com.evil.example", 403, 403),
        ("evil.example:8000", 403, 403),
        ("nba.example.com:x", 403, 403),
        ("nba.example.com@evil.example", 403, 403),
        ("2130706433", 403, 403),
        ("", 403, 403),
    ],
)
def test_hosts(host: str, loopback: int, elsewhere: int) -> None:
    """A name that is not ours is one that somebody else's DNS led here."""
    assert status("/mcp", {"Host": host}, addresses=False) == loopback
    assert status("/mcp", {"Host": host}, addresses=True) == elsewhere
    assert status("/health/ready", {"Host": host}, addresses=False) == 200


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("http://127.0.0.1:8000", 200),
        ("http://localhost:3000", 200),
        ("https://nba.example.com", 200),
        ("https://nba.example.com:444", 403),
        ("http://nba.example.com", 403),
        ("https://evil.example", 403),
        ("http://localhost.evil.example", 403),
        ("http://localhost@evil.example", 403),
        ("file://localhost", 403),
        ("null", 403),
        ("", 403),
    ],
)
def test_origins(origin: str, expected: int) -> None:
    """Our own pages, those that are named, and on loopback those of other ports."""
    assert status("/mcp", {"Origin": origin}, addresses=False) == expected


def test_two_hosts_or_two_origins_are_no_host_and_no_origin() -> None:
    """Two readers could take different ones."""
    twice: Any = [("Origin", "http://127.0.0.1:8000")] * 2
    assert status("/mcp", twice, addresses=False) == 403


def test_the_page_of_a_host_by_which_it_is_reached_may_call() -> None:
    """As a browser on the network reaches the web page by its address."""
    headers = {"Host": "10.1.2.3:8000", "Origin": "http://10.1.2.3:8000"}
    assert status("/v1/ask", headers, addresses=True) == 200
    assert status("/v1/ask", headers | {"Origin": "http://10.1.2.3:9"}, addresses=True) == 403


def test_pages_of_a_site_that_is_named_may_read_answers(tmp_path: Path) -> None:
    """A browser asks first, without a credential; what it is told is for that site only."""
    found = services(small_league.build(tmp_path / "small.duckdb"))
    settings = load_settings({"NBA_MCP_AUTH": "keys", "NBA_MCP_ALLOWED_ORIGINS": "https://app.example.com"})
    keys = App(load_settings({"NBA_MCP_HOME": str(tmp_path)})).api_keys
    guard = Guard(replace(found, api_keys=lambda: keys), settings, loopback=True)
    app = guard.around(Starlette(), "/mcp")
    asked = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "POST"}
    asked["Access-Control-Request-Headers"] = "authorization, content-type"

    async def work() -> None:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            before = await client.options("/v1/ask", headers=asked)
            assert before.status_code == 200
            assert before.headers["access-control-allow-origin"] == "https://app.example.com"
            assert "authorization" in before.headers["access-control-allow-headers"]
            real = await client.post("/v1/ask", headers={"Origin": "https://app.example.com"})
            assert real.status_code == 401
            assert real.headers["access-control-allow-origin"] == "https://app.example.com"
            foreign = await client.options("/v1/ask", headers=asked | {"Origin": "https://evil.example"})
            assert foreign.status_code == 403

    asyncio.run(work())


def test_the_host_of_an_address() -> None:
    """Without its port."""
    assert [host_of(f"https://{h}") for h in ("a.b", "A.b:1", "[::1]:1")] == ["a.b", "a.b", "[::1]"]


def test_a_running_server_says_403_and_what_to_do(server: Running) -> None:
    """Before it looks at any credential."""
    for headers in ({"Host": "evil.example"}, {"Origin": "https://evil.example"}):
        refused = httpx.get(f"{server.url}/v1/policy", headers=bearer("x") | headers)
        assert refused.status_code == 403
        assert "NBA_MCP_ALLOWED_" in refused.json()["detail"]
        assert "evil" not in refused.text
