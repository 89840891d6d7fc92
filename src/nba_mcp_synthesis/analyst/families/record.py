"""A team's wins and losses: `celtics record`, `lakers home record`, `knicks record in the playoffs`."""

from dataclasses import dataclass

from nba_mcp_synthesis.analyst.context import Context, Declined, Period, Scope
from nba_mcp_synthesis.analyst.families.family import Family
from nba_mcp_synthesis.analyst.reading import Taking
from nba_mcp_synthesis.analyst.tokens import Token
from nba_mcp_synthesis.basketball.catalogue import measure
from nba_mcp_synthesis.basketball.matches import Match
from nba_mcp_synthesis.facts import Claim, Proposal

_WHERE = {"home": "at home", "road": "away"}

_SQL = """SELECT
  t.full_name AS team,
  COUNT(*) FILTER (WHERE g.won) AS wins,
  COUNT(*) FILTER (WHERE NOT g.won) AS losses
FROM team_game_stats AS g
JOIN teams AS t ON t.team_id = g.team_id
WHERE g.team_id = {team} AND g.season = '{season}' AND g.season_type = '{season_type}'
  AND g.won IS NOT NULL{where}
GROUP BY t.full_name"""

_WITHOUT_SITE = """SELECT g.game_id
FROM team_game_stats AS g
LEFT JOIN games AS n ON n.game_id = g.game_id
WHERE g.team_id = {team} AND g.season = '{season}' AND g.season_type = '{season_type}'
  AND g.is_home IS NULL AND n.is_neutral IS NOT TRUE
LIMIT 1"""


@dataclass(frozen=True, slots=True)
class Plan:
    """Whose record, where, and when."""

    named: Token
    sites: tuple[str, ...]
    period: Period


def match(taking: Taking) -> Plan | None:
    """A team and `record`; perhaps at home, on the road, or both."""
    if not taking.has("record"):
        return None
    named = taking.first("name")
    if named is None:
        return None
    sites = dict.fromkeys(str(token.value) for token in taking.all("site"))
    return Plan(named, tuple(sites), Period.taken(taking))


def answer(plan: Plan, context: Context) -> Proposal:
    """Wins before losses."""
    team = context.who(plan.named, "team")
    scope = context.scope(plan.period, "teams")
    context.need_all_games(scope, team)
    if plan.sites:
        _need_sites(team, scope, context)
    both = len(plan.sites) > 1
    parts = [_record(team, site, scope, context, both=both) for site in plan.sites or ("",)]
    if plan.sites:
        context.assumptions.append("Games at neutral sites are in neither the home nor the road record.")
    said = " and ".join(text for text, _ in parts)
    claims = [claim for _, claims in parts for claim in claims]
    return context.answered(f"The {team.name} went {said} in {scope}.", claims, ("wins", "losses"))


def _record(team: Match, site: str, scope: Scope, context: Context, *, both: bool) -> tuple[str, list[Claim]]:
    where = f" AND g.is_home = {site == 'home'}" if site else ""
    sql = _SQL.format(team=team.id, season=scope.season, season_type=scope.season_type, where=where)
    evidence = context.run(sql)
    if not evidence.result.rows:
        said = f" {_WHERE[site]}" if site else ""
        raise Declined(f"No games of the {team.name}{said} in {scope} are loaded.")
    values = evidence.result.rows[0][1:]
    text = "-".join(str(value) for value in values) + (f" {_WHERE[site]}" if site else "")
    # Side by side, the two sites are what the numbers belong to.
    entity = _WHERE[site].removeprefix("at ") if both else team.name
    return text, [
        Claim(entity, name, value, measure(name).unit, evidence.id)
        for name, value in zip(("wins", "losses"), values, strict=True)
    ]


def _need_sites(team: Match, scope: Scope, context: Context) -> None:
    """Declined when it is not known of some game where it was played."""
    sql = _WITHOUT_SITE.format(team=team.id, season=scope.season, season_type=scope.season_type)
    if context.warehouse.query(sql).rows:
        raise Declined(f"Where the games of {scope} were played is not loaded.", "Ask for the whole record.")


FAMILY = Family(match, answer, "celtics record this season")
