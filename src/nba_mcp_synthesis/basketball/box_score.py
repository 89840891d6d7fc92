"""The box score of one game: the game, both teams, and every player who was on the court."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from nba_mcp_synthesis.errors import UnknownName, UsageError
from nba_mcp_synthesis.facts import Result
from nba_mcp_synthesis.warehouse.engine import Warehouse

_BOX = "fgm, fga, fg3m, fg3a, ftm, fta, oreb, dreb, reb, ast, stl, blk, tov, pf, pts, plus_minus"
MOST_CHOICES = 8


@dataclass(frozen=True)
class BoxScore:
    """One game. `players` is empty (no rows) where no loaded source has the players of this game."""

    game: dict[str, Any]
    teams: Result
    players: Result


def game_id_of(warehouse: Warehouse, team_id: int, date: dt.date, opponent_id: int | None = None) -> str:
    """The game of a team on a date; UsageError naming nearby games when there is none."""
    opponent = f" AND opponent_team_id = {opponent_id}" if opponent_id else ""
    played = f"SELECT game_id FROM team_game_stats WHERE team_id = {team_id}{opponent}"
    found = warehouse.read(f"{played} AND game_date = DATE '{date}'").rows
    if len(found) == 1:
        return str(found[0][0])
    near = warehouse.read(
        f"SELECT DISTINCT game_date::VARCHAR, abs(game_date - DATE '{date}') FROM team_game_stats "
        f"WHERE team_id = {team_id}{opponent} ORDER BY 2, 1 LIMIT {MOST_CHOICES}"
    ).rows
    dates = ", ".join(sorted(day for day, _ in near))
    raise UsageError(
        f"No such game was played on {date}.",
        f"The games nearest to that date were on {dates}." if dates else "No games of theirs are loaded.",
    )


def box_score(warehouse: Warehouse, game_id: str) -> BoxScore:
    """The box score of a game; UnknownName when the game is not loaded."""
    if not (game_id.isdecimal() and len(game_id) == 10):
        raise UsageError(f"{game_id!r} is not a game id.", "Game ids have ten digits, such as 0022500001.")
    games = warehouse.read(f"""
SELECT g.game_id, g.season, g.season_type, g.game_date, h.full_name AS home, a.full_name AS away,
       g.home_pts, g.away_pts, g.periods, g.is_neutral
FROM games g
LEFT JOIN teams h ON h.team_id = g.home_team_id
LEFT JOIN teams a ON a.team_id = g.away_team_id
WHERE g.game_id = '{game_id}'""")
    if not games.rows:
        raise UnknownName("game", game_id)
    game = dict(zip(games.columns, games.rows[0], strict=True))
    return BoxScore(game, _teams(warehouse, game_id), _players(warehouse, game_id))


def _teams(warehouse: Warehouse, game_id: str) -> Result:
    return warehouse.read(f"""
SELECT t.abbreviation AS team, s.won, s.is_home, s.minutes, {_BOX}
FROM team_game_stats s JOIN teams t ON t.team_id = s.team_id
WHERE s.game_id = '{game_id}' ORDER BY s.is_home DESC, 1""")


def _players(warehouse: Warehouse, game_id: str) -> Result:
    return warehouse.read(f"""
SELECT p.full_name AS player, t.abbreviation AS team, s.started, round(s.minutes, 1) AS minutes, {_BOX}
FROM player_game_stats s
JOIN players p ON p.player_id = s.player_id
JOIN teams t ON t.team_id = s.team_id
WHERE s.game_id = '{game_id}' ORDER BY s.is_home DESC, 2, s.started DESC, s.minutes DESC, 1""")
