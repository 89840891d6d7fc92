"""Players or teams who reach figures: `how many players averaged 25+ points`, `players with 20+ ppg`."""

from dataclasses import replace

from nba_mcp_synthesis.analyst import asking, conditions
from nba_mcp_synthesis.analyst.context import Context
from nba_mcp_synthesis.analyst.declined import Declined
from nba_mcp_synthesis.analyst.families.family import Family
from nba_mcp_synthesis.analyst.frame import Frame
from nba_mcp_synthesis.analyst.measuring import measures_of
from nba_mcp_synthesis.analyst.scope import SCOPE, Scope, scope_of
from nba_mcp_synthesis.analyst.sentences import claimed, listed, shown
from nba_mcp_synthesis.analyst.who import people
from nba_mcp_synthesis.basketball.catalogue import measure, measures
from nba_mcp_synthesis.basketball.matches import Kind
from nba_mcp_synthesis.basketball.stats.query import Condition, StatQuery
from nba_mcp_synthesis.facts import Claim, Proposal

_USES = ("subjects", "counted", "entity", "measures", "average", "verbs", *conditions.THRESHOLDS, *SCOPE)
_MOST_NAMED = 40
_OF_PLAYERS = ("age", "country", "school", "rookie", "position", "draft", "height_in")


def fits(frame: Frame) -> bool:
    """Players or teams, and figures or a description that they have to fit."""
    others = ("order", "record", "streak", "times", "in_game", "either", "kinds_of_game", "limit")
    if frame.any(*others) or (frame.has("measures") and not (frame.has("thresholds") and measures_of(frame))):
        return False
    asked = frame.any("counted", "entity", "conditions") or not frame.has("subjects")
    counted = frame.has("counted") or (frame.has("how_many") and not frame.has("subjects"))
    return (frame.has("thresholds") and asked) or (counted and _described(frame))


def _described(frame: Frame) -> bool:
    return any(value.startswith(_OF_PLAYERS) for value in frame.values("conditions"))


def answer(frame: Frame, context: Context) -> Proposal:
    """Who they are, or how many."""
    kind: Kind = "team" if "team" in (*frame.values("counted"), *frame.values("entity")) else "player"
    having = conditions.of_seasons(frame)
    if kind == "player" and having and all(c.name in ("wins", "losses", "win_pct") for c in having):
        kind = "team"
    scope = scope_of(frame, context)
    query = _query(frame, kind, having, scope, context)
    evidence = asking.rows(query, context)
    what = f"with {conditions.said(having)} " if having else ""
    context.conditions += [f"{kind}s {what}".strip()] if having else []
    rows = evidence.result.rows
    if frame.any("counted", "how_many"):
        return _count(context, kind, len(rows), f"{what}{scope.said}")
    if not rows:
        raise Declined(f"No {kind} {what}{scope.said}.", "Lower one of the figures.")
    if len(rows) > _MOST_NAMED:
        raise Declined(f"{len(rows)} {kind}s have that.", "Ask how many, or set a higher figure.")
    listing = listed([f"{row[0]} ({_figures(row[1:], query.measures)})" for row in rows])
    text = f"{len(rows)} {kind}{'s' if len(rows) != 1 else ''} {what}{scope.said}: {listing}."
    claims = [
        claimed(row[0], measure(name), value, evidence.id)
        for row in rows
        for name, value in zip(query.measures, row[1:], strict=True)
    ]
    return context.answered(text, claims, query.measures)


def _query(
    frame: Frame, kind: Kind, having: tuple[Condition, ...], scope: Scope, context: Context
) -> StatQuery:
    shown_too = [of.name for of in measures_of(frame)] if frame.has("measures") else []
    names = tuple(dict.fromkeys([*(c.name for c in having), *shown_too])) or ("gp",)
    for name in names:
        if name not in measures() or kind not in measure(name).formulas:
            raise Declined(f"{name} cannot be told for a {kind}.")
    clubs = people(frame, context, "team").teams
    if len(clubs) != len(frame.all("subjects")):
        raise Declined("The question names a player, and asks who else.", "Ask without the name.")
    query = asking.query_of(scope, kind, names, (kind,))
    where = (*query.where, *([Condition("team", "=", tuple(c.id for c in clubs))] if clubs else []))
    return replace(query, where=where, having=having, order_by=((names[0], True),))


def _figures(values: tuple[float, ...], names: tuple[str, ...]) -> str:
    told = zip(names, values, strict=True)
    return ", ".join(f"{shown(value, measure(name))} {measure(name).label}" for name, value in told)


def _count(context: Context, kind: Kind, count: int, what: str) -> Proposal:
    """The number of rows, by a query that counts them."""
    counted = asking.count_of(context.evidence[-1], f"{kind}s", context)
    number = counted.result.rows[0][0]
    text = f"{number} {kind if count == 1 else f'{kind}s'} {what}."
    return context.answered(text, [Claim(None, f"{kind}s", number, f"{kind}s", counted.id)])


PEOPLE = Family("counts of players", fits, answer, _USES, "how many players averaged 25+ points per game")
