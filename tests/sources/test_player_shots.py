"""The shots of one player."""

import json

import pytest

from nba_mcp_synthesis.errors import SourceError
from sources.readings import Load, rows_of
from sources.samples import sample


def test_shots_with_their_place(load: Load) -> None:
    """Every attempt gets an id, a zone, a value and a distance; it knows no game and no team."""
    reading = load("77.json", sample("77.json"))
    rows = rows_of(reading, "shots")
    assert [row["shot_id"] for row in rows] == [
        "2025-26-R-77-1",
        "2025-26-R-77-2",
        "2025-26-R-77-3",
        "2025-26-P-77-1",
    ]
    assert rows[1] == {
        "shot_id": "2025-26-R-77-2",
        "season": "2025-26",
        "season_type": "Regular Season",
        "player_id": 77,
        "x": -225.0,
        "y": -10.0,
        "distance_ft": pytest.approx(22.522, abs=0.001),
        "zone": "Left Corner 3",
        "shot_value": 3,
        "is_made": True,
    }
    assert (rows[2]["zone"], rows[2]["shot_value"], rows[3]["season_type"]) == (
        "Restricted Area",
        2,
        "Playoffs",
    )


@pytest.mark.parametrize(
    ("shot", "reason"),
    [
        ([1, 2], "the shot is not [x, y, made]"),
        (7, "the shot is not [x, y, made]"),
        ([1, 2, 2], "made is not 1 or 0"),
        ([1, None, 1], "y is missing"),
        (["far", 2, 1], "x is not a number"),
        ([251, 2, 1], "the place of the shot is not on the court"),
        ([0, -53, 1], "the place of the shot is not on the court"),
    ],
)
def test_a_bad_shot_is_left_out(load: Load, shot: object, reason: str) -> None:
    """The others keep their places in the list, and with them their ids."""
    reading = load("77.json", json.dumps({"rs": [shot, [0, 0, 1]], "po": []}))
    assert (reading.rows_read, reading.rejected) == (2, {reason: 1})
    assert [row["shot_id"] for row in rows_of(reading, "shots")] == ["2025-26-R-77-2"]


def test_no_shots_are_no_rows(load: Load) -> None:
    """A player without attempts is read, and gives nothing."""
    reading = load("77.json", '{"rs": [], "po": []}')
    assert (reading.rows_read, reading.batches) == (0, ())


def test_the_file_is_named_by_the_player(load: Load) -> None:
    """The content does not say whose shots they are."""
    with pytest.raises(SourceError, match=r"luka\.json .* its name is not his id"):
        load("luka.json", sample("77.json"))
