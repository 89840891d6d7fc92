"""/v1/find and /v1/box-score: players, teams and games."""

import datetime as dt
from functools import partial
from typing import Annotated

from fastapi import FastAPI, Query, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from nba_mcp_synthesis.server import results as out
from nba_mcp_synthesis.server.arguments import Arguments
from nba_mcp_synthesis.server.routes.documents import TAGGED, given, problems
from nba_mcp_synthesis.server.routes.work import answered
from nba_mcp_synthesis.server.tools import Services, Tools
from nba_mcp_synthesis.warehouse.catalog import FindKind


class Wanted(Arguments):
    """A name."""

    name: Annotated[str, Field(description='Such as "sga", "jokic", "sixers"')]
    kind: Annotated[FindKind | None, Field(description="Only these")] = None
    limit: Annotated[int, Field(ge=1, le=25)] = 5


class WhichGame(Arguments):
    """A game, by its id or by a team and the date."""

    game_id: Annotated[str | None, Field(description="Ten digits; or give team and date")] = None
    team: Annotated[str | None, Field(description="Name or abbreviation")] = None
    date: Annotated[dt.date | None, Field(description="US Eastern date, YYYY-MM-DD")] = None


def add_league(app: FastAPI, services: Services) -> None:
    """Adds the routes."""
    tools = Tools(services)

    @app.get(
        "/v1/find",
        operation_id="find",
        tags=["league"],
        summary="Players, teams and tables by name, nickname, abbreviation or misspelling",
        response_class=JSONResponse,
        responses={**given(out.FindResult, "Matches, best first.", **TAGGED), **problems(304, 422)},
    )
    async def find(wanted: Annotated[Wanted, Query()]) -> Response:
        return await answered(services, "find", partial(tools.find, wanted.name, wanted.kind, wanted.limit))

    @app.get(
        "/v1/box-score",
        operation_id="box_score",
        tags=["league"],
        summary="The box score of one game: both teams and every player",
        response_class=JSONResponse,
        responses={
            **given(out.BoxScoreResult, "The box score.", **TAGGED),
            **problems(304, 400, 404, 409, 422),
        },
    )
    async def box_score(game: Annotated[WhichGame, Query()]) -> Response:
        return await answered(
            services, "box_score", partial(tools.box_score, game.game_id, game.team, game.date)
        )
