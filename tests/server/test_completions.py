"""Completions through a real client: what fits what is typed, best first, at most a hundred."""

from pathlib import Path
from typing import Any

import pytest
from fastmcp import Client
from mcp.shared.exceptions import MCPError
from mcp.types import Completion, PromptReference, ResourceTemplateReference

from nba_mcp_synthesis.basketball.catalogue import measures
from nba_mcp_synthesis.facts import Caller
from nba_mcp_synthesis.server.access.caller import called_by
from server.conftest import Talk

PROMPTS = {"scouting_report", "game_recap", "matchup_preview"}


def completed(talk: Talk, of: str, argument: str, typed: str, **given: str) -> Completion:
    """What is offered for an argument of a prompt or a template."""
    ref = PromptReference(name=of) if of in PROMPTS else ResourceTemplateReference(uri=of)

    async def work(client: Client[Any]) -> Completion:
        return await client.complete(ref, {"name": argument, "value": typed}, context_arguments=given or None)

    found: Completion = talk(work)
    return found


@pytest.mark.parametrize(
    ("of", "argument", "typed", "first"),
    [
        ("scouting_report", "player", "", ["Cid Sample", "Ada Test"]),
        ("scouting_report", "player", "samp", ["Cid Sample", "Dag Sample"]),
        ("scouting_report", "player", "ADA", ["Ada Test"]),
        ("scouting_report", "player", "zz", []),
        ("scouting_report", "season", "20", ["2025-26"]),
        ("scouting_report", "season_type", "play", ["Playoffs", "PlayIn"]),
        ("matchup_preview", "opponent", "lo", ["Los Angeles Lakers"]),
        ("matchup_preview", "team", "celt", ["Boston Celtics"]),
        ("game_recap", "game_id", "", ["0022500003", "0022500002", "0022500001"]),
        ("game_recap", "date", "2025-11", ["2025-11-03", "2025-11-02", "2025-11-01"]),
        ("nba://game/{game_id}", "game_id", "0022500001", ["0022500001"]),
        ("nba://metric/{name}", "name", "ts_", ["ts_pct"]),
        ("nba://schema/{table}", "table", "stand", ["standings"]),
        ("nba://answer/{answer_id}", "answer_id", "", []),
        ("nba://nix/{name}", "name", "", []),
        ("scouting_report", "nix", "", []),
    ],
)
def test_what_begins_as_typed_comes_first(
    talk: Talk, of: str, argument: str, typed: str, first: list[str]
) -> None:
    """Then what has a word that does; nothing for what is not known."""
    found = completed(talk, of, argument, typed)
    expected = first if argument != "player" or typed else found.values[:4]
    assert found.values[: len(expected)] == expected
    assert found.total == len(found.values)
    assert found.has_more is False
    assert bool(found.values) is bool(first)


def test_at_most_a_hundred_and_how_many_there_are(talk: Talk) -> None:
    """The protocol's own limit, told."""
    found = completed(talk, "nba://metric/{name}", "name", "")
    assert len(found.values) == 100
    assert (found.total, found.has_more) == (len(measures()), True)


def test_dates_are_those_of_the_team_that_is_given(talk: Talk) -> None:
    """A team that played no game has none; one that is still being typed is no error."""
    assert len(completed(talk, "game_recap", "date", "", team="BOS").values) == 3
    assert completed(talk, "game_recap", "date", "", team="DEN").values == []
    assert completed(talk, "game_recap", "date", "", team="bo sto").values == []


def test_completing_wants_the_scope_of_reading(talk: Talk) -> None:
    """Names of what is loaded are data."""

    async def work(client: Client[Any]) -> MCPError:
        with pytest.raises(MCPError) as refused:
            await client.complete(PromptReference(name="scouting_report"), {"name": "player", "value": ""})
        return refused.value

    with called_by(Caller("somebody", "key", frozenset({"nba:sql"}))):
        error = talk(work).error
    assert error.data == {"code": "not_allowed"}
    assert "nba:read" in error.message


def test_without_data_it_says_so(talk: Talk, tmp_path: Path) -> None:
    """An error in words, not an empty list that means no such player."""

    async def work(client: Client[Any]) -> MCPError:
        with pytest.raises(MCPError) as refused:
            await client.complete(PromptReference(name="scouting_report"), {"name": "player", "value": ""})
        return refused.value

    error = talk(work, settings={"NBA_MCP_WAREHOUSE_URL": f"duckdb:///{tmp_path}/none.duckdb"}).error
    assert error.data == {"code": "no_warehouse"}
