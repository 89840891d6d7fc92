"""Averages of teams, standings and play-off series."""

from datetime import date

import pytest

from sources.readings import Load, rows_of
from sources.samples import sample


def test_averages_of_a_team(load: Load) -> None:
    """Published averages go to their own columns; no totals are made of them."""
    reading = load("team_per_game.csv", sample("team_per_game.csv"))
    row = rows_of(reading, "team_season_stats")[0]
    assert (row["team_id"], row["gp"], row["wins"], row["losses"]) == (1610612737, 82, 41, 41)
    assert (row["minutes_per_game"], row["pts_per_game"], row["plus_minus_per_game"]) == (48.2, 118.0, -2.5)
    assert "pts" not in row


def test_averages_of_the_opponents(load: Load) -> None:
    """Basketball-Reference's columns go to the opponents', by the team's name; MP is not used."""
    reading = load("team_opponent.csv", sample("team_opponent.csv"))
    row = rows_of(reading, "team_season_stats")[1]
    assert (row["team_id"], row["gp"]) == (1610612746, 82)
    assert (row["opp_fg3m_per_game"], row["opp_reb_per_game"], row["opp_pts_per_game"]) == (14.5, 45.5, 107.0)
    assert not [name for name in row if "minutes" in name]


def test_a_row_that_is_no_team_is_left_out(load: Load) -> None:
    """The league's average has no team."""
    reading = load(
        "team_opponent.csv", sample("team_opponent.csv").replace("Boston Celtics", "League Average")
    )
    assert reading.rejected == {"Team is not an NBA team": 1}


def test_standings_become_published_figures(load: Load) -> None:
    """Records are split, losing streaks are negative, and the team is found by its id alone."""
    reading = load("standings.csv", sample("standings.csv"))
    rows = rows_of(reading, "official_metrics")
    thunder = {r["metric"]: r["value"] for r in rows if r["entity_id"] == 1610612760}
    assert thunder == {
        "wins": 65,
        "losses": 17,
        "win_pct": 0.793,
        "games_behind": 0,
        "conference_rank": 1,
        "pts_per_game": 119.5,
        "opp_pts_per_game": 107.5,
        "plus_minus_per_game": 12,
        "home_wins": 34,
        "home_losses": 7,
        "road_wins": 30,
        "road_losses": 9,
        "last10_wins": 7,
        "last10_losses": 3,
        "streak": -2,
    }
    assert {(r["source"], r["entity_type"], r["season"], r["season_type"]) for r in rows} == {
        ("standings", "team", "2025-26", "Regular Season")
    }
    assert {r["entity_id"] for r in rows} == {1610612760, 1610612746}


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("34-7", "34:7", "HOME is not wins and losses such as 34-7"),
        ("L 2", "2", "CURRENT_STREAK is not written like W 3"),
        ("1610612760", "1610612746", "an earlier row is about the same team"),
    ],
)
def test_a_bad_row_of_standings_is_left_out(load: Load, old: str, new: str, reason: str) -> None:
    """One bad row is counted under a reason, and the other team stays."""
    reading = load("standings.csv", sample("standings.csv").replace(old, new, 1))
    assert reading.rejected == {reason: 1}
    assert len({r["entity_id"] for r in rows_of(reading, "official_metrics")}) == 1


def test_a_series(load: Load) -> None:
    """Teams become ids; a series that is still open has no winner."""
    done, still_open = rows_of(load("po_series.csv", sample("po_series.csv")), "playoff_series")
    assert done == {
        "season": "2025-26",
        "season_type": "Playoffs",
        "team1_id": 1610612738,
        "team2_id": 1610612752,
        "team1_wins": 2,
        "team2_wins": 4,
        "winner_team_id": 1610612752,
        "round": 1,
        "round_name": "First Round",
        "first_game_date": date(2026, 4, 18),
        "last_game_date": date(2026, 4, 30),
    }
    assert still_open["winner_team_id"] is None


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("Round,NYK", "Round,BOS", "winner is not the team with more wins"),
        ("Round,,3-3", "Round,CLE,3-3", "winner is not the team with more wins"),
        ("BOS,NYK", "NYK,NYK", "a team plays itself"),
        ("BOS,NYK", "MIA,CLE", "an earlier row is about the same pair of teams"),
        (",1,First", ",5,First", "round is not 1 to 4"),
        ("2026-04-30", "2024-04-30", "a date of the series is not in the season"),
    ],
)
def test_a_bad_series_is_left_out(load: Load, old: str, new: str, reason: str) -> None:
    """One bad row is counted under a reason, and the other series stays."""
    text = sample("po_series.csv").replace(old, new, 1)
    if new == "MIA,CLE":
        text = text.replace("Round,NYK", "Round,CLE")
    reading = load("po_series.csv", text)
    assert (reading.rejected, len(rows_of(reading, "playoff_series"))) == ({reason: 1}, 1)
