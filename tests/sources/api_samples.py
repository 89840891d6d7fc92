"""Small answers of stats.nba.com and its sister services, written by hand: two good rows each."""

import json
from collections.abc import Mapping, Sequence

NYK, SAS = 1610612752, 1610612759
GAME = "0022500002"
SEASON = {"LeagueID": "00", "Season": "2025-26", "SeasonType": "Regular Season"}
BOX = {
    "FGM": 10, "FGA": 20, "FG3M": 5, "FG3A": 10, "FTM": 3, "FTA": 4, "OREB": 2, "DREB": 6, "REB": 8,
    "AST": 4, "STL": 1, "BLK": 0, "TOV": 2, "PF": 3, "PTS": 28,
}  # fmt: skip
PERCENTAGES = {"FG_PCT": 0.5, "FG3_PCT": 0.5, "FT_PCT": 0.75}


def answer(
    sets: Mapping[str, Sequence[Mapping[str, object]]], parameters: Mapping[str, object] | None = None
) -> str:
    """An answer with result sets, whose rows are given under the names of their columns."""
    tables = [
        {"name": name, "headers": list(rows[0]), "rowSet": [list(row.values()) for row in rows]}
        for name, rows in sets.items()
    ]
    return json.dumps({"resource": "x", "parameters": dict(parameters or SEASON), "resultSets": tables})


def log_rows(**changes: object) -> list[dict[str, object]]:
    """The two rows of a game in a log of teams: New York beats San Antonio 31 to 28 at home."""
    shared = {"GAME_ID": GAME, "GAME_DATE": "2025-10-21"}
    home = {
        **shared,
        "TEAM_ID": NYK,
        "MATCHUP": "NYK vs. SAS",
        "WL": "W",
        **BOX,
        "FTM": 6,
        "FTA": 6,
        "PTS": 31,
    }
    away = {**shared, "TEAM_ID": SAS, "MATCHUP": "SAS @ NYK", "WL": "L", **BOX}
    return [{**row, **PERCENTAGES, **changes} for row in (home, away)]


def csv_of(rows: Sequence[Mapping[str, object]]) -> str:
    """A CSV file of rows."""
    return "\n".join(",".join(str(v) for v in line) for line in (rows[0], *(r.values() for r in rows))) + "\n"


def box_v2() -> dict[str, list[dict[str, object]]]:
    """The older box score: two players a team, each on the court for 120 minutes."""
    box = {("TO" if name == "TOV" else name): value for name, value in BOX.items()}
    none = dict.fromkeys(box, 0)
    shared = {"GAME_ID": GAME, "START_POSITION": "G", "MIN": "120:00", "PLUS_MINUS": 0}
    players: list[dict[str, object]] = []
    teams: list[dict[str, object]] = []
    for n, (team_id, extra) in enumerate(((NYK, {"FTM": 6, "FTA": 6, "PTS": 31}), (SAS, {}))):
        players += [
            {**shared, "TEAM_ID": team_id, "PLAYER_ID": 2 * n + 1, "PLAYER_NAME": "A B", **box, **extra},
            {**shared, "TEAM_ID": team_id, "PLAYER_ID": 2 * n + 2, "PLAYER_NAME": "C D", **none},
        ]
        teams.append({"GAME_ID": GAME, "TEAM_ID": team_id, **box, **extra})
    return {"PlayerStats": players, "TeamStats": teams}


_CAMEL = {
    "fieldGoalsMade": 10, "fieldGoalsAttempted": 20, "threePointersMade": 5, "threePointersAttempted": 10,
    "freeThrowsMade": 3, "freeThrowsAttempted": 4, "reboundsOffensive": 2, "reboundsDefensive": 6,
    "reboundsTotal": 8, "assists": 4, "steals": 1, "blocks": 0, "turnovers": 2, "foulsPersonal": 3,
    "points": 28,
}  # fmt: skip


def box_v3() -> dict[str, dict[str, object]]:
    """The newer box score: one player a team, of 240 minutes, and one who did not play."""

    def side(team_id: int, person: int, **extra: object) -> dict[str, object]:
        statistics = {**_CAMEL, **extra}
        line = {**statistics, "minutes": "240:00", "plusMinusPoints": 0.0}
        absent = {"personId": 9, "statistics": {"minutes": ""}}
        own = {"personId": person, "firstName": "A", "familyName": "B", "position": "F", "statistics": line}
        return {"teamId": team_id, "players": [own, absent], "statistics": statistics}

    home = side(NYK, 1, freeThrowsMade=6, freeThrowsAttempted=6, points=31)
    return {"boxScoreTraditional": {"gameId": GAME, "homeTeam": home, "awayTeam": side(SAS, 2)}}


def box_live() -> dict[str, dict[str, object]]:
    """The live box score: as the newer one, with times, periods and team rebounds in the total."""
    game = box_v3()["boxScoreTraditional"]
    game.update(gameStatus=3, gameTimeUTC="2025-10-22T00:00:00Z")
    for side in (game["homeTeam"], game["awayTeam"]):
        assert isinstance(side, dict)
        line = side["players"][0]
        line.update(starter="1", name="A B")
        line["statistics"]["minutes"] = "PT240M00.00S"
        side["players"].pop()
        side["statistics"].update(reboundsPersonal=8, reboundsTotal=15, turnoversTotal=3)
        side["periods"] = [{"period": n, "score": 7} for n in (1, 2, 3, 4)]
    return {"game": game}


