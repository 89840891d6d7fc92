"""Places in the standings: `who finished 3rd in the west`, `how many games behind were the rockets`."""

from dataclasses import dataclass

from nba_mcp_synthesis.analyst.context import Context, Declined, Period, Scope
from nba_mcp_synthesis.analyst.families.family import Family
from nba_mcp_synthesis.analyst.reading import Taking
from nba_mcp_synthesis.analyst.sentences import listed, nth
from nba_mcp_synthesis.analyst.tokens import Token
from nba_mcp_synthesis.facts import Claim, Evidence, Proposal

# Before it, winners of a division were placed above teams with better records.
_FIRST_SEASON = "2015-16"
_PLAY_IN_RANKS = range(7, 11)
_SQL = """SELECT
  t.full_name AS team,
  s.conference,
  s.conference_rank,
  s.wins,
  s.losses,
  s.games_behind
FROM standings AS s
JOIN teams AS t ON t.team_id = s.team_id
WHERE {conditions}
ORDER BY s.conference, s.conference_rank"""

_WITHOUT_OPPONENT = """SELECT game_id FROM team_game_stats
WHERE season = '{season}' AND season_type = 'Regular Season' AND opponent_team_id IS NULL
LIMIT 1"""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked of the standings: a team, a place, a conference, or an end of the table."""

    period: Period
    named: Token | None = None
    conference: str | None = None
    place: int | None = None
    end: str | None = None


def match_place(taking: Taking) -> Plan | None:
    """`who finished 3rd in the west and with what record`."""
    ordinal, conference = taking.one("ordinal"), taking.one("conference")
    if ordinal is None or conference is None:
        return None
    _take_words(taking)
    return Plan(Period.taken(taking), conference=str(conference.value), place=int(str(ordinal.value)))


def answer_place(plan: Plan, context: Context) -> Proposal:
    """Who has that place, and with what record."""
    found = f"s.conference = '{plan.conference}' AND s.conference_rank = {plan.place}"
    evidence, scope = _rows(plan, found, context)
    if not evidence.result.rows:
        raise Declined(f"Nobody was {nth(plan.place or 0)} in the {plan.conference} in {scope}.")
    return context.answered(_place_in_words(evidence, scope, context), _record(evidence))


def match_team(taking: Taking) -> Plan | None:
    """`what seed were the knicks`, `where did the rockets finish`."""
    named, conference = taking.first("name"), taking.one("conference")
    if named is None or not _take_words(taking):
        return None
    return Plan(Period.taken(taking), named, str(conference.value) if conference else None)


def answer_team(plan: Plan, context: Context) -> Proposal:
    """The place of a team in its conference, and its record."""
    evidence, scope = _of_team(plan, context)
    team, conference, rank, *_ = evidence.result.rows[0]
    if plan.conference not in (None, conference):
        raise Declined(f"The {team} are in the {conference}.")
    claims = [Claim(team, "conference_rank", rank, "place", evidence.id), *_record(evidence)]
    return context.answered(_place_in_words(evidence, scope, context), claims)


def match_behind(taking: Taking) -> Plan | None:
    """`how many games behind first were the rockets`."""
    named = taking.first("name")
    if named is None or not taking.has("behind"):
        return None
    return Plan(Period.taken(taking), named)


def answer_behind(plan: Plan, context: Context) -> Proposal:
    """Games behind the first of the conference."""
    evidence, scope = _of_team(plan, context)
    team, conference, *_, behind = evidence.result.rows[0]
    text = f"The {team} were {behind:g} games behind first place in the {conference} in {scope}."
    claims = [Claim(team, "games_behind", behind, "games", evidence.id)]
    context.assumptions.append("Games behind are counted within the conference.")
    return context.answered(text, claims)


def match_table(taking: Taking) -> Plan | None:
    """`west standings`."""
    conference = taking.one("conference")
    if conference is None or not taking.has("standings"):
        return None
    return Plan(Period.taken(taking), conference=str(conference.value))


def answer_table(plan: Plan, context: Context) -> Proposal:
    """All teams of a conference in order."""
    evidence, scope = _rows(plan, f"s.conference = '{plan.conference}'", context)
    listing = ", ".join(f"{row[2]}. {row[0]} {row[3]}-{row[4]}" for row in evidence.result.rows)
    text = f"The {plan.conference} in {scope}: {listing}."
    return context.answered(text, _record(evidence))


def match_end(taking: Taking) -> Plan | None:
    """`which team had the best record in the east`."""
    end = taking.one("leader", "best", "worst")
    if end is None or not taking.has("record"):
        return None
    conference = taking.one("conference")
    taking.one("by", "team")
    where = str(conference.value) if conference else None
    return Plan(Period.taken(taking), conference=where, end=str(end.value))


def answer_end(plan: Plan, context: Context) -> Proposal:
    """The best or worst record of the league or a conference, shared ones too."""
    within = f"s.conference = '{plan.conference}'" if plan.conference else "TRUE"
    order = "DESC" if plan.end == "best" else "ASC"
    found = f"{within} QUALIFY RANK() OVER (ORDER BY s.win_pct {order}) = 1"
    evidence, scope = _rows(plan, found, context)
    teams = listed([f"the {row[0]} ({row[3]}-{row[4]})" for row in evidence.result.rows])
    verb = "had" if len(evidence.result.rows) == 1 else "shared"
    where = f"the {plan.conference}" if plan.conference else "the league"
    text = f"{teams[0].upper()}{teams[1:]} {verb} the {plan.end} record of {where} in {scope}."
    return context.answered(text, _record(evidence))


def _place_in_words(evidence: Evidence, scope: Scope, context: Context) -> str:
    """The first row as a sentence."""
    team, conference, rank, wins, losses, _ = evidence.result.rows[0]
    if rank in _PLAY_IN_RANKS:
        context.assumptions.append(
            "Places are by the record; the play-in can change the last play-off seeds."
        )
    return f"The {team} were {nth(rank)} in the {conference} with {wins}-{losses} in {scope}."


def _take_words(taking: Taking) -> bool:
    """Takes the words that speak of places and records; True when there were any of places."""
    taking.all("record")
    taking.one("by", "team")
    return bool(taking.all("place") + taking.all("standings"))


def _of_team(plan: Plan, context: Context) -> tuple[Evidence, Scope]:
    if plan.named is None:
        raise Declined("No team is named.")
    team = context.who(plan.named, "team")
    evidence, scope = _rows(plan, f"s.team_id = {team.id}", context)
    if not evidence.result.rows:
        raise Declined(f"The {team.name} are not in the standings of {scope}.")
    return evidence, scope


def _rows(plan: Plan, found: str, context: Context) -> tuple[Evidence, Scope]:
    scope = context.scope(plan.period, "teams")
    if scope.season_type != "Regular Season" or scope.season < _FIRST_SEASON:
        raise Declined(
            f"There are no standings for {scope} here.",
            f"Standings are made for regular seasons from {_FIRST_SEASON} on.",
        )
    context.need_all_games(scope)
    if context.warehouse.query(_WITHOUT_OPPONENT.format(season=scope.season)).rows:
        raise Declined(f"Who played whom in {scope} is not loaded, so that ties cannot be broken.")
    return context.run(_SQL.format(conditions=f"s.season = '{scope.season}' AND {found}")), scope


def _record(evidence: Evidence) -> list[Claim]:
    return [
        claim
        for row in evidence.result.rows
        for claim in (
            Claim(row[0], "wins", row[3], "wins", evidence.id),
            Claim(row[0], "losses", row[4], "losses", evidence.id),
        )
    ]


PLACE = Family(match_place, answer_place, "who finished 3rd in the west")
TEAM = Family(match_team, answer_team, "what seed were the knicks")
BEHIND = Family(match_behind, answer_behind, "how many games behind first were the rockets")
TABLE = Family(match_table, answer_table, "west standings")
END = Family(match_end, answer_end, "which team had the best record")
