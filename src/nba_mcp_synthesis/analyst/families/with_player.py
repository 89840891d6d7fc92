"""A team's record in the games that a player played, missed, or reached a figure in."""

from dataclasses import replace

from nba_mcp_synthesis.analyst import asking, conditions
from nba_mcp_synthesis.analyst.context import Context
from nba_mcp_synthesis.analyst.declined import Declined
from nba_mcp_synthesis.analyst.families.family import Family
from nba_mcp_synthesis.analyst.frame import Frame
from nba_mcp_synthesis.analyst.scope import SCOPE, Scope, scope_of
from nba_mcp_synthesis.analyst.who import People, one, people
from nba_mcp_synthesis.basketball.matches import Match
from nba_mcp_synthesis.basketball.stats.query import Condition
from nba_mcp_synthesis.facts import Claim, Proposal

_USES = ("subjects", "record", "when", "without", *conditions.THRESHOLDS, *SCOPE)


def fits(frame: Frame) -> bool:
    """A team's record, another name, and what he did."""
    asks = frame.any("when", "without", "thresholds", "kinds_of_game")
    return asks and frame.has("record") and len(frame.all("subjects")) == 2 and not frame.any("order", "met")


def answer(frame: Frame, context: Context) -> Proposal:
    """Wins before losses, in his games or in all the others."""
    found = people(frame, context)
    team, player = one(found.teams, "team"), one(found.players, "player")
    scope = scope_of(frame, context)
    least = conditions.of_games(frame)
    if least and frame.has("without"):
        raise Declined(
            "Games that he missed and games with a figure of his are two questions.", "Ask for one."
        )
    games = _his_games(player, team, scope, least, context)
    without = frame.has("without")
    said = _said(People((player,), (team,)), conditions.said(least), without=without)
    if not games:
        raise Declined(f"There is no game {said} {scope.said}, or none is loaded.")
    of_team = asking.of(asking.query_of(scope, "team", ("wins", "losses"), ("team",)), team)
    kept = Condition("game", "!=" if without else "=", games)
    evidence = asking.one_row(replace(of_team, where=(*of_team.where, kept)), context, f"games {said}")
    _, won, lost = evidence.result.rows[0]
    context.conditions.append(said)
    claims = [
        Claim(team.name, "wins", won, "wins", evidence.id),
        Claim(team.name, "losses", lost, "losses", evidence.id),
    ]
    text = f"The {team.name} went {won}-{lost} in games {said} {scope.said}."
    return context.answered(text, claims, ("wins", "losses"))


def _his_games(
    player: Match, team: Match, scope: Scope, least: tuple[Condition, ...], context: Context
) -> tuple[str, ...]:
    """The games that he played for the team, and reached the figures in."""
    query = asking.query_of(scope, "player", ("gp",), ("player", "game"))
    his = replace(query, where=(*query.where, Condition("team", "=", (team.id,)), *least))
    return tuple(str(row[1]) for row in asking.rows(asking.of(his, player), context).result.rows)


def _said(who: People, figures: str, *, without: bool) -> str:
    name = who.players[0].name
    if without:
        return f"that {name} did not play in"
    return f"in which {name} had {figures}" if figures else f"that {name} played in"


WITH_PLAYER = Family(
    "records with a player", fits, answer, _USES, "{team} record when {player} scores 30 or more"
)
