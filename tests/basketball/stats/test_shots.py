"""Figures by place on the court, against the raw shot charts and published shares."""

import csv
import json
import math
from collections import Counter
from pathlib import Path

import pytest

from basketball.stats.asking import ask, told
from nba_mcp_synthesis.basketball.stats.stats import Stats
from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse

PLACES = "restricted_area paint_non_ra mid_range left_corner3 right_corner3 above_break3 backcourt"
RANGES = {"shots_0_3": (0, 3), "shots_3_10": (3, 10), "shots_10_16": (10, 16)}


def _place(x: float, y: float) -> str:
    """The place by the lines of the court: halfway, corners, arc, circle of 4 feet, lane."""
    far = math.hypot(x, y)
    if y > 417.5:
        return "backcourt"
    if abs(x) >= 220 and y <= 92.5:
        return "left_corner3" if x < 0 else "right_corner3"
    if far >= 237.5:
        return "above_break3"
    if far <= 40:
        return "restricted_area"
    return "paint_non_ra" if abs(x) <= 80 and y <= 137.5 else "mid_range"


@pytest.fixture(scope="module")
def charts(real_data: Path) -> dict[str, list[tuple[float, float, int]]]:
    """The raw shots of each player of the regular season: x, y in tenths of a foot, made."""
    season = real_data / "season_2025_26"
    with (season / "player_totals.csv").open(encoding="utf-8") as file:
        names = {row["PLAYER_ID"]: row["PLAYER_NAME"] for row in csv.DictReader(file)}
    raw = {path.stem: json.loads(path.read_text("utf-8"))["rs"] for path in (season / "shots").glob("*.json")}
    return {names[player]: shots for player, shots in raw.items() if shots and player in names}


def test_places_are_those_of_the_raw_shots(
    real: Stats, charts: dict[str, list[tuple[float, float, int]]]
) -> None:
    """Attempts and makes of every player from every place are as counted from the raw places."""
    measures = " ".join(f"{place}_fga {place}_fgm" for place in PLACES.split())
    found = told(real, measures, "player")
    assert len(found) == len(charts) > 250
    for name, shots in charts.items():
        tried = Counter(_place(x, y) for x, y, _ in shots)
        made = Counter(_place(x, y) for x, y, made in shots if made)
        assert found[name] == tuple(n for p in PLACES.split() for n in (tried[p], made[p])), name


def test_distances_are_those_of_the_raw_shots(
    real: Stats, charts: dict[str, list[tuple[float, float, int]]]
) -> None:
    """Mean distance, and the share and percentage of each range, against the raw places."""
    measures = " ".join(f"{name}_freq {name}_fg_pct" for name in RANGES)
    found = told(real, f"avg_shot_distance {measures}", "player")
    for name, shots in charts.items():
        feet = [(math.hypot(x, y) / 10, made) for x, y, made in shots]
        expected: list[float | None] = [sum(far for far, _ in feet) / len(feet)]
        for low, high in RANGES.values():
            within = [made for far, made in feet if low <= far < high]
            expected += [len(within) / len(feet), sum(within) / len(within) if within else None]
        assert found[name] == pytest.approx(tuple(expected)), name


def test_shares_are_near_the_published_ones(real: Stats, real_data: Path) -> None:
    """Of players of one club with 300 attempts, shares by distance are as Basketball-Reference's."""
    with (real_data / "season_2025_26" / "player_shooting.csv").open(encoding="utf-8") as file:
        listed = list(csv.DictReader(file))
    clubs = Counter(row["Player"] for row in listed)
    published = {row["Player"]: row for row in listed if clubs[row["Player"]] == 1}
    measures = "shots_0_3_freq shots_3_10_freq avg_shot_distance"
    ours = told(real, measures, "player", having=("fga>=300",), qualifier=False)
    with_chart = {name: row for name, row in ours.items() if row[0] is not None}
    both = [(with_chart[name], row) for name, row in published.items() if name in with_chart]
    assert len(both) > 100
    columns = ("0-3", "3-10", "Dist.")
    errors = [tuple(abs(a - float(row[c])) for a, c in zip(o, columns, strict=True)) for o, row in both]
    means = [sum(error[n] for error in errors) / len(errors) for n in range(3)]
    assert means[0] < 0.002
    assert means[1] < 0.002
    assert means[2] < 0.06
    assert max(error[0] for error in errors) < 0.01


def test_an_incomplete_chart_is_flagged(real: Stats) -> None:
    """What lacks of the season's shots is told with the figures."""
    found = ask(real, "corner3_fga", "player", limit=3)
    assert any("field goal attempts are loaded" in note for note in found.notes)


