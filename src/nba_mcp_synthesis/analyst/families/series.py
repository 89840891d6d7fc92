"""Play-off series: `who won the 2026 finals and in how many games`."""

from dataclasses import replace

from nba_mcp_synthesis.analyst.context import Context
from nba_mcp_synthesis.analyst.declined import Declined, NotLoaded
from nba_mcp_synthesis.analyst.families.family import Family
from nba_mcp_synthesis.analyst.families.records import answer_pair
from nba_mcp_synthesis.analyst.frame import Frame
from nba_mcp_synthesis.analyst.scope import Scope, scope_of
from nba_mcp_synthesis.analyst.sentences import listed
from nba_mcp_synthesis.facts import Claim, Proposal, Row

_USES = (
    "conditions",
    "result",
    "season",
    "season_type",
    "times",
    "conference",
    "beat",
    "met",
    "score",
    "measures",
    "subjects",
    "thresholds",
    "how_many",
    "verbs",
    "opponents",
    "against",
)
_PLAYOFF_SERIES = frozenset({"series", "the series", "series last", "series go"})
# Series are made of their games: the games of a play-off say their round.
_SQL = """WITH sides AS (
  SELECT season, playoff_round AS round, LEAST(home_team_id, away_team_id) AS team1_id,
    GREATEST(home_team_id, away_team_id) AS team2_id,
    CASE WHEN home_pts > away_pts THEN home_team_id ELSE away_team_id END AS winner_team_id
  FROM games
  WHERE season = '{season}' AND season_type = 'Playoffs' AND NOT home_pts IS NULL
), s AS (
  SELECT round, team1_id, team2_id,
    COUNT(*) FILTER (WHERE winner_team_id = team1_id) AS team1_wins,
    COUNT(*) FILTER (WHERE winner_team_id = team2_id) AS team2_wins
  FROM sides
  GROUP BY round, team1_id, team2_id
)
SELECT
  w.full_name AS winner,
  GREATEST(s.team1_wins, s.team2_wins) AS wins,
  l.full_name AS loser,
  LEAST(s.team1_wins, s.team2_wins) AS losses,
  CASE s.round WHEN 1 THEN 'First Round' WHEN 2 THEN 'Second Round' WHEN 3 THEN 'Conference Finals'
    ELSE 'Finals' END AS round_name
FROM s
JOIN teams AS w ON w.team_id = CASE WHEN s.team1_wins > s.team2_wins THEN s.team1_id ELSE s.team2_id END
JOIN teams AS l ON l.team_id = CASE WHEN s.team1_wins > s.team2_wins THEN s.team2_id ELSE s.team1_id END
WHERE GREATEST(s.team1_wins, s.team2_wins) = 4 AND {conditions}
ORDER BY s.round, winner"""


def fits(frame: Frame) -> bool:
    """A round, and who won or lost it, or how long its series were."""
    of_round = any("playoff_round" in value for value in frame.values("conditions"))
    of_round = (
        of_round
        or _is_beaten(frame)
        or _is_of_two(frame)
        or (frame.has("met", "thresholds") and not frame.has("subjects"))
    )
    only_games = set(frame.values("measures")) <= {"gp", "wins"}
    asks = frame.any("result", "beat", "met", "thresholds", "times") or frame.has("subjects", "opponents")
    return of_round and asks and only_games and not frame.any("game_number", "order", "record")


def _is_beaten(frame: Frame) -> bool:
    """`who knocked out detroit`, `who did the lakers lose to in the playoffs`: one team, and how it ended."""
    out = "out" in frame.values("beat")
    in_playoffs = "Playoffs" in frame.values("season_type") and frame.has("beat")
    return (out or in_playoffs) and len(frame.all("subjects") + frame.all("opponents")) == 1


def _is_of_two(frame: Frame) -> bool:
    """`who won the knicks cavs series`: where no season is said, that of the play-offs if there was one."""
    said = {token.text.casefold() for token in frame.all("met")}
    asks = frame.any("result", "score", "times", "how_many", "beat")
    named = frame.all("subjects") + frame.all("opponents")
    return asks and bool(said & _PLAYOFF_SERIES) and len(named) == 2


def _side(frame: Frame) -> str:
    """`who beat the celtics` asks for the winner, `who did the celtics beat` for the loser."""
    how = frame.all("beat")[0]
    (named,) = frame.all("subjects") + frame.all("opponents")
    is_object = frame.tokens.index(how) < frame.tokens.index(named)
    return "l" if is_object == (how.value != "lost") else "w"


def _lengths(frame: Frame) -> list[str]:
    """`series that went to 7 games`."""
    found = []
    for token in frame.all("thresholds"):
        sign, number, of, _ = token.value if isinstance(token.value, tuple) else ("", 0, "", False)
        if of != "gp" or not isinstance(number, int):
            raise Declined(f"I cannot take {token.text!r} into account for a series.")
        found.append(f"s.team1_wins + s.team2_wins {sign} {number}")
    return found


def answer(frame: Frame, context: Context) -> Proposal:
    """The winners with their wins."""
    scope = replace(scope_of(frame.without("opponents"), context), season_type="Playoffs")
    rounds = [int(str(c.values[0])) for c in scope.where if c.name == "playoff_round"]
    wanted = [f"s.round = {rounds[0]}"] if rounds else ["TRUE"]
    wanted += [f"w.conference = '{c.values[0]}'" for c in scope.where if c.name == "conference"]
    teams = [context.who(token, "team") for token in (*frame.all("subjects"), *frame.all("opponents"))]
    side = _side(frame) if _is_beaten(frame) else None
    wanted += [
        f"{side}.team_id = {team.id}" if side else f"{team.id} IN (s.team1_id, s.team2_id)" for team in teams
    ]
    wanted += _lengths(frame)
    evidence = context.run(_SQL.format(season=scope.seasons[0], conditions=" AND ".join(wanted)))
    rows = evidence.result.rows
    if not rows and _is_of_two(frame) and not frame.has("season_type"):
        context.evidence.pop()
        return answer_pair(frame, context)
    if not rows:
        raise NotLoaded(f"No finished series of that round {scope.said} is loaded.")
    claims = [
        claim
        for row in rows
        for claim in (
            Claim(row[0], "wins", row[1], "wins", evidence.id),
            Claim(row[2], "wins", row[3], "wins", evidence.id),
        )
    ]
    return context.answered(_told(rows, scope, lost=frame.values("result") == ["lost"]), claims)


def _told(rows: tuple[Row, ...], scope: Scope, *, lost: bool) -> str:
    """One series from the side that was asked about, or all of a round."""
    first = rows[0]
    if len(rows) > 1:
        rounds = dict.fromkeys(str(row[4]) for row in rows)
        said = "; ".join(f"{name}: {_results(rows, name)}" for name in rounds)
        return f"{scope.named[0].upper()}{scope.named[1:]}, {said}."
    won, lost_by = (first[0], first[1]), (first[2], first[3])
    (side, wins), (other, others) = (lost_by, won) if lost else (won, lost_by)
    verb = "lost" if lost else "won"
    score = f"{wins} games to {others}"
    return f"The {side} {verb} {_round(first[4])} {scope.named} with {score} against the {other}."


def _results(rows: tuple[Row, ...], name: str) -> str:
    return listed([f"the {row[0]} beat the {row[2]} {row[1]}-{row[3]}" for row in rows if row[4] == name])


def _round(name: str) -> str:
    return f"the {name} of" if name else "the series of"


SERIES = Family("series", fits, answer, _USES, "who won the 2026 finals")
