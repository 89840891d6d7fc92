"""Prompts through a real client: every call that they name works, and what cannot be is said."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from fastmcp import Client
from mcp.shared.exceptions import MCPError

from nba_mcp_synthesis.facts import Caller
from nba_mcp_synthesis.server.access.caller import called_by
from nba_mcp_synthesis.sources.demo.league import simulate
from nba_mcp_synthesis.warehouse.loading import load_demo
from server.conftest import Talk, structured, words

CALL = re.compile(r"^    (\w+) (\{.*\})$", re.MULTILINE)


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Settings of a product over one whole simulated season."""
    path = tmp_path_factory.mktemp("demo") / "demo.duckdb"
    load_demo(path, [("season", reading) for reading in simulate(1, 1, processes=2)])
    return {"NBA_MCP_WAREHOUSE_URL": f"duckdb:///{path}"}


def refusal(talk: Talk, name: str, **arguments: str) -> MCPError:
    """The error that getting a prompt gives."""

    async def work(client: Client[Any]) -> MCPError:
        with pytest.raises(MCPError) as refused:
            await client.get_prompt(name, arguments)
        return refused.value

    found: MCPError = talk(work)
    return found


@pytest.mark.system  # a whole season is simulated
def test_every_call_that_a_prompt_names_gives_figures(talk: Talk, season: dict[str, str]) -> None:
    """Over a whole season, no call is refused and none is empty; each figure has its query."""

    async def work(client: Client[Any]) -> None:
        board = {"measures": ["pts"], "by": ["player"], "limit": 1, "order_by": ["-pts"]}
        (best,) = structured(await client.call_tool("query_stats", board))["rows"]
        sql = "SELECT max(game_id) FROM games WHERE home_team_id = 1610612747"
        ((game,),) = structured(await client.call_tool("query_sql", {"sql": sql}))["rows"]
        for name, arguments in (
            ("scouting_report", {"player": best[1]}),
            ("game_recap", {"game_id": game}),
            ("matchup_preview", {"team": "lakers", "opponent": "BOS"}),
        ):
            text = words((await client.get_prompt(name, arguments)).messages[0].content)
            calls = CALL.findall(text)
            assert len(calls) >= 4
            assert len(calls) == len(re.findall(r"^\[\d+\] ", text, re.MULTILINE))
            for tool, written in calls:
                result = await client.call_tool(tool, json.loads(written), raise_on_error=False)
                assert not result.is_error, (tool, written, words(result.content[0]))
                assert structured(result).get("rows", ["not a table"]), (tool, written)

    talk(work, settings=season)


def test_prompts_are_listed_with_what_they_want(talk: Talk) -> None:
    """Names, and a description for every argument."""
    listed = {p.name: p for p in talk(lambda client: client.list_prompts())}
    assert set(listed) == {"scouting_report", "game_recap", "matchup_preview"}
    for prompt in listed.values():
        assert prompt.description
        assert all(argument.description for argument in prompt.arguments)
    required = {name: {a.name for a in p.arguments if a.required} for name, p in listed.items()}
    assert required == {
        "scouting_report": {"player"},
        "game_recap": set(),
        "matchup_preview": {"team", "opponent"},
    }


def test_a_game_is_found_by_team_and_date(talk: Talk) -> None:
    """The text names the game, and its calls have the id."""
    got = talk(lambda client: client.get_prompt("game_recap", {"team": "lakers", "date": "2025-11-02"}))
    text = got.messages[0].content.text
    assert "Boston Celtics at Los Angeles Lakers on 2025-11-02" in text
    assert 'box_score {"game_id":"0022500002"}' in text


def test_a_season_and_a_type_are_in_every_call_about_them(talk: Talk) -> None:
    """What was asked for is what is called for."""
    given = {"player": "ada test", "season": "2025-26", "season_type": "Playoffs"}
    text = talk(lambda client: client.get_prompt("scouting_report", given)).messages[0].content.text
    calls = [json.loads(written) for tool, written in CALL.findall(text) if tool == "query_stats"]
    assert all((c["season"], c["season_type"]) == ("2025-26", "Playoffs") for c in calls)
    assert "Ada Test in 2025-26, Playoffs" in text