def box_data() -> dict[str, dict[str, object]]:
    """The game detail of data.nba.com: one player a team."""
    box = {name.lower(): value for name, value in BOX.items()}
    box["tpm"], box["tpa"] = box.pop("fg3m"), box.pop("fg3a")

    def side(team_id: int, person: int, **extra: object) -> dict[str, object]:
        line = {**box, **extra, "fn": "A", "ln": "B", "pid": person, "pos": "G", "totsec": 14400, "pm": 0}
        totals = {**box, **extra, "tmtov": 1, "pip": 12}
        return {"tid": team_id, "s": line["pts"], "q1": 28, "tstsg": totals, "pstsg": [line]}

    home = side(NYK, 1, ftm=6, fta=6, pts=31)
    shared: dict[str, object] = {"gid": GAME, "gdte": "2025-10-21", "st": 3, "p": 4}
    return {"g": {**shared, "gsts": {"lc": 5, "tt": 8}, "hls": home, "vls": side(SAS, 2)}}


def scoreboard() -> dict[str, dict[str, object]]:
    """A day with two games."""

    def game(game_id: str, home: int, away: int) -> dict[str, object]:
        sides = {
            name: {"teamId": team_id, "score": pts, "periods": [{"period": 1, "score": pts}]}
            for name, team_id, pts in (("homeTeam", home, 31), ("awayTeam", away, 28))
        }
        times = {"gameTimeUTC": "2025-10-22T00:00:00Z", "gameEt": "2025-10-21T20:00:00Z"}
        return {"gameId": game_id, "gameStatus": 3, "period": 4, "isNeutral": False, **times, **sides}

    return {"scoreboard": {"games": [game(GAME, NYK, SAS), game("0022500003", SAS, NYK)]}}


def summaries() -> dict[str, list[dict[str, object]]]:
    """Two games of the same teams, with their points by quarter."""
    games, lines = [], []
    for game_id in (GAME, "0022500003"):
        shared: dict[str, object] = {"GAME_ID": game_id, "GAME_DATE_EST": "2025-10-21T00:00:00"}
        games.append({**shared, "HOME_TEAM_ID": NYK, "VISITOR_TEAM_ID": SAS, "GAME_STATUS_ID": 3})
        for team_id, last in ((NYK, 10), (SAS, 7)):
            quarters = {"PTS_QTR1": 7, "PTS_QTR2": 7, "PTS_QTR3": 7, "PTS_QTR4": last, "PTS": 21 + last}
            lines.append({**shared, "TEAM_ID": team_id, **quarters})
    figures = {"PTS_PAINT": 8, "PTS_FB": 2, "LARGEST_LEAD": 9, "LEAD_CHANGES": 3, "TIMES_TIED": 2}
    others: list[dict[str, object]] = [
        {"TEAM_ID": team_id, **figures, "TOTAL_TURNOVERS": 3} for team_id in (NYK, SAS)
    ]
    return {"GameSummary": games, "LineScore": lines, "OtherStats": others}


def shots() -> list[dict[str, object]]:
    """Two attempts in a game."""
    shared: dict[str, object] = {
        "GAME_ID": GAME,
        "PLAYER_ID": 1,
        "TEAM_ID": NYK,
        "PERIOD": 1,
        "GAME_DATE": "20251021",
    }
    time = {"MINUTES_REMAINING": 11, "SECONDS_REMAINING": 18}
    two = {"SHOT_TYPE": "2PT Field Goal", "SHOT_ZONE_BASIC": "Mid-Range", "LOC_X": -120, "LOC_Y": 46}
    three = {"SHOT_TYPE": "3PT Field Goal", "SHOT_ZONE_BASIC": "Left Corner 3", "LOC_X": -231, "LOC_Y": 10}
    return [
        {**shared, "GAME_EVENT_ID": event, **time, **kind, "SHOT_MADE_FLAG": made}
        for event, kind, made in ((3, two, 1), (6, three, 0))
    ]


def season_rows(**changes: object) -> list[dict[str, object]]:
    """Totals of two players over 82 games."""
    rest = {"GP": 82, "W": 41, "L": 41, "MIN": 1500.5, **BOX, "BLKA": 1, "PFD": 2, "PLUS_MINUS": -3}
    return [
        {
            "PLAYER_ID": n,
            "PLAYER_NAME": "A B",
            "TEAM_ID": NYK,
            "AGE": 25,
            **rest,
            "DD2": 1,
            "TD3": 0,
            **changes,
        }
        for n in (1, 2)
    ]


def team_rows(**changes: object) -> list[dict[str, object]]:
    """Totals of two teams over 82 games; the minutes are those of the games."""
    rest = {"GP": 82, "W": 41, "L": 41, "MIN": 3966.0, **BOX, "BLKA": 1, "PFD": 2, "PLUS_MINUS": -3}
    return [{"TEAM_ID": team_id, **rest, **changes} for team_id in (NYK, SAS)]