def test_zones_sum_to_all_shots(demo: Stats) -> None:
    """The zones of a player or team make all its attempts and makes; the corners make corner threes."""
    for by in ("player", "team"):
        whole = told(demo, "fga fgm", by)
        sums: dict[str, tuple[int, int]] = dict.fromkeys(whole, (0, 0))
        for (who, _), (fga, fgm) in told(demo, "fga fgm", f"{by} zone").items():
            sums[who] = (sums[who][0] + fga, sums[who][1] + fgm)
        assert sums == whole
        corners = told(demo, "left_corner3_fga right_corner3_fga corner3_fga", by)
        assert all(left + right == both for left, right, both in corners.values())


def test_frequencies_sum_to_one(demo: Stats) -> None:
    """Every shot is from one zone, and from one distance."""
    zones = " ".join(f"{place}_freq" for place in PLACES.split())
    ranges = "shots_0_3_freq shots_3_10_freq shots_10_16_freq shots_16_3p_freq"
    for row in told(demo, zones, "team").values():
        assert sum(row) == pytest.approx(1)
    threes = told(demo, "fg3a_rate", "team")
    for team, row in told(demo, ranges, "team").items():
        assert sum(row) + threes[team][0] == pytest.approx(1)


def test_zones_split_as_games_do(demo: Stats, demo_warehouse: DuckDBWarehouse) -> None:
    """By opponent, place of the game, result and period, corner threes are as counted by plain SQL."""
    counted = demo_warehouse.read(
        "SELECT t.full_name, s.period, COUNT(*) FROM shots AS s "
        "JOIN team_game_stats AS g USING (game_id, team_id) JOIN teams AS t USING (team_id) "
        "JOIN teams AS o ON o.team_id = g.opponent_team_id "
        "WHERE s.zone LIKE '%Corner 3' AND g.is_home AND g.won AND o.abbreviation = 'BOS' GROUP BY ALL"
    ).rows
    where = ("location=home", "result=win", "opponent=BOS", "zone=Left Corner 3|Right Corner 3")
    found = told(demo, "fga", "team period", where=where)
    assert found == {(team, period): (n,) for team, period, n in counted}


def test_who_takes_no_shots_has_none_a_game(demo: Stats, demo_warehouse: DuckDBWarehouse) -> None:
    """A player with games and without shots has zero corner threes a game, not nothing."""
    shy = demo_warehouse.read(
        "SELECT full_name FROM players JOIN player_season_stats USING (player_id) "
        "WHERE team_id IS NULL AND fga = 0"
    ).rows
    found = told(demo, "corner3_fga_per_game", "player")
    assert [found[name] for (name,) in shy] == [(0,)] * len(shy)
    assert shy


def test_whole_feet_are_a_dimension(demo: Stats, demo_warehouse: DuckDBWarehouse) -> None:
    """Shots by whole feet from the rim, and a condition on them."""
    found = told(demo, "fga fgm", "shot_feet", where=("shot_distance>=20", "shot_distance<25"))
    counted = demo_warehouse.read(
        "SELECT FLOOR(distance_ft), COUNT(*), COUNT(*) FILTER (WHERE is_made) FROM shots "
        "WHERE distance_ft >= 20 AND distance_ft < 25 GROUP BY 1"
    ).rows
    assert found == {feet: (n, made) for feet, n, made in counted}


def test_a_board_of_a_zone_needs_a_minimum(demo: Stats) -> None:
    """The minimums of whole games mean nothing for a zone; who names one is answered."""
    with pytest.raises(UsageError, match="Nobody publishes a minimum for fg_pct by zone"):
        ask(demo, "fg_pct", "player", where=("zone=Mid-Range",), limit=3)
    board = ask(demo, "fg_pct fga", "player", where=("zone=Mid-Range",), having=("fga>=100",), limit=3)
    assert all(row[3] >= 100 for row in board.result.rows)
    assert len(board.result.rows) == 3


def test_places_have_a_minimum_of_their_own(demo: Stats) -> None:
    """A percentage from a place ranks those with an attempt a game from there."""
    board = ask(demo, "corner3_fg_pct corner3_fga", "player", limit=5)
    assert "at least 82 corner three attempts" in board.assumed[-1]
    assert all(row[3] >= 82 for row in board.result.rows)
    assert board.result.rows


def test_points_are_no_matter_of_places(demo: Stats) -> None:
    """Shot charts have no free throws, so points by zone are refused."""
    with pytest.raises(UsageError, match="nothing loaded that gives pts"):
        ask(demo, "pts", "player zone")
