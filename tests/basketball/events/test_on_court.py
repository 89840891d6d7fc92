"""Metrics of a player that need what his team did while he was on the court."""

from pathlib import Path
from typing import Any

import pytest

from basketball.events.official import document_of, game, published
from nba_mcp_synthesis.basketball.events.lineups import Gap, Lineups, Stint, lineups
from nba_mcp_synthesis.basketball.events.on_court import OnCourt, on_court
from nba_mcp_synthesis.basketball.events.plays import Play
from nba_mcp_synthesis.schema.tables import tables

USAGE = "nba_api_recorded/cassettes/smoke/test_endpoints[InfographicFanDuelPlayer].yaml"


@pytest.fixture
def players(real_data: Path) -> dict[int, OnCourt]:
    """The players of 0022200552, Chicago at Cleveland, 2023-01-02, with an overtime."""
    events = game(real_data, "v3 cassette").to_pylist()
    return {player.player_id: player for player in on_court(events, lineups(events))}


def test_points_in_his_time_are_his_plus_minus(real_data: Path, players: dict[int, OnCourt]) -> None:
    """Points of his team less the opponent's are the published plus-minus, for 19 of 19 players."""
    official = published(real_data, "v3 cassette")
    assert len(players) == 19
    for player, line in players.items():
        assert line.team_pts - line.opponent_pts == official[player].plus_minus


def test_own_counts_are_those_of_the_box_score(real_data: Path, players: dict[int, OnCourt]) -> None:
    """Attempts, makes, assists and turnovers are the published ones, and trips at most half the throws."""
    official = published(real_data, "v3 cassette")
    for player, line in players.items():
        counts = official[player].counts
        own = (line.fgm, line.fga, line.ast, line.tov)
        assert own == tuple(counts[name] for name in ("fgm", "fga", "ast", "tov"))
        assert line.trips <= counts["fta"] / 2


def test_usage_is_near_the_published(real_data: Path, players: dict[int, OnCourt]) -> None:
    """USG% is within 0.011 of the NBA's figure for every player, and 0.0035 away in the mean."""
    table = document_of(real_data / USAGE)["resultSets"][0]
    rows = [dict(zip(table["headers"], values, strict=True)) for values in table["rowSet"]]
    errors = [abs(players[row["PLAYER_ID"]].usg_pct - row["USG_PCT"]) for row in rows]
    assert len(errors) == 19
    assert max(errors) < 0.011
    assert sum(errors) / 19 < 0.0035


def test_the_metrics_of_one_player(players: dict[int, OnCourt]) -> None:
    """Donovan Mitchell: 71 points, 11 assists, 22 of 34, 4 turnovers and 9 trips in this game."""
    mitchell = players[1628378]
    assert (mitchell.fgm, mitchell.fga, mitchell.ast, mitchell.tov, mitchell.trips) == (22, 34, 11, 4, 9)
    assert mitchell.ast_pct == 11 / (mitchell.team_fgm - 22)
    assert mitchell.ast_ratio == pytest.approx(100 * 11 / (34 + 9 + 4 + 11))
    assert mitchell.tov_ratio == pytest.approx(100 * 4 / (34 + 9 + 4 + 11))
    assert mitchell.off_rating(100) == mitchell.team_pts == 142
    assert mitchell.def_rating(100) == mitchell.opponent_pts == 123


def test_nothing_to_divide_by_gives_zero() -> None:
    """A player without plays has metrics of 0, as the NBA writes them."""
    line = OnCourt(1, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    assert (line.ast_pct, line.ast_ratio, line.usg_pct, line.off_rating(0)) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("subtype", "trips"),
    [("1 of 1", 0), ("1 of 2", 0), ("2 of 2", 1), ("3 of 3", 1), ("technical", 0), ("flagrant 2 of 2", 0)],
)
def test_which_free_throws_end_a_possession(subtype: str, trips: int) -> None:
    """The last of two or three; not one after a basket, nor those after which the ball stays."""
    row: dict[str, Any] = dict.fromkeys(tables()["play_by_play"].column_names())
    row |= {"event_type": "free_throw", "event_subtype": subtype, "team_id": 1, "player_id": 10}
    row |= {"period": 1, "clock_seconds": 600, "is_made": True, "shot_value": 1}
    (line,) = on_court([row], Lineups([Stint(1, 10, 1, 0, 720)]))
    assert (line.trips, line.team_plays, line.team_pts) == (trips, trips, 1)


@pytest.mark.parametrize(("start", "end", "shared"), [(0, 100, False), (0, 101, True), (110, 300, True)])
def test_a_play_is_of_all_who_shared_the_possession(start: float, end: float, *, shared: bool) -> None:
    """Who left after his team had got the ball, before the shot, still shares the play."""
    assert Play(1, 10, 1, begin=100, end=110).is_shared_by(Stint(1, 11, 1, start, end)) is shared


def test_unknown_lineups_give_no_metrics() -> None:
    """A game in which five players could not be told has no players on the court."""
    assert on_court([], Lineups(unknown=[Gap(1, 1, frozenset(), "nobody is seen")])) == []
