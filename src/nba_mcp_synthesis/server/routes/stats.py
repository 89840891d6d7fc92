"""/v1/stats: measures by dimensions."""

from functools import partial
from typing import Annotated, Any

from fastapi import FastAPI, Query, Response
from fastapi.responses import JSONResponse
from pydantic import Field, field_validator
from pydantic_core import to_json

from nba_mcp_synthesis.basketball.stats.request import StatRequest
from nba_mcp_synthesis.server import results as out
from nba_mcp_synthesis.server.arguments import Arguments
from nba_mcp_synthesis.server.routes.documents import TAGGED, given, problems
from nba_mcp_synthesis.server.routes.work import answered
from nba_mcp_synthesis.server.stat_tools import MOST_ROWS, Season, SeasonType
from nba_mcp_synthesis.server.tools import Services

Words = Annotated[list[str], Field(default_factory=list)]


class StatsAsked(Arguments):
    """A request for measures, with the fields of the tool query_stats."""

    measures: Annotated[list[str], Field(description="Such as pts_per_game, ts_pct, wins; see /v1/measures")]
    by: Annotated[Words, Field(description="Such as player, team, season, month, opponent")]
    where: Annotated[Words, Field(description="Such as team=LAL, location=home, pts>=40 (a game)")]
    having: Annotated[Words, Field(description="On results, such as gp>=20")]
    order_by: Annotated[Words, Field(description="Names, - for descending")]
    season: Season = None
    season_type: SeasonType = None
    limit: Annotated[int | None, Field(ge=1, le=MOST_ROWS, description="Ranks of a board")] = None
    last: Annotated[int | None, Field(ge=1, description="Newest games of each")] = None
    qualifier: Annotated[bool, Field(description="Keep the published minimums on boards")] = True

    @field_validator("measures", "by", "order_by")
    @classmethod
    def _names(cls, given: list[str]) -> list[str]:
        """Names, also where commas stand between them."""
        return [name.strip() for text in given for name in text.split(",") if name.strip()]

    def request(self) -> StatRequest:
        """As the semantic layer takes it."""
        return StatRequest(
            tuple(self.measures), tuple(self.by), tuple(self.where), tuple(self.having), tuple(self.order_by),
            self.season, self.season_type, self.limit, self.last, self.qualifier,
        )  # fmt: skip


class StatsAnswer(out.StatsResult):
    """Figures, the time they took, and the state of the data they are from."""

    elapsed_ms: float
    snapshot: str


def add_stats(app: FastAPI, services: Services) -> None:
    """Adds the routes."""

    def computed(asked: StatsAsked) -> bytes:
        return to_json({"notice": out.NOTICE, **services.stats.ask(asked.request()).as_dict()})

    about: dict[str, Any] = {
        "tags": ["figures"],
        "description": "The right SQL by construction, with what was assumed and what is doubtful. Ratios "
        "are of sums, season types apart, traded players merged unless by team. Percentages are fractions.",
        "response_class": JSONResponse,
    }

    @app.get(
        "/v1/stats",
        operation_id="stats",
        summary="Measures by dimensions",
        responses={**given(StatsAnswer, "Figures.", **TAGGED), **problems(304, 400, 404, 409, 422)},
        **about,
    )
    async def of_address(asked: Annotated[StatsAsked, Query()]) -> Response:
        return await answered(services, "query_stats", partial(computed, asked))

    @app.post(
        "/v1/stats",
        operation_id="stats_by_body",
        summary="Measures by dimensions, asked in a body",
        responses={**given(StatsAnswer, "Figures."), **problems(400, 404, 409, 415, 422)},
        **about,
    )
    async def of_body(asked: StatsAsked) -> Response:
        return await answered(services, "query_stats", partial(computed, asked))
