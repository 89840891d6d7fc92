"""The box score of one game as JSON."""

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from nba_mcp_synthesis.errors import SourceError
from sources.readings import Load, rows_of
from sources.samples import box_score

NYK, SAS = 1610612752, 1610612759


def _with(change: Callable[[Any], object]) -> str:
    document = box_score()
    change(document)
    return json.dumps(document)


def test_a_game_with_its_time_and_date(load: Load) -> None:
    """The date is that of the US East, where the game began on the evening before."""
    (game,) = rows_of(load("box.json", json.dumps(box_score())), "games")
    assert game["start_time_utc"] == datetime(2026, 6, 14, 0, 30)  # noqa: DTZ001 (stored without zone)
    assert (game["game_date"], game["periods"]) == (date(2026, 6, 13), 4)
    assert (game["home_team_id"], game["home_pts"], game["away_pts"]) == (NYK, 33, 21)
    assert (game["season_type"], game["playoff_round"], game["series_game"]) == ("Playoffs", 4, 5)
    assert game["is_neutral"] is None


def test_the_figures_of_a_team(load: Load) -> None:
    """Counts are the players' sums; turnovers are those of players; the rest is as published."""
    home, away = rows_of(load("box.json", json.dumps(box_score())), "team_game_stats")
    assert (home["team_id"], home["is_home"], home["won"], home["plus_minus"]) == (NYK, True, True, 12)
    assert (home["fgm"], home["fga"], home["fg3m"], home["fta"], home["reb"]) == (11, 20, 11, 0, 16)
    assert (home["player_tov"], home["pf"], home["minutes"]) == (4, 6, 240.0)
    assert (home["pts_q1"], home["pts_paint"], home["pts_bench"], home["lead_changes"]) == (9, 10, 3, 4)
    assert (away["opp_pts"], away["fg_pct"]) == (33, 0.35)
    assert "tov" not in home


@pytest.mark.parametrize(
    ("figure", "columns"),
    [
        ("reboundsTotal", {"reb", "oreb", "dreb"}),
        ("assists", {"ast"}),
        ("threePointersPercentage", {"fg3m", "fg3a"}),
    ],
)
def test_sums_that_the_team_contradicts_stay_empty(load: Load, figure: str, columns: set[str]) -> None:
    """Where the published figure of a team is another than the players' sum, the count is not given."""
    reading = load("box.json", _with(lambda d: d["teamStats"][0].update({figure: 0.0})))
    home, away = rows_of(reading, "team_game_stats")
    assert {name for name, value in home.items() if value is None} == columns
    assert None not in away.values()


def test_a_player(load: Load) -> None:
    """Starters are those with a position; minutes are decimals."""
    reading = load("box.json", json.dumps(box_score()))
    starter, reserve = rows_of(reading, "player_game_stats")[:2]
    assert (starter["player_id"], starter["team_id"], starter["opponent_team_id"]) == (1, NYK, SAS)
    assert (starter["started"], starter["position"], starter["minutes"]) == (True, "C", 27.5)
    assert (reserve["started"], reserve["position"], reserve["plus_minus"]) == (False, None, -3)
    assert (starter["pts"], starter["tov"], starter["won"], starter["is_home"]) == (24, 2, True, True)
    assert rows_of(reading, "players")[0] == {"player_id": 1, "full_name": "Player 1"}


@pytest.mark.parametrize(("status", "periods"), [("Final", 4), ("Final/OT", 5), ("Final/OT3", 7)])
def test_overtimes_are_periods(load: Load, status: str, periods: int) -> None:
    """The status tells the overtimes; the quarters then end in a tie."""

    def play_on(document: Any) -> None:
        document["gameStatusText"] = status
        if periods > 4:
            document["teams"][1].update(q1=3, q2=6, q3=6, q4=6)

    reading = load("box.json", _with(play_on))
    assert rows_of(reading, "games")[0]["periods"] == periods
    assert rows_of(reading, "team_game_stats")[0]["minutes"] == 240 + 25 * (periods - 4)


def test_a_minute_may_have_sixty_seconds(load: Load) -> None:
    """Published minutes are rounded up to 28:60, which is 29."""
    reading = load("box.json", _with(lambda d: d["players"][0].update(minutes="28:60")))
    assert rows_of(reading, "player_game_stats")[0]["minutes"] == 29.0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: d["players"].pop(1), "the points of the players do not add up to the score"),
        (
            lambda d: d["players"][1].update(points=10),
            "points are not those of the field goals and free throws made",
        ),
        (lambda d: d["players"][1].update(personId=1), "a player is listed twice"),
        (lambda d: d["players"][3].update(teamId=1610612737), "a player is of neither team"),
        (lambda d: d["players"][0].pop("assists"), "assists is missing"),
        (
            lambda d: d["players"][0].update(minutes="PT27M"),
            "minutes is not minutes and seconds such as 27:38",
        ),
        (lambda d: d["teams"][0].update(q4=7), "the quarters do not add up to the score"),
        (lambda d: d.update(gameStatusText="Final/OT"), "the quarters do not add up to the score"),
        (lambda d: d["teams"][0].update(isHome=True), "the game has not one host and one visitor"),
        (lambda d: d["teams"].pop(), "the game has not one host and one visitor"),
        (lambda d: d["teamStats"].pop(), "teams and teamStats are about different teams"),
        (lambda d: d.update(gameStatusText="Q3 05:12"), "the game is not final"),
        (lambda d: d.update(gameId="0042500"), "gameId is not an NBA game id of ten digits"),
        (lambda d: d.update(gameTimeUTC="tonight"), "gameTimeUTC is not a time such as 2026-04-22T23:00:00Z"),
        (
            lambda d: d.update(gameTimeUTC="0001-01-01T00:00:00+23:00"),
            "gameTimeUTC is not a time such as 2026-04-22T23:00:00Z",
        ),
    ],
)
def test_a_game_that_cannot_be_is_left_out(load: Load, change: Callable[[Any], object], reason: str) -> None:
    """A game that contradicts itself gives nothing; each of its players is counted."""
    text = _with(change)
    reading = load("box.json", text)
    players = len(json.loads(text)["players"])
    assert (reading.batches, reading.rows_read, reading.rejected) == ((), players, {reason: players})


def test_a_wrong_structure_is_named(load: Load) -> None:
    """Where a list is something else the file is broken as a whole."""
    with pytest.raises(SourceError, match=r"players in box\.json is not a list of objects"):
        load("box.json", _with(lambda d: d.update(players={})))
