"""Box scores, summaries, scoreboards and shots as the league's services answer them."""

import json
from datetime import date, datetime

import pytest

from sources.api_samples import (
    API_FILES,
    NYK,
    SAS,
    answer,
    box_live,
    box_v2,
    scoreboard,
    shots,
    summaries,
)
from sources.readings import Load, rows_of

FORMS = ("box_v2.json", "box_v3.json", "box_live.json", "box_data.json")


@pytest.mark.parametrize("name", FORMS)
def test_every_form_gives_the_same_players_and_teams(load: Load, name: str) -> None:
    """The counts, minutes and turnovers of players come out alike; who did not play is left out."""
    reading = load(name, API_FILES[name][1])
    (knick, *_, spur) = [p for p in rows_of(reading, "player_game_stats") if p["pts"]]
    home, away = sorted(rows_of(reading, "team_game_stats"), key=lambda side: side["team_id"] != NYK)
    assert (knick["pts"], knick["fta"], knick["reb"], knick["started"]) == (31, 6, 8, True)
    assert (spur["team_id"], spur["opponent_team_id"], spur["won"]) == (SAS, NYK, False)
    assert (home["minutes"], home["player_tov"], home["reb"], home["opp_pts"]) == (240.0, 2, 8, 28)
    assert (away["won"], away["fg3a"], away["plus_minus"]) == (False, 10, -3)
    assert {p["minutes"] for p in rows_of(reading, "player_game_stats")} <= {120.0, 240.0}
    assert rows_of(reading, "games")[0]["periods"] == 4


def test_what_only_some_forms_know(load: Load) -> None:
    """Host, date, all turnovers and quarters, where they are given."""
    found = {name: load(name, API_FILES[name][1]) for name in FORMS}
    games = {name: rows_of(reading, "games")[0] for name, reading in found.items()}
    home = {name: rows_of(reading, "team_game_stats")[0] for name, reading in found.items()}
    assert [games[n]["home_team_id"] for n in FORMS] == [None, NYK, NYK, NYK]
    assert [games[n]["game_date"] for n in FORMS] == [None, None, date(2025, 10, 21), date(2025, 10, 21)]
    assert [home[n].get("tov") for n in FORMS] == [None, None, 3, 3]
    assert (home["box_live.json"]["pts_q1"], home["box_data.json"]["pts_q1"]) == (7, 28)
    assert (home["box_data.json"]["pts_paint"], home["box_data.json"]["times_tied"]) == (12, 8)


def test_a_part_of_a_game_is_not_taken_for_the_whole(load: Load) -> None:
    """Answers about a range of time have the same columns, and too few minutes."""
    box = box_v2()
    for row in box["PlayerStats"]:
        row["MIN"] = "1:53"
    rejected = load("range.json", answer(box)).rejected
    assert rejected == {"the minutes of the players are not those of a whole game": 4}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("box_v3.json", "position"),
        ("box_v3.json", "familyName"),
        ("box_data.json", "pos"),
        ("box_data.json", "ln"),
    ],
)
def test_a_key_that_lacks_is_not_taken_for_an_empty_value(load: Load, name: str, key: str) -> None:
    """Without it nobody would have started, or names would be halves: the game is left out."""
    reading = load(name, API_FILES[name][1].replace(f'"{key}"', '"other"'))
    assert (reading.batches, reading.rejected) == ((), {f"{key} is missing": 2})


def test_a_game_in_progress_is_left_out(load: Load) -> None:
    """A live box score of a game that is being played gives nothing."""
    box = box_live()
    box["game"]["gameStatus"] = 2
    assert load("live.json", json.dumps(box)).rejected == {"the game is not final": 2}


def test_a_scoreboard_gives_the_games_that_are_over(load: Load) -> None:
    """Date of the East, time in UTC, points by quarter, and whether the site is neutral."""
    board = scoreboard()
    games = board["scoreboard"]["games"]
    assert isinstance(games, list)
    games[1]["gameStatus"] = 1
    reading = load("board.json", json.dumps(board))
    (game,) = rows_of(reading, "games")
    assert reading.rejected == {"the game has not been played to its end": 1}
    assert (game["game_date"], game["is_neutral"], game["periods"]) == (date(2025, 10, 21), False, 4)
    assert game["start_time_utc"] == datetime(2025, 10, 22)  # noqa: DTZ001 (stored without zone)
    assert rows_of(reading, "team_game_stats")[0]["pts_q1"] == 31


def test_a_summary_gives_quarters_and_figures(load: Load) -> None:
    """The line score, and of the other figures the turnovers with those of the team."""
    home = rows_of(load("summary.json", answer(summaries())), "team_game_stats")[0]
    assert [home[f"pts_q{n}"] for n in (1, 2, 3, 4)] == [7, 7, 7, 10]
    assert (home["tov"], home["pts_paint"], home["biggest_lead"], home["lead_changes"]) == (3, 8, 9, 3)


def test_a_shot_with_its_game_and_time(load: Load) -> None:
    """Zone and value are those published: a foot on the line makes a two."""
    rows = shots()
    rows[1].update(SHOT_TYPE="2PT Field Goal", SHOT_ZONE_BASIC="Mid-Range", LOC_X=-238, LOC_Y=100)
    two, line = rows_of(load("shots.json", answer({"Shot_Chart_Detail": rows})), "shots")
    assert (two["shot_id"], two["clock_seconds"], two["is_made"]) == ("0022500002-3", 678.0, True)
    assert (line["zone"], line["shot_value"], line["team_id"]) == ("Mid-Range", 2, NYK)
    assert line["distance_ft"] == pytest.approx(25.81, abs=0.01)