def stints(season: str, *teams: int) -> list[dict[str, object]]:
    """Rows of a player's season: one for each team, 0 being the total."""
    shared = {
        "PLAYER_ID": 1,
        "SEASON_ID": season,
        "LEAGUE_ID": "00",
        "PLAYER_AGE": 25.0,
        "GP": 41,
        "MIN": 900,
    }
    return [{**shared, "TEAM_ID": team_id, **BOX} for team_id in teams]


_HUSTLE = (
    "CONTESTED_SHOTS",
    "DEFLECTIONS",
    "CHARGES_DRAWN",
    "SCREEN_ASSISTS",
    "LOOSE_BALLS_RECOVERED",
    "BOX_OUTS",
)
_ADVANCED = ("AST_PCT", "OREB_PCT", "DREB_PCT", "REB_PCT", "EFG_PCT", "TS_PCT", "PIE")
_STANDING = {"WINS": 43, "LOSSES": 14, "WINPCT": 0.754, "PLAYOFFRANK": 1, "POINTSPG": 119.0}


def hustle_rows() -> list[dict[str, object]]:
    """Hustle figures of two players, as the file of the season has them."""
    return [{"PLAYER_ID": n, "G": 16, "MIN": 10.8, **dict.fromkeys(_HUSTLE, 1.25)} for n in (1, 2)]


def advanced_rows() -> list[dict[str, object]]:
    """Advanced figures of two players."""
    per_100 = {"AST_TO": 2.5, "AST_RATIO": 15.9, "TM_TOV_PCT": 6.3, "PACE": 99.99, "POSS": 2096}
    ratings = {"OFF_RATING": 124.7, "DEF_RATING": 112.0, "NET_RATING": 12.7, "USG_PCT": 0.2}
    fractions = dict.fromkeys(_ADVANCED, 0.1)
    return [{"PLAYER_ID": n, "TEAM_ID": NYK, "GP": 36, **ratings, **per_100, **fractions} for n in (1, 2)]


def standing_rows() -> list[dict[str, object]]:
    """Standings of two teams."""
    return [{"TEAMID": t, **_STANDING, "OPPPOINTSPG": 108.0, "DIFFPOINTSPG": 11.0} for t in (NYK, SAS)]


def people() -> list[dict[str, object]]:
    """Two players of the list of all players."""
    return [{"PERSON_ID": n, "DISPLAY_FIRST_LAST": "A B", "FROM_YEAR": "1990"} for n in (1, 2)]


_TEAM_GAMES = """\
season_year,team_id,team_name,game_id,wl,total_mins,total_points
2025-26,1610612752,New York Knicks,0022500002,W,47.985,31
2025-26,1610612759,San Antonio Spurs,0022500002,L,47.985,28
"""
_WORDS = {"GAME_DATE": "OCT 21, 2025", "MIN": 240}
_TOTALS = {**SEASON, "PerMode": "Totals", "MeasureType": "Base", "LastNGames": 0, "Rank": "N"}

# A file of every such format, by name: (name of the format, text).
API_FILES = {
    "team_games.csv": ("team_games", _TEAM_GAMES),
    "game_logs.csv": ("team_game_logs", csv_of(log_rows(SEASON_YEAR="2025-26", MIN=48.0))),
    "game_logs.json": ("team_game_logs", answer({"TeamGameLogs": log_rows(SEASON_YEAR="2025-26", MIN=48.0)})),
    "finder.json": (
        "league_game_finder",
        answer({"LeagueGameFinderResults": log_rows(SEASON_ID="22025", MIN=239)}),
    ),
    "game_log.json": ("team_game_log", answer({"TeamGameLog": log_rows(**_WORDS)})),
    "box_v2.json": ("box_score_v2", answer(box_v2())),
    "box_v3.json": ("box_score_v3", json.dumps(box_v3())),
    "box_live.json": ("box_score_live", json.dumps(box_live())),
    "box_data.json": ("box_score_data", json.dumps(box_data())),
    "scoreboard.json": ("scoreboard", json.dumps(scoreboard())),
    "summary.json": ("line_scores", answer(summaries())),
    "shots.json": ("shot_charts", answer({"Shot_Chart_Detail": shots()})),
    "people.json": ("common_all_players", answer({"CommonAllPlayers": people()})),
    "dash.json": ("league_dash_player_stats", answer({"LeagueDashPlayerStats": season_rows()}, _TOTALS)),
    "dash_teams.json": ("league_dash_team_stats", answer({"LeagueDashTeamStats": team_rows()}, _TOTALS)),
    "career.json": (
        "player_career_stats",
        answer(
            {
                "SeasonTotalsRegularSeason": stints("2025-26", NYK),
                "SeasonTotalsPostSeason": stints("2025-26", NYK),
            },
            {"PerMode": "Totals"},
        ),
    ),
    "standings.json": ("league_standings", answer({"Standings": standing_rows()})),
    "advanced.csv": ("player_advanced", csv_of(advanced_rows())),
    "hustle.csv": ("player_hustle", csv_of(hustle_rows())),
}
