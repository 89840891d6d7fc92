"""Responses of the data: kept while the data stay, told by an ETag, gone with them."""

from pathlib import Path

import httpx
import pytest

import small_league
from nba_mcp_synthesis.server.kept_responses import Kept
from nba_mcp_synthesis.warehouse.building import next_state
from running import Running, running

pytestmark = pytest.mark.system

STATS = "/v1/stats?measures=pts&by=team"
OF_DATA = [
    STATS,
    "/v1/find?name=cid",
    "/v1/box-score?game_id=0022500001",
    "/v1/status",
    "/v1/tables",
    "/v1/tables/games",
    "/v1/measures",
    "/v1/measures/pts",
]


@pytest.mark.parametrize("path", OF_DATA)
def test_the_same_data_need_not_be_sent_again(client: httpx.Client, path: str) -> None:
    """304 without a body for the tag, also among others and as a strong one; 200 for another."""
    first = client.get(path)
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"
    for sent in (tag, f'"other", {tag}', tag.removeprefix("W/")):
        response = client.get(path, headers={"If-None-Match": sent})
        assert (response.status_code, response.content, response.headers["etag"]) == (304, b"", tag)
    again = client.get(path, headers={"If-None-Match": '"other"'})
    assert (again.status_code, again.json()) == (200, first.json())


def test_a_tag_is_of_one_request(client: httpx.Client) -> None:
    """A request that cannot be answered is never told that nothing has changed."""
    tag = client.get(STATS).headers["etag"]
    assert client.get("/v1/stats?measures=ptss", headers={"If-None-Match": tag}).status_code == 404
    assert client.get("/v1/stats?measures=ast&by=team", headers={"If-None-Match": tag}).status_code != 304
    assert "etag" not in client.get("/v1/stats?measures=ptss").headers


def test_new_data_are_seen_at_once(tmp_path: Path) -> None:
    """Every kept response goes with the state it was of, and its tag is good no more."""
    path = small_league.build(tmp_path / "small.duckdb")
    with running(tmp_path, NBA_MCP_WAREHOUSE_URL=f"duckdb:///{path}") as server:
        before = {path: httpx.get(server.url + path) for path in (STATS, "/v1/status", "/v1/tables")}
        posted = ask_by_body(server)
        with next_state(path) as connection:
            connection.execute("UPDATE internal.info SET value = 'newer0000000' WHERE name = 'snapshot'")
            connection.execute("INSERT INTO players (player_id, full_name) VALUES (999, 'Zoe Late')")
            for table in ("team_game_stats", "team_season_stats"):
                connection.execute(f"UPDATE {table} SET pts = pts + 1")
        for where, old in before.items():
            tag = old.headers["etag"]
            new = httpx.get(server.url + where, headers={"If-None-Match": tag}, timeout=30)
            assert (new.status_code, new.headers["etag"] != tag) == (200, True)
            assert new.json() != old.json()
        assert ask_by_body(server) != posted


def ask_by_body(server: Running) -> list[list[object]]:
    """Rows of a request that is sent as a body."""
    asked = {"measures": ["pts"], "by": ["team"]}
    rows: list[list[object]] = httpx.post(f"{server.url}/v1/stats", json=asked, timeout=30).json()["rows"]
    return rows


def test_other_settings_have_other_tags(tmp_path: Path) -> None:
    """A limit may have cut what the tag of another server stands for."""
    path = small_league.build(tmp_path / "small.duckdb")
    tags = set()
    for rows in ("10", "20"):
        with running(tmp_path, NBA_MCP_WAREHOUSE_URL=f"duckdb:///{path}", NBA_MCP_QUERY_ROWS=rows) as server:
            tags.add(httpx.get(server.url + STATS).headers["etag"])
    assert len(tags) == 2


def test_what_is_kept_is_bounded() -> None:
    """By bytes, keys and all; what was used last stays, and another state empties it."""
    kept = Kept(most=10_000)
    keys = [("/v1/stats", f"measures={n}".encode(), b"") for n in range(100)]
    for key in keys:
        kept.put("a", key, b"x" * 1_000)
        kept.get("a", keys[0])
        assert kept.held <= 10_000
    assert kept.get("a", keys[0]) is not None
    assert kept.get("a", keys[1]) is None
    assert kept.get("a", keys[-1]) is not None
    kept.put("a", keys[-1], b"y")
    assert kept.get("a", keys[-1]) == b"y"
    assert kept.get("b", keys[0]) is None
    assert kept.held == 0
    kept.put("b", keys[0], b"x" * 2_000_000)
    assert kept.get("b", keys[0]) is None
