"""Figures of cameras and hustle trackers, against the published files."""

import csv
from pathlib import Path
from typing import Any

import pytest

from basketball.stats.asking import ask, told
from nba_mcp_synthesis.basketball.stats.stats import Stats
from nba_mcp_synthesis.errors import UsageError

HUSTLE = {
    "contested_shots": "CONTESTED_SHOTS", "deflections": "DEFLECTIONS", "charges_drawn": "CHARGES_DRAWN",
    "screen_assists": "SCREEN_ASSISTS", "loose_balls_recovered": "LOOSE_BALLS_RECOVERED",
    "box_outs": "BOX_OUTS",
}  # fmt: skip


def _published(folder: Path, name: str) -> dict[str, dict[str, str]]:
    with (folder / "season_2025_26" / name).open(encoding="utf-8") as file:
        return {row["PLAYER_NAME"]: row for row in csv.DictReader(file)}


def _compared(ours: dict[Any, Any], published: dict[str, dict[str, str]], columns: list[str]) -> int:
    """How many players have the published figures; fails where they differ."""
    shared = ours.keys() & published.keys()
    for name in shared:
        expected = tuple(float(published[name][column]) for column in columns)
        assert ours[name] == pytest.approx(expected, abs=1e-9), name
    return len(shared)


def test_speed_and_distance_are_the_published_ones(real: Stats, real_data: Path) -> None:
    """Miles and miles an hour of every player."""
    ours = told(real, "distance_miles avg_speed_mph", "player")
    published = _published(real_data, "player_speed.csv")
    assert _compared(ours, published, ["DIST_MILES", "AVG_SPEED"]) > 570


def test_touches_are_the_published_ones(real: Stats, real_data: Path) -> None:
    """Touches and minutes with the ball a game."""
    ours = told(real, "touches_per_game time_of_poss_per_game", "player")
    published = _published(real_data, "player_possessions.csv")
    assert _compared(ours, published, ["TOUCHES", "TIME_OF_POSS"]) > 570


def test_hustle_is_the_published_one(real: Stats, real_data: Path) -> None:
    """The six hustle figures a game; who has none published has none."""
    ours = told(real, " ".join(f"{name}_per_game" for name in HUSTLE), "player")
    published = _published(real_data, "player_hustle.csv")
    with_data = {name: row for name, row in ours.items() if row[0] is not None}
    assert _compared(with_data, published, list(HUSTLE.values())) > 570
    assert len(ours) - len(with_data) == 1


def test_play_offs_are_kept_apart(real: Stats, real_data: Path) -> None:
    """The play-offs' figures are those of their own file."""
    ours = told(real, "distance_miles avg_speed_mph", "player", season_type="Playoffs")
    published = _published(real_data, "po_player_speed.csv")
    assert _compared(ours, published, ["DIST_MILES", "AVG_SPEED"]) > 200


def test_what_may_be_missing_is_flagged(real: Stats) -> None:
    """The totals of the play-offs lack players, so nobody knows whether the cameras' figures are whole."""
    found = ask(real, "distance_miles", "player", season_type="Playoffs")
    assert found.notes == ("player_tracking of the 2025-26 Playoffs: an unknown part are loaded.",)
    assert ask(real, "distance_miles", "player").notes == ()


def test_a_group_is_weighted_by_its_games(real: Stats, real_data: Path) -> None:
    """Touches of two players together are by all their games, their speed by all their time."""
    two = ("Nikola Jokić", "Luka Dončić")
    speed, touches = (
        _published(real_data, "player_speed.csv"),
        _published(real_data, "player_possessions.csv"),
    )
    games = [float(touches[name]["GP"]) for name in two]
    total = sum(float(touches[name]["TOUCHES"]) * n for name, n in zip(two, games, strict=True))
    miles = [float(speed[name]["DIST_MILES"]) for name in two]
    hours = [m / float(speed[name]["AVG_SPEED"]) for m, name in zip(miles, two, strict=True)]
    found = told(real, "touches_per_game avg_speed_mph", "season", where=(f"player={'|'.join(two)}",))
    assert found["2025-26"] == pytest.approx((total / sum(games), sum(miles) / sum(hours)))


def test_a_team_has_no_tracking(real: Stats) -> None:
    """Cameras' figures are published for players' whole seasons only."""
    for by in ("team", "player team", "player month"):
        with pytest.raises(UsageError, match="nothing loaded"):
            ask(real, "touches_per_game", by)