@pytest.mark.parametrize(
    ("prompt", "arguments", "code", "advice"),
    [
        ("scouting_report", {}, "usage_error", "`player` is needed"),
        ("scouting_report", {"player": "ada test", "form": "x"}, "usage_error", "`form` is no argument"),
        ("scouting_report", {"player": "zzyzx"}, "unknown_name", "No player is called 'zzyzx'"),
        ("scouting_report", {"player": "sample"}, "ambiguous_name", "Cid Sample (BOS), Dag Sample (BOS)"),
        ("scouting_report", {"player": "ada test", "season": "2025"}, "usage_error", "Write 2025-26"),
        ("scouting_report", {"player": "ada test", "season_type": "x"}, "usage_error", "Regular Season"),
        ("game_recap", {}, "usage_error", "Give game_id, or team together with date"),
        ("game_recap", {"game_id": "0022500001", "team": "LAL"}, "usage_error", "Give game_id, or team"),
        ("game_recap", {"game_id": "0022500001' OR 1=1"}, "usage_error", "ten digits"),
        ("game_recap", {"team": "LAL", "date": "yesterday"}, "usage_error", "Write YYYY-MM-DD"),
        ("matchup_preview", {"team": "LAL", "opponent": "lakers"}, "usage_error", "Name two teams"),
    ],
)
def test_what_cannot_be_prompted_for_is_said(
    talk: Talk, prompt: str, arguments: dict[str, str], code: str, advice: str
) -> None:
    """An error of the protocol for wrong parameters, in the words of every other door."""
    error = refusal(talk, prompt, **arguments)
    assert error.error.code == -32602
    assert error.error.data == {"code": code}
    assert advice in error.error.message


def test_there_is_no_other_prompt(talk: Talk) -> None:
    """As the protocol says it."""
    assert "Unknown prompt: 'nix'" in refusal(talk, "nix").error.message


def test_a_resource_that_cannot_be_read_says_why(talk: Talk) -> None:
    """The nearest names, and the code that programs read."""

    async def work(client: Client[Any]) -> MCPError:
        with pytest.raises(MCPError) as refused:
            await client.read_resource("nba://schema/game")
        return refused.value

    error = talk(work).error
    assert (error.code, error.data) == (-32602, {"code": "unknown_name"})
    assert "Did you mean games" in error.message


@pytest.mark.parametrize(
    ("scopes", "uri", "code"),
    [
        ({"nba:read"}, "nba://answer/0000", "not_allowed"),
        ({"nba:read"}, "NBA://answer/0000", "not_allowed"),
        ({"nba:ask"}, "nba://answer/0000", "no_such_answer"),
        ({"nba:ask"}, "nba://primer", "not_allowed"),
        ({"nba:read"}, "nba://metric/nix", "unknown_name"),
    ],
)
def test_what_is_read_wants_a_scope(talk: Talk, scopes: set[str], uri: str, code: str) -> None:
    """Answers that were given want that of asking, everything else that of reading."""

    async def work(client: Client[Any]) -> MCPError:
        with pytest.raises(MCPError) as refused:
            await client.read_resource(uri)
        return refused.value

    with called_by(Caller("somebody", "key", frozenset(scopes))):
        assert talk(work).error.data == {"code": code}


def test_a_prompt_wants_the_scope_of_reading(talk: Talk) -> None:
    """It names who is in the data."""
    with called_by(Caller("somebody", "key", frozenset({"nba:sql"}))):
        error = refusal(talk, "scouting_report", player="ada test").error
    assert error.data == {"code": "not_allowed"}
    assert "nba:read" in error.message


def test_without_data_a_prompt_says_how_to_get_some(talk: Talk, tmp_path: Path) -> None:
    """A server may start before anything is loaded."""

    async def work(client: Client[Any]) -> MCPError:
        with pytest.raises(MCPError) as refused:
            await client.get_prompt("scouting_report", {"player": "ada test"})
        return refused.value

    error = talk(work, settings={"NBA_MCP_WAREHOUSE_URL": f"duckdb:///{tmp_path}/none.duckdb"}).error
    assert error.data == {"code": "no_warehouse"}
    assert "nba-mcp data demo" in error.message
