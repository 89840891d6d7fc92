"""/v1/status and /v1/tables: what is loaded, and what its columns mean."""

from functools import partial

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse, RedirectResponse

from nba_mcp_synthesis.server import results as out
from nba_mcp_synthesis.server.routes.documents import TAGGED, given, problems
from nba_mcp_synthesis.server.routes.work import answered
from nba_mcp_synthesis.server.tools import Services, Tools


def add_data(app: FastAPI, services: Services) -> None:
    """Adds the routes."""
    tools = Tools(services)

    @app.get(
        "/v1/status",
        operation_id="data_status",
        tags=["data"],
        summary="What is loaded, how fresh, and which checks do not hold",
        response_class=JSONResponse,
        responses={**given(out.StatusResult, "The status.", **TAGGED), **problems(304)},
    )
    async def status() -> Response:
        return await answered(services, "data_status", tools.data_status)

    @app.get("/status", include_in_schema=False)
    async def short() -> RedirectResponse:
        return RedirectResponse("/v1/status", 308)

    @app.get(
        "/v1/tables",
        operation_id="tables",
        tags=["data"],
        summary="The tables: of the warehouse, and published ones",
        response_class=JSONResponse,
        responses={**given(out.DescribeResult, "The tables.", **TAGGED), **problems(304)},
    )
    async def tables() -> Response:
        return await answered(services, "describe", tools.describe)

    @app.get(
        "/v1/tables/{table}",
        operation_id="table",
        tags=["data"],
        summary="One table: its columns and what they mean",
        response_class=JSONResponse,
        responses={**given(out.DescribeResult, "The table.", **TAGGED), **problems(304, 404, 422)},
    )
    async def table(table: str) -> Response:
        return await answered(services, "describe", partial(tools.describe, table))
