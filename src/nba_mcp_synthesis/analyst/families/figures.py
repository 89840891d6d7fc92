"""Figures of one player or team: `jokic ppg`, `warriors ppg by month`, `celtics points on the road`."""

from dataclasses import replace

from nba_mcp_synthesis.analyst import asking
from nba_mcp_synthesis.analyst.context import Context
from nba_mcp_synthesis.analyst.declined import Declined
from nba_mcp_synthesis.analyst.families.family import Family
from nba_mcp_synthesis.analyst.frame import Frame
from nba_mcp_synthesis.analyst.measuring import MEASURES, measures_of
from nba_mcp_synthesis.analyst.scope import SCOPE, Scope, scope_of
from nba_mcp_synthesis.analyst.sentences import claimed, figures, label, listed, shown, subject
from nba_mcp_synthesis.analyst.who import People, is_of, people
from nba_mcp_synthesis.basketball.catalogue import measure
from nba_mcp_synthesis.basketball.matches import Kind, Match
from nba_mcp_synthesis.basketball.measure import Measure
from nba_mcp_synthesis.basketball.stats.query import Condition
from nba_mcp_synthesis.facts import Proposal

_USES = ("subjects", "splits", "order", "first", "times", "compare", "either", *MEASURES, *SCOPE)
_MOST_SAID = 12
_LINE = ("gp", "pts_per_game", "reb_per_game", "ast_per_game")


def fits(frame: Frame) -> bool:
    """Somebody and measures; a superlative only over a split."""
    others = (
        "record", "streak", "thresholds", "kinds_of_game", "in_game", "when", "without",
        *(() if frame.has("splits") else ("compare", "either")),
    )  # fmt: skip
    whose = frame.has("subjects") and (not frame.has("order") or frame.has("splits"))
    return whose and not frame.any(*others) and bool(_wanted(frame))


def _wanted(frame: Frame) -> tuple[Measure, ...]:
    """The measures that are named; `jokic vs lakers` asks for a line of his."""
    named = () if frame.has("line") else measures_of(frame)
    is_player = all(is_of(token, "player") for token in frame.all("subjects"))
    others = ("score", "result", "game", "margin", "met", "date", "times", "measures", "box", "place", "beat")
    line = frame.has("line") or (frame.any("opponents", "last") and not frame.any(*others))
    return named or (tuple(measure(name) for name in _LINE) if is_player and line else measures_of(frame))


def answer(frame: Frame, context: Context) -> Proposal:
    """The figures in one sentence, or a figure for each part of a split."""
    wanted = _wanted(frame)
    found = people(frame, context, _only_kind(wanted))
    if len(found.players) > 1 or (not found.players and len(found.teams) > 1):
        raise Declined("The question names several.", "Ask to compare them.")
    who = found.subjects[0]
    _check(wanted, who)
    scope = _of_club(scope_of(frame, context), found)
    scope = asking.first_games(frame, who, scope, context)
    if frame.has("splits"):
        return _split(frame, who, wanted, scope, context)
    names = tuple(of.name for of in wanted)
    query = asking.of(asking.query_of(scope, who.kind, names, (who.kind,)), who)
    evidence = asking.one_row(query, context, f"{who.name} {scope.said}")
    values = list(zip(wanted, evidence.result.rows[0][1:], strict=True))
    for of, value in values:
        if value is None:
            raise _no_value(of, who, scope)
    text = f"{subject(who)} {figures(values)} {scope.said}."
    return context.answered(text, [claimed(who.name, of, v, evidence.id) for of, v in values], names)


def _of_club(scope: Scope, found: People) -> Scope:
    """The scope of a player's games for a team, where both are named."""
    if not (found.players and found.teams):
        return scope
    if len(found.teams) > 1:
        raise Declined("The question names several teams.", "Name one team.")
    where = (*scope.where, Condition("team", "=", (found.teams[0].id,)))
    return replace(scope, where=where, words=(f"for the {found.teams[0].name}", *scope.words))


def _split(frame: Frame, who: Match, wanted: tuple[Measure, ...], scope: Scope, context: Context) -> Proposal:
    by = tuple(frame.values("splits"))
    names = tuple(of.name for of in wanted)
    query = asking.of(asking.query_of(scope, who.kind, names, by), who)
    if frame.has("order"):
        query = replace(query, order_by=((names[0], _descending(frame, wanted[0])),), limit=1)
    evidence = asking.one_row(query, context, f"{who.name} {scope.said}")
    rows = [row[1:] for row in evidence.result.rows] if frame.has("order") else evidence.result.rows
    told = [
        (" ".join(label(v, name) for v, name in zip(row, by, strict=False)), row[len(by) :]) for row in rows
    ]
    parts = [f"{name} {_values(values, wanted)}" for name, values in told[:_MOST_SAID]]
    what = listed([of.label for of in wanted])
    more = "; the rest is in the table" if len(told) > _MOST_SAID else ""
    most = ("most " if _descending(frame, wanted[0]) else "fewest ") if frame.has("order") else ""
    text = f"{subject(who)}, {most}{what} by {listed(by)} {scope.said}: {', '.join(parts)}{more}."
    claims = [
        claimed(row[0] if isinstance(row[0], str) else None, of, value, evidence.id)
        for row in rows
        for of, value in zip(wanted, row[len(by) :], strict=True)
        if value is not None
    ]
    return context.answered(text, claims, names)


def _values(values: tuple[float | None, ...], wanted: tuple[Measure, ...]) -> str:
    if [of.name for of in wanted[:2]] == ["wins", "losses"]:
        return f"{values[0]}-{values[1]}"
    parts = [
        "no value" if value is None else f"{shown(value, of)}{'' if len(wanted) == 1 else ' ' + of.label}"
        for of, value in zip(wanted, values, strict=True)
    ]
    return listed(parts)


def _descending(frame: Frame, of: Measure) -> bool:
    order = frame.values("order")
    best = {"best": of.higher_is_better, "worst": not of.higher_is_better, "fewest": False}
    return best.get(order[0], True)


def _only_kind(wanted: tuple[Measure, ...]) -> Kind | None:
    able = set.intersection(*(set(of.formulas) for of in wanted))
    return next(iter(able)) if len(able) == 1 else None


def _check(wanted: tuple[Measure, ...], who: Match) -> None:
    for of in wanted:
        if who.kind not in of.formulas:
            raise Declined(f"{of.label.capitalize()} cannot be told for a {who.kind}.")


def _no_value(of: Measure, who: Match, scope: Scope) -> Declined:
    hint = "Ask per game." if who.kind == "team" and of.is_total else ""
    return Declined(f"The data that are loaded do not give {of.label} of {who.name} {scope.said}.", hint)


FIGURES = Family("figures", fits, answer, _USES, "{player} points per game this season")
