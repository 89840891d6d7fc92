"""Figures by dimensions over the protocol: tools, and what a client can read about them."""

from collections.abc import Callable
from typing import Any

import pytest
from fastmcp import Client
from fastmcp.exceptions import ToolError
from mcp.shared.exceptions import MCPError

from nba_mcp_synthesis.basketball.primer import primer

With = Callable[[Callable[[Client[Any]], Any]], Any]


def call(with_client: With, tool: str, **arguments: Any) -> dict[str, Any]:
    """The structured result of a call."""
    result = with_client(lambda client: client.call_tool(tool, arguments))
    found: dict[str, Any] = result.structured_content
    return found


def test_measures_by_dimensions(with_client: With) -> None:
    """Rows, the SQL, what was assumed and what the measures mean."""
    found = call(
        with_client, "query_stats", measures=["pts_per_game"], by=["player"], limit=1, season="2025-26"
    )
    assert found["columns"] == ["rank", "player", "pts_per_game"]
    assert found["rows"] == [[1, "Cid Sample", pytest.approx(220 / 3)]]
    assert "SELECT" in found["sql"]
    assert any("at least 3 games" in line for line in found["assumed"])
    assert found["definitions"] == ["Points per game: Points scored, divided by games played."]
    assert found["simulated"] is True


def test_a_misspelt_measure_is_answered_with_the_nearest(with_client: With) -> None:
    """The caller can send the right name next."""
    with pytest.raises(ToolError, match="ts_pct"):
        call(with_client, "query_stats", measures=["ts_pc"], by=["player"])


def test_players_side_by_side(with_client: With) -> None:
    """By the usual measures where none is named."""
    found = call(with_client, "compare", names=["ada test", "cid sample"], measures=["pts"])
    assert found["columns"] == ["player", "pts"]
    assert sorted(found["rows"]) == [["Ada Test", 200], ["Cid Sample", 220]]
    assert "pts_per_game" in call(with_client, "compare", names=["lakers", "celtics"])["columns"]


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["ada test"], "2 to 10"),
        (["ada test", "lakers"], "with each other"),
        (["ada test", "xyzzy"], "xyzzy"),
    ],
)
def test_what_cannot_be_compared_is_said(with_client: With, names: list[str], reason: str) -> None:
    """One alone, both kinds, nobody."""
    with pytest.raises(ToolError, match=reason):
        call(with_client, "compare", names=names)


def test_resources_can_be_read(with_client: With) -> None:
    """The primer, a measure, a table and a game, each as text."""

    def read(uri: str) -> str:
        text: str = with_client(lambda client: client.read_resource(uri))[0].text
        return text

    assert read("nba://primer") == primer()
    assert "True shooting percentage" in read("nba://metric/ts_pct") or "true shooting" in read(
        "nba://metric/ts_pct"
    )
    assert "home_pts" in read("nba://schema/games")
    assert "Boston Celtics" in read("nba://game/0022500001")


def test_an_unknown_resource_says_what_is_near(with_client: With) -> None:
    """A slip in a measure's name is named with the right one."""
    with pytest.raises(MCPError, match="ts_pct"):
        with_client(lambda client: client.read_resource("nba://metric/ts_pc"))
