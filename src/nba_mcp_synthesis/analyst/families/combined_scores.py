"""Games by the points of both teams: `highest combined score in a game`."""

from nba_mcp_synthesis.analyst.context import Context
from nba_mcp_synthesis.analyst.declined import Declined
from nba_mcp_synthesis.analyst.families.family import Family
from nba_mcp_synthesis.analyst.frame import Frame
from nba_mcp_synthesis.analyst.scope import SEASON, season_scope
from nba_mcp_synthesis.analyst.sentences import listed, on
from nba_mcp_synthesis.facts import Claim, Proposal

_SQL = """SELECT
  RANK() OVER (ORDER BY g.home_pts + g.away_pts {way}) AS rank,
  h.full_name AS home,
  a.full_name AS away,
  g.game_date,
  g.home_pts + g.away_pts AS points,
  g.home_pts,
  g.away_pts
FROM games AS g
JOIN teams AS h ON h.team_id = g.home_team_id
JOIN teams AS a ON a.team_id = g.away_team_id
WHERE g.season = '{season}' AND g.season_type = '{season_type}' AND g.home_pts + g.away_pts IS NOT NULL
QUALIFY rank <= {limit}
ORDER BY rank, g.game_date, g.game_id"""
_USES = ("game_extreme", "limit", "in_game", "score", *SEASON)


def fits(frame: Frame) -> bool:
    """The total of a game, of no team and no player."""
    asks = any(value.startswith("total_pts") for value in frame.values("game_extreme"))
    return asks and not frame.any("subjects", "entity")


def answer(frame: Frame, context: Context) -> Proposal:
    """The game or games with the most or fewest points."""
    scope = season_scope(frame, context)
    if not context.coverage.has_all_games(scope.seasons[0], scope.season_type):
        raise Declined(f"Not all games of {scope.named} are loaded.", "Ask about one team.")
    falling = frame.values("game_extreme")[0].endswith("desc")
    limit = int(frame.values("limit")[0]) if frame.has("limit") else 1
    evidence = context.run(
        _SQL.format(
            way="DESC" if falling else "ASC",
            season=scope.seasons[0],
            season_type=scope.season_type,
            limit=limit,
        )
    )
    if not evidence.result.rows:
        raise Declined(f"No game in {scope.named} is loaded.")
    said = [
        f"{home} and {away} with {points} points on {on(date)} ({away} {away_pts}, {home} {home_pts})"
        for _, home, away, date, points, home_pts, away_pts in evidence.result.rows
    ]
    text = (
        f"{'Most' if falling else 'Fewest'} points of both teams together in {scope.named}: {listed(said)}."
    )
    claims = [Claim(row[1], "points", row[4], "points", evidence.id) for row in evidence.result.rows]
    return context.answered(text, claims)


COMBINED = Family("combined scores", fits, answer, _USES, "highest scoring game this season")
