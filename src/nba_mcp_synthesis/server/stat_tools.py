"""The tools over measures: figures by dimensions, and comparisons."""

from collections.abc import Callable
from typing import Annotated

from fastmcp import FastMCP
from pydantic import Field

from nba_mcp_synthesis.basketball.names import Names
from nba_mcp_synthesis.basketball.stats.comparing import comparison
from nba_mcp_synthesis.basketball.stats.request import StatRequest
from nba_mcp_synthesis.basketball.stats.stats import StatResult, Stats
from nba_mcp_synthesis.server import results as out
from nba_mcp_synthesis.server.calls import READ_ONLY, worded

MOST_ROWS = 500
Words = list[str]
Season = Annotated[str | None, Field(description="2025-26, 2019-20..2023-24 or all; newest if left out")]
SeasonType = Annotated[str | None, Field(description="Regular Season (default), Playoffs, PlayIn")]


def register(server: FastMCP, stats: Stats, names: Callable[[], Names]) -> None:
    """Adds the tools to the server."""
    tools = StatTools(stats, names)
    for tool in (tools.query_stats, tools.compare):
        server.tool(worded(tool), annotations=READ_ONLY)


class StatTools:
    """The tools over one semantic layer."""

    def __init__(self, stats: Stats, names: Callable[[], Names]) -> None:
        self._stats = stats
        self._names = names

    def query_stats(
        self,
        measures: Annotated[Words, Field(description="Such as pts_per_game, ts_pct, wins, corner3_fg_pct")],
        by: Annotated[
            Words, Field(description="Such as player, team, season, month, opponent, location")
        ] = [],
        where: Annotated[Words, Field(description="Such as team=LAL, location=home, pts>=40 (a game)")] = [],
        having: Annotated[Words, Field(description="On results, such as gp>=20")] = [],
        order_by: Annotated[Words, Field(description="Names, - for descending")] = [],
        limit: Annotated[int | None, Field(ge=1, le=MOST_ROWS, description="Ranks of a board")] = None,
        season: Season = None,
        season_type: SeasonType = None,
        last: Annotated[int | None, Field(ge=1, description="Newest games of each")] = None,
        qualifier: Annotated[bool, Field(description="Keep the published minimums on boards")] = True,
    ) -> out.StatsResult:
        """Computes measures by dimensions: the right SQL by construction, with its notes.

        Prefer it to SQL. Ratios are of sums, season types apart, traded players merged unless by team.
        Unknown names are answered with the nearest. nba://primer lists measures and dimensions.
        """
        request = StatRequest(
            tuple(measures), tuple(by), tuple(where), tuple(having), tuple(order_by),
            season, season_type, limit, last, qualifier,
        )  # fmt: skip
        return _result(self._stats.ask(request))

    def compare(
        self,
        names: Annotated[Words, Field(description="2 to 10 players, or teams")],
        measures: Annotated[Words, Field(description="The usual ones if left out")] = [],
        where: Annotated[Words, Field(description="Such as opponent=BOS")] = [],
        season: Season = None,
        season_type: SeasonType = None,
    ) -> out.StatsResult:
        """Puts players or teams side by side."""
        request = comparison(tuple(names), self._names(), tuple(measures), tuple(where), season, season_type)
        return _result(self._stats.ask(request))


def _result(found: StatResult) -> out.StatsResult:
    return out.StatsResult.model_validate(found.as_dict())
