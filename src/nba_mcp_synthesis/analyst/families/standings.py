"""Places in the standings: `who finished 3rd in the west`, `how many games behind were the rockets`."""

from nba_mcp_synthesis.analyst.context import Context
from nba_mcp_synthesis.analyst.declined import Declined, NotLoaded
from nba_mcp_synthesis.analyst.families.family import Family
from nba_mcp_synthesis.analyst.frame import Frame
from nba_mcp_synthesis.analyst.scope import SEASON, Scope, season_scope
from nba_mcp_synthesis.analyst.sentences import listed, nth
from nba_mcp_synthesis.analyst.who import one, people
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
_BEHIND_EACH_OTHER = """SELECT
  t.full_name AS team,
  o.full_name AS ahead,
  ((b.wins - s.wins) + (s.losses - b.losses)) / 2 AS games_behind
FROM standings AS s
JOIN standings AS b ON b.season = s.season
JOIN teams AS t ON t.team_id = s.team_id
JOIN teams AS o ON o.team_id = b.team_id
WHERE s.season = '{season}' AND s.team_id IN ({teams}) AND b.team_id IN ({teams})
  AND s.wins - s.losses < b.wins - b.losses"""
_WITHOUT_OPPONENT = """SELECT game_id FROM team_game_stats
WHERE season = '{season}' AND season_type = 'Regular Season' AND opponent_team_id IS NULL
LIMIT 1"""


def fits_place(frame: Frame) -> bool:
    """`who finished 3rd in the west and with what record`."""
    return frame.has("ordinal", "conference") and not frame.any("subjects", "measures", "ends")


def answer_place(frame: Frame, context: Context) -> Proposal:
    """Who has that place, and with what record."""
    conference, place = frame.values("conference")[0], frame.values("ordinal")[0]
    found = f"s.conference = '{conference}' AND s.conference_rank = {place}"
    evidence, scope = _rows(frame, found, context)
    if not evidence.result.rows:
        raise Declined(f"Nobody was {nth(int(place))} in the {conference} in {scope.named}.")
    return context.answered(_places(evidence, scope, context), _record(evidence))


def fits_team(frame: Frame) -> bool:
    """`what seed were the knicks`, `where did the rockets finish`, `spurs or pelicans, the higher seed`."""
    asks = frame.any("place", "standings")
    return asks and frame.has("subjects") and not frame.any("order", "measures")


def answer_team(frame: Frame, context: Context) -> Proposal:
    """The place of each team in its conference, and its record."""
    evidence, scope = _of_teams(frame, context)
    wanted = frame.values("conference")
    for row in evidence.result.rows:
        if wanted and row[1] not in wanted:
            raise Declined(f"The {row[0]} are in the {row[1]}.")
    claims = [Claim(row[0], "conference_rank", row[2], "place", evidence.id) for row in evidence.result.rows]
    return context.answered(_places(evidence, scope, context), [*claims, *_record(evidence)])


def fits_behind(frame: Frame) -> bool:
    """`how many games behind first were the rockets`, `games back of the pistons`."""
    return frame.has("subjects", "behind") and set(frame.values("measures")) <= {"gp"}


def answer_behind(frame: Frame, context: Context) -> Proposal:
    """Games behind the first of the conference, or behind another team."""
    if len(frame.all("subjects")) > 1:
        return _behind_each_other(frame, context)
    evidence, scope = _of_teams(frame, context)
    team, conference, *_, behind = evidence.result.rows[0]
    text = f"The {team} were {behind:g} games behind first place in the {conference} in {scope.named}."
    context.assumptions.append("Games behind are counted within the conference.")
    return context.answered(text, [Claim(team, "games_behind", behind, "games", evidence.id)])


def _behind_each_other(frame: Frame, context: Context) -> Proposal:
    teams = people(frame, context, "team").teams
    if len(set(teams)) != 2:
        raise Declined("That takes two teams.", "Name two teams.")
    scope = _scope(frame, context)
    ids = ", ".join(str(team.id) for team in teams)
    evidence = context.run(_BEHIND_EACH_OTHER.format(season=scope.seasons[0], teams=ids))
    if not evidence.result.rows:
        raise Declined(f"The {listed([t.name for t in teams])} were level in {scope.named}.")
    team, ahead, games = evidence.result.rows[0]
    text = f"The {team} were {games:g} games behind the {ahead} in {scope.named}."
    return context.answered(text, [Claim(team, "games_behind", games, "games", evidence.id)])


