"""Wins and losses: `celtics record on the road`, `how often did the cavs beat the pacers`."""

from dataclasses import replace

from nba_mcp_synthesis.analyst import asking, conditions
from nba_mcp_synthesis.analyst.context import Context
from nba_mcp_synthesis.analyst.declined import Declined
from nba_mcp_synthesis.analyst.families.family import Family
from nba_mcp_synthesis.analyst.frame import Frame
from nba_mcp_synthesis.analyst.scope import SCOPE, scope_of
from nba_mcp_synthesis.analyst.sentences import label, listed, subject
from nba_mcp_synthesis.analyst.who import is_of, one, people
from nba_mcp_synthesis.basketball.matches import Match
from nba_mcp_synthesis.basketball.stats.query import Condition
from nba_mcp_synthesis.facts import Claim, Evidence, Proposal

_USES = ("subjects", "record", "line", "splits", "when", "first", *conditions.THRESHOLDS, *SCOPE)
_USES_OF_PAIRS = (
    "subjects",
    "measures",
    "record",
    "met",
    "beat",
    "times",
    "result",
    "score",
    "either",
    *SCOPE,
)
_RECORD = ("wins", "losses")


def fits(frame: Frame) -> bool:
    """A team and its record."""
    lately = frame.has("last") and not frame.any("score", "result", "margin", "date", "game", "times", "box")
    asks = frame.has("record") or frame.values("line") == ["how"] or lately or frame.has("splits")
    asks = asks or _asks_how(frame)
    named = frame.all("subjects")
    return asks and len(named) == 1 and is_of(named[0], "team") and not frame.any("order", "measures")


def _asks_how(frame: Frame) -> bool:
    """`how the nuggets did at home`."""
    said = set(frame.text.split())
    of_games = frame.any("conditions", "opponents", "month", "since", "until")
    return of_games and "how" in said and bool(said & {"did", "do", "doing", "done", "fare", "fared"})


def answer(frame: Frame, context: Context) -> Proposal:
    """Wins before losses; for each part of a split."""
    team = one(people(frame, context, "team").teams, "team")
    scope = asking.first_games(frame, team, scope_of(frame, context), context)
    least = conditions.of_games(frame)
    by = tuple(frame.values("splits")) or ("team",)
    query = asking.of(asking.query_of(scope, "team", _RECORD, by), team)
    query = replace(query, where=(*query.where, *least))
    evidence = asking.one_row(query, context, f"the {team.name} {scope.said}")
    said = f" with {conditions.said(least)}" if least else ""
    if least:
        context.conditions.append(f"games with {conditions.said(least)}")
    rows = [
        (_name(row[0], team, frame), row[-2], row[-1]) for row in evidence.result.rows if row[0] is not None
    ]
    parts = [f"{won}-{lost}{'' if not frame.has('splits') else ' ' + _at(name)}" for name, won, lost in rows]
    text = f"The {team.name} went {listed(parts)}{said} {scope.said}."
    claims = [
        claim for row in evidence.result.rows for claim in _claims(str(row[0]), row[-2], row[-1], evidence)
    ]
    return context.answered(text, claims, _RECORD)


def _name(value: object, team: Match, frame: Frame) -> str:
    return label(value, frame.values("splits")[0]) if frame.has("splits") else team.name


def _at(name: str) -> str:
    return {"home": "at home", "away": "away", "neutral": "at neutral sites"}.get(name, f"({name})")


def _claims(entity: str, won: int, lost: int, evidence: Evidence) -> list[Claim]:
    return [
        Claim(entity, "wins", won, "wins", evidence.id),
        Claim(entity, "losses", lost, "losses", evidence.id),
    ]


def fits_pair(frame: Frame) -> bool:
    """Two teams, and a word about their games against each other."""
    named = len(frame.all("subjects")) + len(frame.all("opponents"))
    if not all(is_of(token, "team") for token in frame.all("subjects")):
        return False
    others = ("order", "thresholds", "splits", "date", "game_number", "margin", "score")
    if named != 2 or set(frame.values("measures")) - {"gp", *_RECORD} or frame.any(*others):
        return False
    if frame.any("met", "beat", "times", "opponents"):
        return True
    if set(frame.values("measures")) & set(_RECORD):
        return False
    # `the record of the kings and the raptors` may be two records.
    return frame.any("record", "measures") and "and" not in frame.text.split()


def answer_pair(frame: Frame, context: Context) -> Proposal:
    """Both sides' wins and losses against each other."""
    found = people(frame, context, "team").teams
    clubs = (*found, *(context.who(token, "team") for token in frame.all("opponents")))
    if len(clubs) != 2 or clubs[0] == clubs[1]:
        raise Declined("That takes two teams.", "Name two teams.")
    scope = scope_of(frame.without("opponents"), context)
    ids = tuple(club.id for club in clubs)
    query = asking.query_of(scope, "team", _RECORD, ("team",))
    both = (Condition("team", "=", ids), Condition("opponent", "=", ids))
    evidence = asking.one_row(replace(query, where=(*both, *query.where)), context, "their games")
    records = {row[0]: (row[1], row[2]) for row in evidence.result.rows}
    first, second = clubs
    won, lost = records[first.name]
    claims = [c for name, record in records.items() for c in _claims(name, *record, evidence)]
    if frame.has("beat") and frame.any("times", "how_many"):
        return context.answered(_beat(frame, first, second, won, lost, scope.said), claims, _RECORD)
    text = (
        f"{subject(first)} went {won}-{lost} and the {second.name} {lost}-{won} in their games {scope.said}."
    )
    return context.answered(text, claims, _RECORD)


def _beat(frame: Frame, first: Match, second: Match, won: int, lost: int, said: str) -> str:
    count, verb = (lost, "lost to") if "lost" in frame.values("beat") else (won, "beat")
    times = "time" if count == 1 else "times"
    return f"{subject(first)} {verb} the {second.name} {count} {times} {said}."


RECORD = Family("records", fits, answer, _USES, "{team} record on the road")
PAIR = Family("head to head", fits_pair, answer_pair, _USES_OF_PAIRS, "{team} vs {rival} head to head")
