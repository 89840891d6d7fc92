"""Games of a season in one CSV file."""

from datetime import date

import pytest

from nba_mcp_synthesis.errors import SourceError
from sources.readings import Load, rows_of
from sources.samples import sample

GAMES = sample("games.csv")


def test_a_game_and_its_two_teams(load: Load) -> None:
    """One row gives the game and both sides, with what follows from both scores."""
    reading = load("games.csv", GAMES)
    game = rows_of(reading, "games")[0]
    home, away = rows_of(reading, "team_game_stats")[:2]
    assert game == {
        "game_id": "0022500001",
        "season": "2025-26",
        "season_type": "Regular Season",
        "game_date": date(2025, 10, 22),
        "home_team_id": 1610612760,
        "away_team_id": 1610612745,
        "home_pts": 125,
        "away_pts": 121,
        "is_neutral": False,
        "playoff_round": None,
        "series_game": None,
    }
    assert home["team_id"] == away["opponent_team_id"] == 1610612760
    assert (home["is_home"], home["won"], home["plus_minus"], home["fg3_pct"]) == (True, True, 4, 0.25)
    assert (away["is_home"], away["won"], away["pts"], away["opp_pts"]) == (False, False, 121, 125)


def test_a_play_off_game_knows_its_round(load: Load) -> None:
    """The id of a play-off game carries the round and the game in the series; a percentage may lack."""
    reading = load("games.csv", GAMES)
    game, away = rows_of(reading, "games")[1], rows_of(reading, "team_game_stats")[3]
    assert (game["season_type"], game["playoff_round"], game["series_game"]) == ("Playoffs", 4, 5)
    assert (away["won"], away["fg3_pct"]) == (True, None)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("OKC", "XYZ", "HOME_TEAM is not an NBA team"),
        ("HOU", "OKC", "a team plays itself"),
        ("0022500001", "22500001", "GAME_ID is not an NBA game id of ten digits"),
        ("0022500001", "1022500001", "not an NBA game"),
        ("0022500001", "0042500405", "an earlier row is about the same game"),
        ("2025-10-22", "22/10/2025", "GAME_DATE is not a date such as 2025-10-21"),
        ("2025-10-22", "2019-10-22", "the date of the game is not in the season"),
        ("125,121", "121,121", "both teams have the same points"),
        ("125,121", "125.5,121", "HOME_PTS is not a whole number"),
        ("125,121", ",121", "HOME_PTS is missing"),
        ("125,121", "125,-1", "AWAY_PTS is negative"),
        ("125,121", "nan,121", "HOME_PTS is not a whole number"),
        (",W,", ",L,", "HOME_WL contradicts the points"),
        ("0.451", "45.1", "HOME_FG_PCT is not a fraction between 0 and 1"),
        ("0.451", "0.451,9", "the row has not one value for each column"),
    ],
)
def test_a_bad_row_is_left_out_with_its_reason(load: Load, old: str, new: str, reason: str) -> None:
    """One bad row is counted under a reason, and the other rows stay."""
    reading = load("games.csv", GAMES.replace(old, new, 1))
    assert reading.rejected == {reason: 1}
    assert reading.rows_read == 2
    assert [batch.rows.num_rows for batch in reading.batches] == [1, 2]


def test_a_file_of_bad_rows_gives_no_rows(load: Load) -> None:
    """Where every row is refused there is nothing to load, and all is counted."""
    reading = load("games.csv", GAMES.replace(",125,", ",0,").replace(",90,", ",190,"))
    assert (reading.batches, reading.rejected.total()) == ((), 2)


def test_a_missing_column_is_named(load: Load) -> None:
    """Without a column that is needed the file cannot be read."""
    with pytest.raises(SourceError, match=r"games\.csv lacks these columns.*: HOME_PTS"):
        load("games.csv", GAMES.replace("HOME_PTS", "POINTS"))
