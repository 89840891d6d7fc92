"""How often: `40-point games by luka`, `most games with 20+ points`, `50 point games this season`."""

from dataclasses import replace

from nba_mcp_synthesis.analyst import asking, conditions
from nba_mcp_synthesis.analyst.context import Context
from nba_mcp_synthesis.analyst.declined import Declined, NotLoaded
from nba_mcp_synthesis.analyst.families.family import Family
from nba_mcp_synthesis.analyst.frame import Frame
from nba_mcp_synthesis.analyst.scope import SCOPE, Scope, scope_of
from nba_mcp_synthesis.analyst.sentences import claimed, listed, on, subject
from nba_mcp_synthesis.analyst.who import one, people
from nba_mcp_synthesis.basketball.catalogue import measure, measures
from nba_mcp_synthesis.basketball.stats.facts import Entity
from nba_mcp_synthesis.basketball.stats.query import Condition, StatQuery
from nba_mcp_synthesis.facts import Claim, Proposal

_USES = ("times", "when", "first", "measures", "result", "entity", "decided", *conditions.THRESHOLDS, *SCOPE)
_MOST_GAMES = 12


def fits(frame: Frame) -> bool:
    """Somebody, and a figure that some of the games reach."""
    others = ("order", "record", "streak", "either", "compare", "in_game", "splits", "counted", "line")
    return frame.has("subjects") and not frame.any(*others) and _counts(frame)


def _counts(frame: Frame) -> bool:
    """A question about games, and what they have to be like."""
    games = set(frame.values("measures")) <= {"gp", "wins", "losses"}
    asks = frame.any("times", "kinds_of_game", "when") or frame.has("measures")
    asks = asks or frame.has("margin", "thresholds")
    limits = frame.any("thresholds", "kinds_of_game") or frame.has("conditions")
    return games and asks and limits


def answer(frame: Frame, context: Context) -> Proposal:
    """How many games reach it."""
    who = one(people(frame, context).subjects, "player or team")
    scope = asking.first_games(frame, who, scope_of(frame, context), context)
    least = (*conditions.of_games(frame), *_results(frame))
    query = asking.of(asking.query_of(scope, who.kind, ("gp",), (who.kind,)), who)
    query = replace(query, where=(*query.where, *least))
    evidence = asking.rows(query, context)
    said = _kind_said(least, scope)
    context.conditions += [said] if said else []
    if not evidence.result.rows:
        return _never(context, query, who.name, said)
    games = evidence.result.rows[0][1]
    noun = "game" if games == 1 else "games"
    text = f"{subject(who)} {'played' if not least else 'had'} {games} {noun} {said}."
    return context.answered(text, [claimed(who.name, measure("gp"), games, evidence.id)], ("gp",))


def _kind_said(least: tuple[Condition, ...], scope: Scope) -> str:
    figures = conditions.said(tuple(c for c in least if c.name != "result"))
    results = [f"that were {'won' if c.values == ('win',) else 'lost'}" for c in least if c.name == "result"]
    return " ".join([*([f"with {figures}"] if figures else []), *results, scope.said])


def _results(frame: Frame) -> tuple[Condition, ...]:
    """`how many games did they win scoring 130`, `wins with 20+ threes`."""
    words = {"won": "win", "wins": "win", "lost": "loss", "losses": "loss"}
    found = {words[v] for v in (*frame.values("result"), *frame.values("measures")) if v in words}
    if len(found) > 1:
        raise Declined("The question asks for wins and for losses.", "Ask for the record.")
    return tuple(Condition("result", "=", (value,)) for value in found)


def _never(context: Context, query: StatQuery, name: str, said: str) -> Proposal:
    """No such game: the count of rows that are left is zero."""
    context.evidence.pop()
    evidence = asking.rows(replace(query, by=()), context)
    if not evidence.result.rows or evidence.result.rows[0][0] != 0:
        raise NotLoaded(f"Nothing of {name} {said} is loaded.")
    text = f"{name} had 0 games {said}."
    return context.answered(text, [Claim(None, "gp", 0, "games", evidence.id)], ("gp",))


def fits_all(frame: Frame) -> bool:
    """A kind of game, of nobody: the games themselves, or how many there were."""
    others = ("subjects", "order", "record", "streak", "in_game", "counted", "compare", "splits", "limit")
    of_games = frame.has("kinds_of_game") or frame.has("times", "thresholds")
    return of_games and not frame.any(*others) and _counts(frame)


def answer_all(frame: Frame, context: Context) -> Proposal:
    """Each game with its player or team; a long list is counted."""
    least = conditions.of_games(frame)
    of_players = all(c.name in measures() and "player" in measure(c.name).formulas for c in least)
    kind = _kind(frame, of_players=of_players)
    scope = scope_of(frame, context)
    names = tuple(dict.fromkeys(c.name for c in least if c.name in measures())) or ("pts",)
    query = asking.query_of(scope, kind, names, (kind, "date", "opponent"))
    query = replace(query, where=(*query.where, *least, *_results(frame)), order_by=((names[0], True),))
    evidence = asking.rows(query, context)
    said = f"with {conditions.said(least)} {scope.said}"
    context.conditions.append(f"games with {conditions.said(least)}")
    rows = evidence.result.rows
    count = asking.count_of(evidence, "games", context)
    claims = [Claim(None, "games", len(rows), "games", count.id)]
    text = f"{len(rows)} game{'s' if len(rows) != 1 else ''} of {kind}s {said}"
    if 0 < len(rows) <= _MOST_GAMES:
        claims += [claimed(row[0], measure(names[0]), row[3], evidence.id) for row in rows]
        text += f": {listed([f'{r[0]} {r[3]} against the {r[2]} on {on(r[1])}' for r in rows])}"
    return context.answered(f"{text}.", claims, names)


def _kind(frame: Frame, *, of_players: bool) -> Entity:
    return "team" if "team" in frame.values("entity") or not of_players else "player"


GAMES = Family(
    "counts of games", fits, answer, ("subjects", *_USES), "how many 40 point games did {player} have"
)
ALL_GAMES = Family("games of a kind", fits_all, answer_all, _USES, "50 point games this season")