def fits_table(frame: Frame) -> bool:
    """`west standings`, `top 4 teams in the east`."""
    is_list = frame.has("limit", "conference") and frame.values("entity") == ["team"]
    asks = frame.has("standings") or is_list
    only_wins = set(frame.values("measures")) <= {"wins", "losses"}
    return asks and only_wins and not frame.any("subjects", "ordinal", "record")


def answer_table(frame: Frame, context: Context) -> Proposal:
    """All teams of a conference, or of both, in order; or the first few."""
    found = " OR ".join(f"s.conference = '{name}'" for name in frame.values("conference")) or "TRUE"
    if frame.has("limit"):
        if set(frame.values("order")) - {"lead", "best", "most"}:
            raise Declined("The standings are listed from the top.", "Ask for the top 5, or for one place.")
        found = f"({found}) AND s.conference_rank <= {int(frame.values('limit')[0])}"
    elif frame.has("order"):
        raise Declined("I do not know which part of the standings is meant.", "Ask for the standings.")
    evidence, scope = _rows(frame, f"({found})", context)
    parts = []
    for conference in dict.fromkeys(row[1] for row in evidence.result.rows):
        rows = [row for row in evidence.result.rows if row[1] == conference]
        listing = ", ".join(f"{row[2]}. {row[0]} {row[3]}-{row[4]}" for row in rows)
        parts.append(f"The {conference} in {scope.named}: {listing}.")
    return context.answered(" ".join(parts), _record(evidence))


def _places(evidence: Evidence, scope: Scope, context: Context) -> str:
    """Place and record of each row."""
    said = []
    for team, conference, rank, wins, losses, _ in evidence.result.rows:
        said.append(f"the {team} were {nth(rank)} in the {conference} with {wins}-{losses}")
        if rank in _PLAY_IN_RANKS:
            context.assumptions.append(
                "Places are by the record; the play-in can change the last play-off seeds."
            )
    text = f"{listed(said)} in {scope.named}."
    return f"{text[0].upper()}{text[1:]}"


def _of_teams(frame: Frame, context: Context) -> tuple[Evidence, Scope]:
    teams = people(frame, context, "team").teams
    if not teams or len(teams) != len(frame.all("subjects")):
        one(teams, "team")
        raise Declined("Only teams are in the standings.", "Name a team.")
    ids = ", ".join(str(team.id) for team in teams)
    evidence, scope = _rows(frame, f"s.team_id IN ({ids})", context)
    if not evidence.result.rows:
        raise Declined(f"The {listed([t.name for t in teams])} are not in the standings of {scope.named}.")
    return evidence, scope


def _scope(frame: Frame, context: Context) -> Scope:
    scope = season_scope(frame, context)
    if scope.season_type != "Regular Season" or scope.seasons[0] < _FIRST_SEASON:
        raise Declined(
            f"There are no standings for {scope.named} here.",
            f"Standings are made for regular seasons from {_FIRST_SEASON} on.",
        )
    short = context.coverage.teams_short(scope.seasons[0])
    if short or not context.coverage.has_all_games(scope.seasons[0], scope.season_type):
        what = f"Games of {', '.join(short)}" if short else "Games"
        raise NotLoaded(f"{what} of {scope.named} are not loaded, so that places cannot be told.")
    if context.warehouse.read(_WITHOUT_OPPONENT.format(season=scope.seasons[0])).rows:
        raise NotLoaded(f"Who played whom in {scope.named} is not loaded, so that ties cannot be broken.")
    return scope


def _rows(frame: Frame, found: str, context: Context) -> tuple[Evidence, Scope]:
    scope = _scope(frame, context)
    return context.run(_SQL.format(conditions=f"s.season = '{scope.seasons[0]}' AND {found}")), scope


def _record(evidence: Evidence) -> list[Claim]:
    return [
        claim
        for row in evidence.result.rows
        for claim in (
            Claim(row[0], "wins", row[3], "wins", evidence.id),
            Claim(row[0], "losses", row[4], "losses", evidence.id),
        )
    ]


_WORDS = ("place", "standings", "record", "entity", "conference", "compare", "either", "line", *SEASON)
PLACE = Family("places", fits_place, answer_place, ("ordinal", *_WORDS), "who finished 3rd in the west")
TEAM = Family("seeds", fits_team, answer_team, ("subjects", *_WORDS), "what seed were the {team}")
BEHIND = Family(
    "games behind", fits_behind, answer_behind, ("subjects", "behind", "measures", *_WORDS),
    "how many games behind were the {team}",
)  # fmt: skip
TABLE = Family(
    "standings", fits_table, answer_table, ("limit", "order", "measures", "result", *_WORDS), "west standings"
)
