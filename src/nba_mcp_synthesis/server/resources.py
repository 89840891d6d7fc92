"""What a client can read besides calling tools: the primer, measures, tables and games, as text."""

from typing import Any

from fastmcp import FastMCP
from pydantic_core import to_json

from nba_mcp_synthesis.basketball import box_score as boxes
from nba_mcp_synthesis.basketball.primer import primer
from nba_mcp_synthesis.basketball.stats.describing import describe_measure
from nba_mcp_synthesis.server import results as out
from nba_mcp_synthesis.server.access.caller import current_caller, whose
from nba_mcp_synthesis.server.access.scopes import allow
from nba_mcp_synthesis.server.calls import worded
from nba_mcp_synthesis.server.tools import Services


def register(server: FastMCP, services: Services) -> None:
    """Adds the resources to the server."""

    def metric(name: str) -> str:
        """A measure: its formula, unit, source, and what it can be told by."""
        return describe_measure(name)

    def schema(table: str) -> str:
        """A table: its columns and what they mean."""
        found = services.tables.one(table)
        return _json(out.describe_result(found, services.warehouse.state(), columns=True))

    def game(game_id: str) -> str:
        """The box score of a game."""
        return _json(out.box_score_result(boxes.box_score(services.warehouse, game_id)))

    def answer(answer_id: str) -> str:
        """An answer that was given, with its evidence and voices."""
        allow(current_caller(), "answers")  # however its address was written
        return _json(services.recorded.soon(answer_id, whose()))

    def about() -> str:
        """What to know before asking: rules, measures and dimensions in 4 KB."""
        return primer()

    server.resource("nba://primer", mime_type="text/markdown")(worded(about))
    server.resource("nba://answer/{answer_id}", mime_type="application/json")(worded(answer))
    server.resource("nba://metric/{name}", mime_type="text/plain")(worded(metric))
    server.resource("nba://schema/{table}", mime_type="application/json")(worded(schema))
    server.resource("nba://game/{game_id}", mime_type="application/json")(worded(game))


def _json(found: Any) -> str:
    return to_json(found).decode()
