"""Measures into SQL: a StatQuery becomes one readable SELECT with literals only.

The text can be run again as it is printed, and gives the same rows in the same order.
"""

from dataclasses import dataclass

from sqlglot import exp

from nba_mcp_synthesis.basketball.catalogue import Qualifier, measure
from nba_mcp_synthesis.basketball.formulas import DIALECT, formula, is_published, parse, value
from nba_mcp_synthesis.basketball.matches import Kind
from nba_mcp_synthesis.errors import UsageError

# A player whose name is not loaded still has his place on a board.
_PLAYER = "COALESCE(p.full_name, 'player ' || s.player_id) AS player"


@dataclass(frozen=True, slots=True)
class Minimum:
    """Only those with at least `value` of the measure `measure`."""

    measure: str
    value: float


@dataclass(frozen=True, slots=True)
class StatQuery:
    """Measures of players or teams in one season.

    Without `ids` it is a board, ranked by the first measure: it lists the first `limit` ranks with
    all who share them. A board of players by a measure that has a qualifier lists those who reach
    it, scaled to the `games` that the busiest team has played; `minimum` takes its place.
    `team_id` keeps the players of one team, who count with all their games of the season.
    """

    measures: tuple[str, ...]
    by: Kind
    season: str
    season_type: str = "Regular Season"
    ids: tuple[int, ...] = ()
    team_id: int | None = None
    minimum: tuple[Minimum, ...] = ()
    descending: bool = True
    limit: int | None = None
    games: int = 82

    @property
    def qualifier(self) -> Qualifier | None:
        """The qualifier that applies, if one does."""
        if self.by == "team" or self.ids or self.minimum:
            return None
        return measure(self.measures[0]).qualifier


def to_sql(query: StatQuery) -> str:
    """The SQL of a query. Columns: rank (of a board), player and team or team, then the measures.

    Raises:
        UnknownName: a measure is not in the catalogue.
        UsageError: a measure does not exist for players, or for teams; or none is named.
    """
    if not query.measures:
        raise UsageError("No measure is named.", "Name at least one, such as pts_per_game.")
    rows = _players(query) if query.by == "player" else _teams(query)
    result = _listed(query, rows) if query.ids else _ranked(query, rows)
    return result.sql(dialect=DIALECT, pretty=True)


def _listed(query: StatQuery, rows: exp.Select) -> exp.Select:
    listed = rows.order_by(*_who(query), dialect=DIALECT)
    return listed if query.by == "player" else listed.with_("totals", as_=_game_totals(query))


def _ranked(query: StatQuery, rows: exp.Select) -> exp.Select:
    first = query.measures[0]
    rank = f"RANK() OVER (ORDER BY {first} {'DESC' if query.descending else 'ASC'}) AS rank"
    board = (
        exp.select(rank, *_who(query), *query.measures, dialect=DIALECT)
        .from_("board")
        .where(f"NOT {first} IS NULL")
        .order_by("rank", *_who(query), dialect=DIALECT)
    )
    if query.limit is not None:
        board.set("qualify", exp.Qualify(this=parse(f"rank <= {int(query.limit)}")))
    if query.by == "team":
        board = board.with_("totals", as_=_game_totals(query))
    return board.with_("board", as_=rows)


def _who(query: StatQuery) -> tuple[str, ...]:
    return ("player", "team") if query.by == "player" else ("team",)


def _players(query: StatQuery) -> exp.Select:
    conditions = [*_season(query, "s"), parse("s.team_id IS NULL")]
    if query.ids:
        conditions.append(_one_of("s.player_id", query.ids))
    if query.team_id is not None:
        conditions.append(_equals("s.last_team_id", query.team_id))
    return (
        exp.select(_PLAYER, "t.abbreviation AS team", *_columns(query))
        .from_("player_season_stats AS s")
        .join("players AS p", on="p.player_id = s.player_id", join_type="left")
        .join("teams AS t", on="t.team_id = s.last_team_id", join_type="left")
        .where(*conditions)
        .group_by("s.player_id", "p.full_name", "t.abbreviation")
        .having(*_minimums(query))
    )


def _teams(query: StatQuery) -> exp.Select:
    """Teams with the sums of their games, and beside them what is published for their season."""
    conditions = _minimums(query)
    if query.ids:
        conditions.append(_one_of("t.team_id", query.ids))
    published = exp.and_(parse("s.team_id = t.team_id"), *_season(query, "s"))
    return (
        exp.select("t.full_name AS team", *_columns(query))
        .from_("teams AS t")
        .join("totals AS g", on="g.team_id = t.team_id", join_type="left")
        .join("team_season_stats AS s", on=published, join_type="left")
        .where(*conditions)
    )


def _game_totals(query: StatQuery) -> exp.Select:
    names = (*query.measures, *(m.measure for m in query.minimum))
    formulas = [parse(formula(measure(name), "team")) for name in names]
    used = sorted({c.name for f in formulas for c in f.find_all(exp.Column)})
    counts = [_game_sum(name) for name in used if not is_published(name)]
    return (
        exp.select("team_id", *counts)
        .from_("team_game_stats")
        .where(*_season(query), parse("NOT won IS NULL"))
        .group_by("team_id")
    )


def _game_sum(count: str) -> str:
    records = {
        "gp": "COUNT(*)",
        "wins": "COUNT(*) FILTER (WHERE won)",
        "losses": "COUNT(*) FILTER (WHERE NOT won)",
    }
    # A count that some game lacks has no sum: a partial one would be a wrong number.
    total = records.get(count, f"CASE WHEN COUNT({count}) = COUNT(*) THEN SUM({count}) END")
    return f"{total} AS {count}"


def _season(query: StatQuery, table: str = "") -> list[exp.Expr]:
    prefix = f"{table}." if table else ""
    return [
        _equals(f"{prefix}season", query.season),
        _equals(f"{prefix}season_type", query.season_type),
    ]


def _columns(query: StatQuery) -> list[exp.Expr]:
    return [exp.alias_(value(measure(name), query.by), name) for name in query.measures]


def _minimums(query: StatQuery) -> list[exp.Expr]:
    wanted = [(m.measure, m.value) for m in query.minimum]
    if query.qualifier is not None:
        wanted = [(query.qualifier.count, query.qualifier.scaled(query.games))]
    return [
        exp.GTE(this=value(measure(name), query.by), expression=exp.Literal.number(least))
        for name, least in wanted
    ]


def _equals(column: str, literal: str | int) -> exp.Expr:
    return exp.EQ(this=exp.to_column(column), expression=exp.convert(literal))


def _one_of(column: str, ids: tuple[int, ...]) -> exp.Expr:
    return exp.In(this=exp.to_column(column), expressions=[exp.convert(i) for i in ids])
