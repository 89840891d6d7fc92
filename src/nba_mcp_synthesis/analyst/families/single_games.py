"""The best single games: `most points in a game`, `biggest win this season`, `jokic season high`."""

from dataclasses import replace

from nba_mcp_synthesis.analyst import asking
from nba_mcp_synthesis.analyst.context import Context
from nba_mcp_synthesis.analyst.declined import Declined
from nba_mcp_synthesis.analyst.families.boards import descending
from nba_mcp_synthesis.analyst.families.family import Family
from nba_mcp_synthesis.analyst.frame import Frame
from nba_mcp_synthesis.analyst.measuring import MEASURES, measures_of
from nba_mcp_synthesis.analyst.scope import SCOPE, scope_of
from nba_mcp_synthesis.analyst.sentences import claimed, extreme, listed, on, shown
from nba_mcp_synthesis.analyst.who import is_of, people
from nba_mcp_synthesis.basketball.catalogue import measure
from nba_mcp_synthesis.basketball.matches import Kind
from nba_mcp_synthesis.basketball.measure import Measure
from nba_mcp_synthesis.basketball.stats.query import Condition, StatQuery
from nba_mcp_synthesis.facts import Proposal

_USES = ("subjects", "order", "limit", "entity", "in_game", "game_extreme", "when", *MEASURES, *SCOPE)
_MOST_SAID = 6
_OF_PLAYERS = ("started", "rookie", "position", "country", "school", "age", "draft", "height_in")


def fits(frame: Frame) -> bool:
    """A measure in a single game, a game that is extreme itself, or the day of the most of something."""
    if frame.any("record", "streak", "in_span", "thresholds", "compare"):
        return False
    in_game = frame.has("in_game") or frame.has("when", "order", "subjects") or _is_of_one_team(frame)
    return frame.has("game_extreme") or _is_biggest_win(frame) or (in_game and bool(measures_of(frame)))


def _is_of_one_team(frame: Frame) -> bool:
    """`the most points the suns gave up`: what only teams have is no board of one team's players."""
    named = frame.all("subjects")
    of_team = frame.has("order") and len(named) == 1 and is_of(named[0], "team") and not frame.has("splits")
    return of_team and all("player" not in of.formulas for of in measures_of(frame))


def _is_biggest_win(frame: Frame) -> bool:
    """`biggest playoff win`: a win is big by its margin."""
    big = {"biggest", "largest", "worst"} & {token.text.casefold() for token in frame.all("order")}
    return bool(big) and frame.has("result") and not frame.any("measures", "times", "how_many")


def answer(frame: Frame, context: Context) -> Proposal:
    """The game or games, with opponent and date."""
    of, falling = _ranked(frame)
    found = people(frame, context)
    if (found.players and found.teams) or len(found.teams) > 1:
        raise Declined(
            "Name either a player or a team, and one of them.", "Ask for the score of their games."
        )
    if of.name in ("wins", "losses", "gp", "win_pct"):
        raise Declined(
            f"{of.label.capitalize()} are counted over games, not in one.", "Ask by how many points."
        )
    by: Kind = _kind(frame, of, context)
    if by not in of.formulas:
        raise Declined(f"{of.label.capitalize()} cannot be told for a {by}.")
    scope = scope_of(frame, context)
    if not frame.any("in_game", "game_extreme", "when") and not _is_biggest_win(frame):
        context.assumptions.append("Taken as the most or least in a single game.")
    limit = int(frame.values("limit")[0]) if frame.has("limit") else 1
    query = asking.query_of(scope, by, (of.name,), (by, "date", "opponent"))
    query = replace(query, order_by=((of.name, falling),), limit=limit)
    if found.subjects:
        kind = found.subjects[0].kind
        query = asking.of(query, *found.subjects) if kind == by else _within(query, found.subjects[0].id)
    evidence = asking.one_row(replace(query, minimum=()), context, scope.said)
    rows = evidence.result.rows
    said = [f"{row[1]} {shown(row[4], of)} against the {row[3]} on {on(row[2])}" for row in rows[:_MOST_SAID]]
    more = f"; {len(rows) - _MOST_SAID} more are in the table" if len(rows) > _MOST_SAID else ""
    text = f"{extreme(of, falling=falling)} in a game {scope.said}: {listed(said)}{more}."
    claims = [claimed(row[1], of, row[4], evidence.id) for row in rows]
    return context.answered(text, claims, (of.name,))


def _within(query: StatQuery, team: int) -> StatQuery:
    return replace(query, where=(Condition("team", "=", (team,)), *query.where))


def _ranked(frame: Frame) -> tuple[Measure, bool]:
    if frame.has("game_extreme"):
        name, _, way = frame.values("game_extreme")[0].partition(" ")
        # A game's own total is of nobody (see combined_scores); somebody's is his own points.
        return measure(name.replace("total_pts", "pts")), way == "desc"
    if _is_biggest_win(frame):
        return measure("plus_minus"), "won" in frame.values("result")
    wanted = measures_of(frame)
    if len(wanted) > 1:
        raise Declined("That is more than one measure.", "Ask for one at a time.")
    of = wanted[0]
    name = of.name.removesuffix("_per_game")
    of = measure(name) if name != of.name else of
    return of, descending(frame, of)


def _kind(frame: Frame, of: Measure, context: Context) -> Kind:
    found = people(frame, context)
    if found.players or (found.teams and frame.has("when")):
        return found.subjects[0].kind
    if of.name == "plus_minus" and not frame.has("measures"):
        return "team"
    if any(c.startswith(_OF_PLAYERS) for c in frame.values("conditions")):
        return "player"
    if frame.has("entity"):
        return "team" if "team" in frame.values("entity") else "player"
    if found.teams and "team" in of.formulas:
        return "team"  # `most points the lakers put up in a game` is the team's
    return (
        "team"
        if frame.has("game_extreme") or _is_biggest_win(frame) or "player" not in of.formulas
        else "player"
    )


SINGLE_GAMES = Family("single games", fits, answer, _USES, "most points in a game this season")
