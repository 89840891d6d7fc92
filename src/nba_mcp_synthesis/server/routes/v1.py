"""/v1: the tools for programs that speak plain HTTP."""

from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.server.policy import policy
from nba_mcp_synthesis.server.problems import problem
from nba_mcp_synthesis.server.tools import Services
from nba_mcp_synthesis.warehouse.engine import Warehouse


def add_v1(app: FastAPI, services: Services) -> None:
    """Adds the routes."""
    _add_policy(app, services.warehouse)
    _add_answers(app, services)


def _add_policy(app: FastAPI, warehouse: Warehouse) -> None:
    @app.get("/v1/policy", summary="What query_sql accepts, and its limits")
    async def told() -> dict[str, Any]:
        return policy(warehouse)


def _add_answers(app: FastAPI, services: Services) -> None:
    @app.get("/v1/answers/{answer_id}", summary="An answer that was given, with its evidence")
    def recorded(answer_id: str) -> JSONResponse:
        try:
            return JSONResponse(services.recorded(answer_id))
        except NbaMcpError as error:
            return problem(error)
