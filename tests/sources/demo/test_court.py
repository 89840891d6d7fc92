"""Zones, values and distances of shots, and the places where the demo league shoots from."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nba_mcp_synthesis.schema import court
from nba_mcp_synthesis.sources.demo.parameters import stream
from nba_mcp_synthesis.sources.demo.places import place
from sources.demo.conftest import Database

BORDERS = [
    (0, 0, court.RESTRICTED, 2),
    (0, 40, court.RESTRICTED, 2),
    (0, -40, court.RESTRICTED, 2),
    (0, 41, court.PAINT, 2),
    (-80, 137.5, court.PAINT, 2),
    (81, 100, court.MID_RANGE, 2),
    (0, 138, court.MID_RANGE, 2),
    (0, 237.4, court.MID_RANGE, 2),
    (0, 237.5, court.ABOVE_BREAK, 3),
    (219.9, 50, court.MID_RANGE, 2),
    (-220, 50, court.LEFT_CORNER, 3),
    (220, 92.5, court.RIGHT_CORNER, 3),
    (220, 92.6, court.ABOVE_BREAK, 3),
    (219.9, 92.5, court.MID_RANGE, 2),
    (0, 417.5, court.ABOVE_BREAK, 3),
    (0, 417.6, court.BACKCOURT, 3),
]


@pytest.mark.parametrize(("x", "y", "zone", "value"), BORDERS)
def test_borders_of_the_zones(x: float, y: float, zone: str, value: int) -> None:
    """Each line of the court, from both sides."""
    assert (court.zone(x, y), court.shot_value(x, y)) == (zone, value)


def test_distance_is_in_feet() -> None:
    """Places are in tenths of a foot."""
    assert court.distance_ft(30, -40) == pytest.approx(5)


def test_real_shots_have_the_zones_and_values_that_the_nba_gives_them(real_data: Path) -> None:
    """All labelled shots of recorded shot charts, but for one at a border and a foot on the line."""
    shots = list(_labelled_shots(real_data / "pbpstats_samples/game_details"))
    places = [(shot["LOC_X"], shot["LOC_Y"]) for shot in shots]
    zones = zip(places, (shot["SHOT_ZONE_BASIC"] for shot in shots), strict=True)
    values = zip(places, (int(shot["SHOT_TYPE"][0]) for shot in shots), strict=True)
    assert [(at, name) for at, name in zones if court.zone(*at) != name] == [((233, 90), court.ABOVE_BREAK)]
    assert [(at, value) for at, value in values if court.shot_value(*at) != value] == [((220, 21), 2)]
    assert all(int(court.distance_ft(*at)) == s["SHOT_DISTANCE"] for at, s in zip(places, shots, strict=True))
    assert len(shots) == 530


def _labelled_shots(folder: Path) -> Iterator[dict[str, Any]]:
    for chart in sorted(folder.glob("stats_*_shots_*.json")):
        result = json.loads(chart.read_text("utf-8"))["resultSets"][0]
        for values in result["rowSet"]:
            yield dict(zip(result["headers"], values, strict=True))


@pytest.mark.parametrize("kind", ["rim", "short", "mid", "corner", "above", "heave"])
def test_places_are_on_the_court(kind: str) -> None:
    """Whatever the kind of shot, its place is between the lines of a court of 94 by 50 feet."""
    rng = stream(1, 2025, kind)
    places = [place(rng, kind) for _ in range(2000)]
    assert all(-250 <= x <= 250 and -52 <= y <= 887 for x, y in places)
    assert len(set(places)) > 500


def test_shots_are_spread_over_the_zones_as_in_the_nba(league: Database) -> None:
    """Shares and percentages by zone, against those of 2025-26 (219,000 shots)."""
    found = {
        zone: (share, made)
        for zone, share, made in league.rows("""
            SELECT zone, count(*) / sum(count(*)) OVER (), avg(is_made::int) FROM shots GROUP BY zone""")
    }
    assert set(found) == set(court.ZONES)
    corners = found.pop(court.LEFT_CORNER), found.pop(court.RIGHT_CORNER)
    found["corners"] = (sum(c[0] for c in corners), sum(c[1] for c in corners) / 2)
    for zone, share, made in (
        (court.RESTRICTED, 0.274, 0.671),
        (court.PAINT, 0.195, 0.447),
        (court.MID_RANGE, 0.102, 0.421),
        ("corners", 0.107, 0.385),
        (court.ABOVE_BREAK, 0.322, 0.353),
    ):
        assert found[zone] == (pytest.approx(share, abs=0.02), pytest.approx(made, abs=0.025)), zone
    assert found[court.BACKCOURT][0] < 0.001
