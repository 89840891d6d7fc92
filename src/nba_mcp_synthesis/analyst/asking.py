"""From slots to a query, and to rows that may be told: whole, or declined."""

from dataclasses import replace

from nba_mcp_synthesis.analyst.context import Context
from nba_mcp_synthesis.analyst.declined import Declined
from nba_mcp_synthesis.analyst.frame import Frame
from nba_mcp_synthesis.analyst.scope import Scope
from nba_mcp_synthesis.analyst.sentences import listed, subject
from nba_mcp_synthesis.basketball.matches import Match
from nba_mcp_synthesis.basketball.stats.facts import Entity
from nba_mcp_synthesis.basketball.stats.plan import Plan
from nba_mcp_synthesis.basketball.stats.query import Condition, StatQuery
from nba_mcp_synthesis.facts import Evidence

_COUNT = """SELECT COUNT(*) AS {what} FROM (
{listed}
) AS listed"""


def query_of(scope: Scope, entity: Entity, wanted: tuple[str, ...], by: tuple[str, ...]) -> StatQuery:
    """A query for measures in a scope."""
    return StatQuery(
        measures=wanted,
        entity=entity,
        by=by,
        seasons=scope.seasons,
        season_types=(scope.season_type,),
        where=scope.where,
        last=scope.last,
    )


def of(query: StatQuery, *who: Match) -> StatQuery:
    """The query about these players or teams only."""
    named = Condition(who[0].kind, "=", tuple(match.id for match in who))
    return replace(query, where=(named, *query.where))


def rows(query: StatQuery, context: Context, *, qualified: bool = True) -> Evidence:
    """The evidence of a query; assumptions and notes are kept with the answer.

    Raises:
        Declined: nothing like it is loaded, or only a part of it.
    """
    found = context.ask(query, qualified=qualified)
    context.assumptions += [*found.assumed, *found.notes]
    context.whole.need(query, found.plan)
    need_certain(found.plan)
    return context.evidence[-1]


def need_certain(plan: Plan) -> None:
    """Raises Declined where a condition on games compares what some of them do not have."""
    if lacking := sorted({count for source in plan.read for count in source.uncertain}):
        raise Declined(
            f"{listed(lacking)} is not loaded for every one of those games, so it cannot tell them apart.",
            "Ask without that condition.",
        )


def count_of(rows_of: Evidence, what: str, context: Context) -> Evidence:
    """The number of rows of an evidence, by a query that counts them."""
    # the query of an evidence is in the engine's own dialect, and the one around it in any
    return context.keep(context.warehouse.query(_COUNT.format(what=what, listed=rows_of.sql)))


def one_row(query: StatQuery, context: Context, about: str) -> Evidence:
    """Evidence with something in its first row; Declined when there is nothing."""
    evidence = rows(query, context)
    if not evidence.result.rows:
        raise Declined(
            f"Nothing of {about} is loaded.", "Ask about another season, or with fewer conditions."
        )
    return evidence


def first_games(frame: Frame, who: Match, scope: Scope, context: Context) -> Scope:
    """The scope up to the date of the game that is the last of the first few."""
    if not frame.has("first"):
        return scope
    number = int(frame.values("first")[0])
    query = of(query_of(scope, who.kind, ("gp",), (who.kind, "date")), who)
    games = rows(replace(query, order_by=(("date", False),)), context).result.rows
    if len(games) < number or len(scope.seasons) > 1:
        raise Declined(f"{subject(who)} has {len(games)} games {scope.said}.", "Ask about fewer games.")
    until = Condition("date", "<=", (games[number - 1][1],))
    context.conditions.append(f"the first {number} games")
    words = (*scope.words, f"over the first {number} games")
    return replace(scope, where=(*scope.where, until), words=words)
