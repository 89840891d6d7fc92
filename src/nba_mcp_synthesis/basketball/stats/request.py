"""A request for statistics as people and models write it, and what its words mean."""

from dataclasses import dataclass, replace

from nba_mcp_synthesis.basketball.catalogue import measure
from nba_mcp_synthesis.basketball.names import Names
from nba_mcp_synthesis.basketball.stats.dimensions import dimension, dimensions
from nba_mcp_synthesis.basketball.stats.facts import Entity
from nba_mcp_synthesis.basketball.stats.query import StatQuery
from nba_mcp_synthesis.basketball.stats.written import SAME, conditions, listed_value, over_measure
from nba_mcp_synthesis.errors import UsageError


@dataclass(frozen=True, slots=True)
class StatRequest:
    """Words of a request. `where` and `having` are conditions such as `opponent=BOS` or `pts>=40`.

    `season` is one season, several (`2023-24,2024-25`), a range (`2019-20..2023-24`) or `all`; left out
    it is the newest, or all when told `by` season. `order_by` takes names, a minus for descending.
    """

    measures: tuple[str, ...]
    by: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    having: tuple[str, ...] = ()
    order_by: tuple[str, ...] = ()
    season: str | None = None
    season_type: str | None = None
    limit: int | None = None
    last: int | None = None
    qualifier: bool = True


def read(request: StatRequest, names: Names) -> StatQuery:
    """What a request means, its seasons still open.

    Raises:
        UnknownName: a measure, dimension, player or team is not known; the nearest are given.
        UsageError: a condition cannot be read; the message says how it is written.
    """
    if not request.measures:
        raise UsageError("No measure is named.", "Name at least one, such as pts_per_game.")
    for name in request.measures:
        measure(name)
    for name in request.by:
        dimension(name)
    where = conditions(request.where, names)
    entity = entity_of(request.measures, [*request.by, *(c.name for c in where)])
    query = StatQuery(
        measures=tuple(dict.fromkeys(request.measures)),
        entity=entity,
        by=tuple(dict.fromkeys(request.by)),
        seasons=(),
        season_types=_season_types(request.season_type),
        where=where,
        having=tuple(over_measure(text, names) for text in request.having),
        limit=_positive("limit", request.limit),
        last=_positive("last", request.last),
    )
    return replace(query, order_by=_orders(request, query))


def entity_of(wanted: tuple[str, ...], told: list[str]) -> Entity:
    """Players or teams: as the dimensions say, otherwise whichever has all the measures, players first."""
    kinds = [set(measure(name).formulas) for name in wanted]
    able = set.intersection(*kinds)
    if not able:
        raise UsageError(f"{', '.join(wanted)}: some are of players only, some of teams only.", "Ask twice.")
    if "player" in told or any(dimension(name).is_of_players for name in told if name in dimensions()):
        return "player"
    return "team" if "team" in able and "player" not in told else "player"


def _season_types(text: str | None) -> tuple[str, ...]:
    of = dimension("season_type")
    known = {value.casefold(): value for value in of.values}
    wanted = (text or "Regular Season").split(",")
    return tuple(
        listed_value("season_type", SAME.get(w.strip().casefold(), w.strip()), known) for w in wanted
    )


def _orders(request: StatRequest, query: StatQuery) -> tuple[tuple[str, bool], ...]:
    """As asked; otherwise boards by the first measure, and everything else by its dimensions."""
    if not request.order_by:
        return ((query.measures[0], True),) if query.limit or _is_list(query) else ()
    orders = tuple((text.removeprefix("-"), text.startswith("-")) for text in request.order_by)
    for name, _ in orders:
        if name not in query.by:
            measure(name)
    return orders


def _is_list(query: StatQuery) -> bool:
    """True for a plain list of players or teams, which reads best by value."""
    return query.by in (("player",), ("team",))


def _positive(name: str, value: int | None) -> int | None:
    if value is not None and value < 1:
        raise UsageError(f"{name} is {value}.", "It has to be at least 1.")
    return value
