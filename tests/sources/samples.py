"""Small files of every format, written by hand: two good rows each.

Those that are simply text are in the folder `files`.
"""

import json
from pathlib import Path

from sources.api_samples import API_FILES

_FOLDER = Path(__file__).with_name("files")


def sample(name: str) -> str:
    """Text of a file in the folder `files`."""
    return (_FOLDER / name).read_text("utf-8")


LOG_HEADERS = [
    *("SEASON_ID", "TEAM_ID", "TEAM_ABBREVIATION", "TEAM_NAME", "GAME_ID", "GAME_DATE", "MATCHUP", "WL"),
    *("MIN", "FGM", "FGA", "FG_PCT", "FG3M", "FG3A", "FG3_PCT", "FTM", "FTA", "FT_PCT", "OREB", "DREB"),
    *("REB", "AST", "STL", "BLK", "TOV", "PF", "PTS", "PLUS_MINUS", "VIDEO_AVAILABLE"),
]


def log_row(game_id: str, team: tuple[int, str], matchup: str, result: str, threes: int) -> list[object]:
    """A row of a game log: a team that made 30 two-pointers, `threes` threes and 20 free throws."""
    made, pts = 30 + threes, 80 + 3 * threes
    shooting = [made, 90, round(made / 90, 3), threes, 30, round(threes / 30, 3), 20, 25, 0.8]
    rest = [9, 31, 40, 29, 10, 4, 19, 27, pts, 0, 1]
    head = ["2" + "20" + game_id[3:5], team[0], team[1], "Name", game_id, "2025-10-21", matchup, result]
    return [*head, 240, *shooting, *rest]


GSW, LAL = (1610612744, "GSW"), (1610612747, "LAL")
LOG_ROWS = [
    log_row("0022500002", GSW, "GSW @ LAL", "W", 13),
    log_row("0022500002", LAL, "LAL vs. GSW", "L", 10),
]


def log(rows: list[list[object]], headers: list[str] | None = None) -> str:
    """An answer of stats.nba.com with a game log."""
    result_set = {"name": "LeagueGameLog", "headers": headers or LOG_HEADERS, "rowSet": rows}
    return json.dumps({"resource": "leaguegamelog", "parameters": {}, "resultSets": [result_set]})


def cassette(body: str, query: str = "LeagueID=00&PlayerOrTeam=T&SeasonType=Regular+Season") -> str:
    """A recording of vcrpy that holds one answer about game logs."""
    return f"""\
interactions:
- request:
    body: null
    method: GET
    uri: https://stats.nba.com/stats/leaguegamelog?{query}
  response:
    body:
      string: {json.dumps(body)}
    status:
      code: 200
      message: OK
version: 1
"""


def player(person_id: int, team_id: int, threes: int, position: str = "") -> dict[str, object]:
    """A line of a box score: a player who made `threes` of 10 threes and nothing else."""
    return {
        "personId": person_id,
        "name": f"Player {person_id}",
        "teamId": team_id,
        "tricode": "AAA",
        "position": position,
        "minutes": "27:30",
        "points": 3 * threes,
        "reboundsTotal": 8,
        "reboundsOffensive": 3,
        "reboundsDefensive": 5,
        "assists": 1,
        "steals": 2,
        "blocks": 1,
        "turnovers": 2,
        "foulsPersonal": 3,
        "fieldGoalsMade": threes,
        "fieldGoalsAttempted": 10,
        "fieldGoalsPercentage": threes / 10,
        "threePointersMade": threes,
        "threePointersAttempted": 10,
        "threePointersPercentage": threes / 10,
        "freeThrowsMade": 0,
        "freeThrowsAttempted": 0,
        "freeThrowsPercentage": 0.0,
        "plusMinusPoints": -3.0,
    }


def _team(team_id: int, quarters: list[int], *, is_home: bool) -> dict[str, object]:
    points = {f"q{n}": pts for n, pts in enumerate(quarters, start=1)}
    return {"teamId": team_id, "tricode": "AAA", "score": sum(quarters), "isHome": is_home, **points}


def _team_stats(team_id: int, points: float) -> dict[str, object]:
    return {
        "teamId": team_id,
        "points": points,
        "reboundsTotal": 16.0,
        "assists": 2.0,
        "steals": 4.0,
        "blocks": 2.0,
        "turnovers": 4.0,
        "fieldGoalsPercentage": points / 60,
        "threePointersPercentage": points / 60,
        "freeThrowsPercentage": 0.0,
        "pointsInThePaint": 10.0,
        "pointsFastBreak": 0.0,
        "benchPoints": 3.0,
        "biggestLead": 9.0,
        "leadChanges": 4.0,
        "timesTied": 5.0,
    }


def box_score() -> dict[str, object]:
    """A box score of two teams with two players each; New York wins 33 to 21."""
    home, away = 1610612752, 1610612759
    return {
        "gameId": "0042500405",
        "gameStatus": 3,
        "gameStatusText": "Final",
        "gameTimeUTC": "2026-06-14T00:30:00Z",
        "teams": [
            _team(away, [6, 5, 4, 6], is_home=False),
            _team(home, [9, 9, 9, 6], is_home=True),
        ],
        "teamStats": [_team_stats(home, 33.0), _team_stats(away, 21.0)],
        "players": [
            player(1, home, 8, "C"),
            player(2, home, 3),
            player(3, away, 7, "G"),
            player(4, away, 0),
        ],
    }


# A file of every format, by name: (name of the format, text).
FILES = {
    "games.csv": ("season_games", sample("games.csv")),
    "log.json": ("league_game_log", log(LOG_ROWS)),
    "log.yaml": ("league_game_log", cassette(log(LOG_ROWS))),
    "player_totals.csv": ("player_totals", sample("player_totals.csv")),
    "player_per_game.csv": ("player_per_game", sample("player_per_game.csv")),
    "player_profiles.csv": ("player_profiles", sample("player_profiles.csv")),
    "team_per_game.csv": ("team_per_game", sample("team_per_game.csv")),
    "team_opponent.csv": ("team_opponent", sample("team_opponent.csv")),
    "standings.csv": ("standings", sample("standings.csv")),
    "po_series.csv": ("playoff_series", sample("po_series.csv")),
    "77.json": ("player_shots", sample("77.json")),
    "0042500405.json": ("box_score", json.dumps(box_score())),
    **API_FILES,
}
