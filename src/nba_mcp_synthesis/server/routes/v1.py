"""/v1: the tools for programs that speak plain HTTP."""

from typing import Any

from fastapi import FastAPI

from nba_mcp_synthesis.server.policy import policy
from nba_mcp_synthesis.server.routes.answers import add_answers
from nba_mcp_synthesis.server.routes.ask import add_ask
from nba_mcp_synthesis.server.routes.data import add_data
from nba_mcp_synthesis.server.routes.documents import problems
from nba_mcp_synthesis.server.routes.league import add_league
from nba_mcp_synthesis.server.routes.measures import add_measures
from nba_mcp_synthesis.server.routes.query import add_query
from nba_mcp_synthesis.server.routes.stats import add_stats
from nba_mcp_synthesis.server.tools import Services


def add_v1(app: FastAPI, services: Services) -> None:
    """Adds the routes."""
    add_ask(app, services)
    add_answers(app, services)
    add_query(app, services)
    add_stats(app, services)
    add_league(app, services)
    add_data(app, services)
    add_measures(app, services)
    _add_policy(app, services)


def _add_policy(app: FastAPI, services: Services) -> None:
    @app.get(
        "/v1/policy",
        operation_id="policy",
        tags=["server"],
        summary="What query_sql accepts, and every limit in force",
        responses=problems(),
    )
    async def told() -> dict[str, Any]:
        return policy(services.warehouse, services.limits)
