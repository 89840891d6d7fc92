"""Logs of teams in their four forms, and results of teams without dates."""

from datetime import date

import pytest

from sources.api_samples import API_FILES, NYK, SAS, answer, csv_of, log_rows
from sources.readings import Load, rows_of

FINDER = "LeagueGameFinderResults"


@pytest.mark.parametrize("name", ["game_logs.csv", "game_logs.json", "finder.json", "game_log.json"])
def test_every_form_gives_the_same_game(load: Load, name: str) -> None:
    """Dates in words and minutes of games or of players, rounded or not, come out alike."""
    reading = load(name, API_FILES[name][1])
    (game,) = rows_of(reading, "games")
    home, away = rows_of(reading, "team_game_stats")
    assert (game["home_team_id"], game["away_team_id"], game["is_neutral"]) == (NYK, SAS, False)
    assert (game["game_date"], game["home_pts"], game["away_pts"]) == (date(2025, 10, 21), 31, 28)
    assert (home["minutes"], home["reb"], home["opp_pts"], home["is_home"]) == (240.0, 8, 28, True)
    assert (away["minutes"], away["won"], away["plus_minus"], away["is_home"]) == (240.0, False, -3, False)


@pytest.mark.parametrize(
    ("name", "column"),
    [("game_logs.json", "tov"), ("finder.json", "player_tov"), ("game_log.json", "player_tov")],
)
def test_turnovers_are_of_the_team_or_of_its_players(load: Load, name: str, column: str) -> None:
    """Two of the forms leave out team turnovers: theirs are not those of the team."""
    (home, _) = rows_of(load(name, API_FILES[name][1]), "team_game_stats")
    assert {c: home.get(c) for c in ("tov", "player_tov")} == {"tov": None, "player_tov": None, column: 2}


@pytest.mark.parametrize(
    ("minutes", "expected"), [(237, 240.0), (242, 240.0), (267, 265.0), (3, None), (250, None)]
)
def test_rounded_minutes_are_those_of_whole_periods(load: Load, minutes: int, expected: float | None) -> None:
    """Sums of rounded minutes are a few off; what is further off is no length of a game."""
    rows = log_rows(SEASON_ID="22025", MIN=minutes)
    (home, _) = rows_of(load("finder.json", answer({FINDER: rows})), "team_game_stats")
    assert home["minutes"] == expected


@pytest.mark.parametrize(("row", "is_home"), [(0, True), (1, None)])
def test_a_row_without_the_other_team_keeps_what_it_knows(load: Load, row: int, is_home: bool | None) -> None:
    """It names its opponent, but not his points; after an @ the site may have been neutral."""
    rows = log_rows(SEASON_ID="22025", MIN=240, PLUS_MINUS=99.9)[row : row + 1]
    reading = load("finder.json", answer({FINDER: rows}))
    (side,) = rows_of(reading, "team_game_stats")
    assert rows_of(reading, "games") == []
    assert (side["team_id"], side["opponent_team_id"]) == ((NYK, SAS), (SAS, NYK))[row]
    assert (side["is_home"], side["pts"], side["opp_pts"], side["plus_minus"]) == (
        is_home,
        (31, 28)[row],
        None,
        None,
    )


@pytest.mark.parametrize("first", [0, 1])
def test_both_teams_may_be_written_as_visitor_in_the_same_words(load: Load, first: int) -> None:
    """A game abroad has SAS @ NYK in both rows: New York is host of record, nobody is at home."""
    rows = log_rows(SEASON_ID="22025", MIN=240, MATCHUP="SAS @ NYK")
    reading = load("finder.json", answer({FINDER: [rows[first], rows[1 - first]]}))
    (game,) = rows_of(reading, "games")
    assert (game["home_team_id"], game["home_pts"], game["is_neutral"]) == (NYK, 31, True)
    assert [side["is_home"] for side in rows_of(reading, "team_game_stats")] == [None, None]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"WL": None}, "WL is missing"),
        ({"WL": "T"}, "WL is not W or L"),
        ({"TEAM_ID": 1610616833}, "TEAM_ID is not the id of an NBA team"),
        ({"MATCHUP": "NYK vs. RMD"}, "the opponent is not an NBA team"),
        ({"GAME_DATE": "YESTERDAY"}, "GAME_DATE is not a date such as 2025-10-21"),
        ({"GAME_DATE": "OCT 32, 2025"}, "GAME_DATE is not a date such as 2025-10-21"),
    ],
)
def test_a_row_that_cannot_be_is_counted(load: Load, change: dict[str, object], reason: str) -> None:
    """The reason names what is wrong."""
    rows = log_rows(SEASON_ID="22025", MIN=240, **change)[:1]
    assert load("finder.json", answer({FINDER: rows})).rejected == {reason: 1}


def test_a_season_must_be_that_of_the_game(load: Load) -> None:
    """A label that contradicts the game's id is refused."""
    rows = log_rows(SEASON_YEAR="2024-25", MIN=48.0)
    assert load("logs.csv", csv_of(rows)).rejected == {"SEASON_YEAR contradicts GAME_ID": 2}


def test_results_without_host_and_date(load: Load) -> None:
    """Opponents come from the pair; who was host stays open."""
    reading = load("team_games.csv", API_FILES["team_games.csv"][1])
    (game,) = rows_of(reading, "games")
    first, second = rows_of(reading, "team_game_stats")
    assert {game[name] for name in ("home_team_id", "home_pts", "game_date", "is_neutral")} == {None}
    assert (first["opponent_team_id"], first["opp_pts"], first["won"]) == (SAS, 28, True)
    assert (second["is_home"], second["minutes"], second["plus_minus"]) == (None, 240.0, -3)


@pytest.mark.parametrize(
    ("old", "new", "rejected"),
    [
        ("W,47", "L,47", {"WL contradicts the points": 2}),
        ("2025-26,1610612752", "2024-25,1610612752", {
            "season_year contradicts game_id": 1,
            "the game has not exactly two rows that can be used": 1,
        }),
        ("New York Knicks", "Boston Celtics", {
            "team_name contradicts team_id": 1,
            "the game has not exactly two rows that can be used": 1,
        }),
    ],
)  # fmt: skip
def test_results_that_contradict_themselves(load: Load, old: str, new: str, rejected: dict[str, int]) -> None:
    """A game with a bad row is left out as a whole."""
    assert load("team_games.csv", API_FILES["team_games.csv"][1].replace(old, new)).rejected == rejected
