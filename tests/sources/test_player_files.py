"""Totals, averages and profiles of players."""

from datetime import date

import pytest

from nba_mcp_synthesis.errors import SourceError
from sources.readings import Load, rows_of
from sources.samples import sample

TOTALS, PROFILES = sample("player_totals.csv"), sample("player_profiles.csv")


def test_totals_are_for_all_teams_of_a_player(load: Load) -> None:
    """The row has no team of its own; the last team is kept beside it, and the name goes to players."""
    reading = load("player_totals.csv", TOTALS)
    row = rows_of(reading, "player_season_stats")[0]
    assert (row["player_id"], row["team_id"], row["last_team_id"]) == (77, None, 1610612747)
    assert (row["season"], row["season_type"], row["age"]) == ("2025-26", "Regular Season", 26)
    assert (row["minutes"], row["pts"], row["plus_minus"], row["dd2"]) == (300.125, 115, -9, 1)
    assert rows_of(reading, "players")[0] == {"player_id": 77, "full_name": "Lukà Primero"}


def test_the_name_of_the_file_tells_the_play_offs(load: Load) -> None:
    """Totals of the play-offs have the same columns; po_ in front of the name tells them."""
    reading = load("po_player_totals_part.csv", TOTALS.replace(",30,20,10,", ",3,2,1,"))
    assert {row["season_type"] for row in rows_of(reading, "player_season_stats")} == {"Playoffs"}


def test_play_offs_have_at_most_28_games(load: Load) -> None:
    """Totals over more games than four series of seven cannot be of the play-offs."""
    with pytest.raises(SourceError, match="counts more than 28 games"):
        load("po_player_totals.csv", TOTALS)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (",40,80,", ",40.5,80,", "FGM is not a whole number"),
        (",115,", ",116,", "points are not those of the field goals and free throws made"),
        (",10,30,40,", ",10,30,41,", "rebounds are not offensive and defensive rebounds together"),
        ("77,", ",", "PLAYER_ID is missing"),
        ("77,", "88,", "an earlier row is about the same player"),
        ("1610612747", "0", "TEAM_ID is not the id of an NBA team"),
        ("300.125", "12:30", "MIN is not a number"),
    ],
)
def test_a_bad_row_of_totals_is_left_out(load: Load, old: str, new: str, reason: str) -> None:
    """One bad row is counted under a reason, and the other player stays."""
    reading = load("player_totals.csv", TOTALS.replace(old, new, 1))
    assert reading.rejected == {reason: 1}
    assert len(rows_of(reading, "player_season_stats")) == 1


def test_averages_are_not_taken_for_totals(load: Load) -> None:
    """A file of averages under the name of the totals gives published figures, and no totals."""
    reading = load("player_totals.csv", sample("player_per_game.csv"))
    assert [batch.table for batch in reading.batches] == ["official_metrics"]
    figures = {
        row["metric"]: row["value"]
        for row in rows_of(reading, "official_metrics")
        if row["entity_id"] == 77 and row["entity_type"] == "player"
    }
    assert (reading.source, figures["pts_per_game"], figures["minutes_per_game"]) == (
        "player_per_game",
        3.8,
        10.0,
    )
    assert (figures["plus_minus_per_game"], figures["gp"]) == (-0.3, 30)


def test_a_profile(load: Load) -> None:
    """Heights become inches; jerseys stay text; who was not chosen in a draft has none."""
    reading = load("player_profiles.csv", PROFILES, None)
    assert rows_of(reading, "players") == [
        {
            "player_id": 77,
            "full_name": "Lukà Primero",
            "birth_date": date(1999, 3, 1),
            "height_in": 81,
            "weight_lb": 235,
            "position": "Forward-Guard",
            "jersey": "00",
            "country": "Slovenia",
            "school": "Ljubljana",
            "from_year": 2018,
            "draft_year": 2018,
            "draft_round": 1,
            "draft_number": 3,
        },
        {
            "player_id": 88,
            "full_name": "Second Player",
            "birth_date": date(1992, 2, 29),
            "height_in": 83,
            "weight_lb": None,
            "position": "Guard",
            "jersey": "0",
            "country": "USA",
            "school": "College, Somewhere",
            "from_year": 2015,
            "draft_year": None,
            "draft_round": None,
            "draft_number": None,
        },
    ]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("6-9", "6-Sep", "HEIGHT is not feet and inches such as 6-9"),
        ("6-9", "6-12", "HEIGHT is not feet and inches such as 6-9"),
        ("1999-03-01", "1999-02-29", "BIRTHDATE is not a date such as 2025-10-21"),
        ("235", "heavy", "WEIGHT is not a whole number"),
        ("Lukà Primero", " ", "PLAYER_NAME is not text"),
    ],
)
def test_a_bad_profile_is_left_out(load: Load, old: str, new: str, reason: str) -> None:
    """One bad row is counted under a reason, and the other player stays."""
    reading = load("player_profiles.csv", PROFILES.replace(old, new, 1), None)
    assert (reading.rejected, len(rows_of(reading, "players"))) == ({reason: 1}, 1)
