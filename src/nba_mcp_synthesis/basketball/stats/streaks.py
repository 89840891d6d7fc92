"""Streaks: the longest runs of consecutive games in which conditions hold, and those that still go on."""

from dataclasses import dataclass, replace
from typing import Literal

from sqlglot import exp

from nba_mcp_synthesis.basketball.names import Names
from nba_mcp_synthesis.basketball.stats.compiler import names_of
from nba_mcp_synthesis.basketball.stats.facts import DIALECT, tree
from nba_mcp_synthesis.basketball.stats.plan import Plan
from nba_mcp_synthesis.basketball.stats.query import StatQuery
from nba_mcp_synthesis.basketball.stats.request import StatRequest, read
from nba_mcp_synthesis.basketball.stats.rows import rows_of
from nba_mcp_synthesis.basketball.stats.totals import conditions, filtered
from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.schema.seasons import season_start
from nba_mcp_synthesis.warehouse.dialect import written

LONGEST = 10


@dataclass(frozen=True, slots=True)
class StreakRequest:
    """Words of a request for streaks of players or teams.

    `streak` holds the conditions of a game that counts, such as `pts>=20` or `result=win`; `where` says
    which games are looked at, such as `location=home`: others neither count nor end a streak. A player's
    games are those that he played. Streaks end with the season, unless `across` seasons; `current` keeps
    those that the last game of the newest season goes on with. `limit` is the number of ranks.
    """

    streak: tuple[str, ...]
    by: Literal["player", "team"] = "team"
    where: tuple[str, ...] = ()
    season: str | None = None
    season_type: str | None = None
    across: bool = False
    current: bool = False
    limit: int = LONGEST


@dataclass(frozen=True, slots=True)
class StreakQuery:
    """A request whose words are resolved: `games` are the games looked at, `held` those that count too."""

    games: StatQuery
    held: StatQuery
    across: bool
    current: bool

    def over(self, seasons: tuple[str, ...]) -> "StreakQuery":
        """The same over `seasons`.

        Raises:
            UsageError: streaks are to run across seasons, and one between them is missing.
        """
        starts = [season_start(season) for season in seasons]
        if self.across and starts != list(range(starts[0], starts[0] + len(starts))):
            raise UsageError(
                f"Streaks cannot run across {', '.join(seasons)}: seasons between them are missing.",
                "Name seasons that follow one another, such as 2022-23..2023-24.",
            )
        return replace(
            self, games=replace(self.games, seasons=seasons), held=replace(self.held, seasons=seasons)
        )


def read_streaks(request: StreakRequest, names: Names) -> StreakQuery:
    """What a request means, its seasons still open; see `request.read` for the errors."""
    if not request.streak:
        raise UsageError("No condition of the streak is given.", "Name at least one, such as result=win.")
    asked = StatRequest(
        ("gp",),
        (request.by, "game"),
        where=(*request.where, *request.streak),
        season_type=request.season_type,
        limit=request.limit,
    )
    held = replace(read(asked, names), in_order=True)
    games = replace(held, where=held.where[: len(request.where)])
    return StreakQuery(games, held, request.across, request.current)


def to_sql(query: StreakQuery, plan: Plan, dialect: str = DIALECT) -> str:
    """The SQL of streaks, with `plan` for the games in which the conditions hold.

    Columns: rank, player or team, streak (games), first_game and last_game (dates), is_current.
    """
    who = f"{query.held.entity}_id"
    run = who if query.across else f"{who}, season"
    runs = f"""
        SELECT {run}, game_date, is_last,
               n - ROW_NUMBER() OVER (PARTITION BY {run} ORDER BY n) AS run
        FROM played WHERE holds"""
    streaks = f"""
        SELECT {who}, COUNT(*) AS streak, MIN(game_date) AS first_game, MAX(game_date) AS last_game,
               BOOL_OR(is_last) AS is_current
        FROM runs GROUP BY {run}, run"""
    result = _ranked(query, who)
    for name, cte in (
        ("played", _played(query, plan, run)),
        ("runs", tree(runs)),
        ("streaks", tree(streaks)),
    ):
        result = result.with_(name, as_=cte, copy=False)
    return written(result, dialect)


def _played(query: StreakQuery, plan: Plan, run: str) -> exp.Select:
    """The games looked at, in order; `holds` where all conditions do, `is_last` for the newest of all."""
    fact, who = plan.sources[0].fact, f"f.{query.held.entity}_id"
    order = f"ORDER BY {fact.time}, f.game_id"
    each = ", ".join(f"f.{column}" for column in run.split(", "))
    newest = max(query.games.seasons)
    scope = conditions(fact, query.games)
    holding = conditions(fact, query.held)[len(scope) :]
    return (
        rows_of(fact, [*filtered(fact, query.held), fact.time])
        .select(
            *each.split(", "),
            f"{fact.time} AS game_date",
            f"ROW_NUMBER() OVER (PARTITION BY {each} {order}) AS n",
            f"LEAD(f.game_id) OVER (PARTITION BY {who} {order}) IS NULL AND f.season = '{newest}' AS is_last",
            exp.alias_(exp.and_(*holding), "holds"),
            dialect=DIALECT,
        )
        .where(*scope)
    )


def _ranked(query: StreakQuery, who: str) -> exp.Select:
    entity = query.held.entity
    table, alias, own, shown = names_of(entity)
    ranked = (
        exp.select(
            "RANK() OVER (ORDER BY s.streak DESC) AS rank",
            f"{shown.format(id=f's.{who}')} AS {entity}",
            "s.streak", "s.first_game", "s.last_game", "s.is_current",
            dialect=DIALECT,
        )
        .from_("streaks AS s")
        .join(f"{table} AS {alias}", on=f"{alias}.{own} = s.{who}", join_type="left")
        .order_by("rank", "s.first_game", entity, dialect=DIALECT)
    )  # fmt: skip
    if query.current:
        ranked = ranked.where("s.is_current")
    ranked.set("qualify", exp.Qualify(this=tree(f"rank <= {query.held.limit}")))
    return ranked
