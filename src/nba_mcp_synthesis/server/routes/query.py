"""POST /v1/query: one SELECT, page by page."""

from functools import partial
from typing import Annotated

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from nba_mcp_synthesis.server import policy
from nba_mcp_synthesis.server import results as out
from nba_mcp_synthesis.server.arguments import Arguments
from nba_mcp_synthesis.server.policy import MOST_PAGE_ROWS, PAGE_ROWS
from nba_mcp_synthesis.server.routes.documents import given, problems
from nba_mcp_synthesis.server.routes.work import answered
from nba_mcp_synthesis.server.tools import Services, Tools


class Statement(Arguments):
    """One SELECT."""

    sql: Annotated[str, Field(description="One SELECT")]
    limit: Annotated[int, Field(ge=1, le=MOST_PAGE_ROWS, description="Rows a page")] = PAGE_ROWS
    cursor: Annotated[str | None, Field(description="next_cursor of the page before")] = None


def add_query(app: FastAPI, services: Services) -> None:
    """Adds the route."""
    tools = Tools(services)

    @app.post(
        "/v1/query",
        operation_id="query",
        tags=["figures"],
        summary="Run one read-only SELECT",
        description=f"{policy.in_words(services.warehouse)} `GET /v1/policy` has the limits as JSON.",
        response_class=JSONResponse,
        responses={**given(out.QueryResult, "A page of rows."), **problems(400, 415, 422)},
    )
    async def query(asked: Statement) -> Response:
        return await answered(
            services, "query_sql", partial(tools.query_text, asked.sql, asked.limit, asked.cursor)
        )
