"""Who is ranked on a board of players: the published minimums, scaled to the games played."""

from collections.abc import Callable
from dataclasses import replace

from nba_mcp_synthesis.basketball.catalogue import measure
from nba_mcp_synthesis.basketball.measure import Qualifier
from nba_mcp_synthesis.basketball.stats.dimensions import dimension, dimensions
from nba_mcp_synthesis.basketball.stats.facts import facts
from nba_mcp_synthesis.basketball.stats.query import Minimum, StatQuery
from nba_mcp_synthesis.errors import UsageError


def qualifier_of(query: StatQuery) -> Qualifier | None:
    """The qualifier that a query needs: of the measure that ranks all players."""
    if query.entity != "player" or "player" not in query.by or not query.is_board or query.having:
        return None
    if any(c.is_one_player or c.is_one_game for c in query.where):
        return None
    return measure(query.order_by[0][0]).qualifier


def minimum(query: StatQuery, qualifier: Qualifier, games: Callable[[StatQuery], int]) -> Minimum:
    """The minimum, scaled to the games that `games` counts for a query of the busiest team.

    Raises:
        UsageError: outside the regular season, and for parts of games, there is no published minimum.
    """
    told = [*query.by, *(c.name for c in query.where if c.name in dimensions())]
    of_parts = [name for name in told if dimension(name).is_of_parts]
    if of_parts:
        raise UsageError(
            f"Nobody publishes a minimum for {query.order_by[0][0]} by {of_parts[0]}.",
            "Add a condition such as fga>=100 to `having`, or ask without the qualifier.",
        )
    if query.season_types != ("Regular Season",):
        raise UsageError(
            f"Nobody publishes a minimum for {query.order_by[0][0]} outside the regular season.",
            "Add a condition such as gp>=5 to `having`, or ask without the qualifier.",
        )
    played = games(_busiest(query))
    least = qualifier.scaled(min(played, query.last) if query.last else played)
    counted = measure(qualifier.count).label
    return Minimum(qualifier.count, least, f"at least {least} {counted}: {qualifier.why}")


def _busiest(query: StatQuery) -> StatQuery:
    """Games of the team that played most under the conditions that teams have."""
    where = tuple(c for c in query.where if _is_of_teams(c.name))
    by = dict.fromkeys(["team", *(name for name in query.by if _is_of_teams(name))])
    return replace(
        query, measures=("gp",), entity="team", by=tuple(by), where=where, order_by=(("gp", True),), limit=1,
        last=None, minimum=(),
    )  # fmt: skip


def _is_of_teams(name: str) -> bool:
    return name in dimensions() and dimension(name).key_in(facts()["team_game"]) is not None
