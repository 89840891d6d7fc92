"""Rows that no game can have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nba_mcp_synthesis.synthesis.invariants import impossible


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"fgm": 9, "fga": 5}, "more fgm than fga"),
        ({"FGM": 9, "FGA": 5}, "more fgm than fga"),
        ({"fg3m": 7, "fgm": 6}, "more fg3m than fgm"),
        ({"wins": 60, "losses": 30, "gp": 82}, "are more than gp"),
        ({"wins": 83, "gp": 82}, "more wins than gp"),
        ({"oreb": 3, "dreb": 5, "reb": 7}, "are more than reb"),
        ({"fg_pct": 1.2}, "no share of a whole"),
        ({"fg_pct": -0.1}, "no share of a whole"),
        ({"fg_pct": 45.6}, "no share of a whole"),
        ({"ts_pct": 1.6}, "no share of a whole"),
        ({"pts": -1}, "below zero"),
        ({"pts_per_game": -0.5}, "below zero"),
    ],
)
def test_what_cannot_be_is_named_without_its_values(row: dict[str, float], why: str) -> None:
    """The values are wrong, so they are not repeated."""
    found = impossible(row)
    assert why in found
    assert not any(str(value) in found for value in row.values())


@pytest.mark.parametrize(
    "row",
    [
        {"fgm": 5, "fga": 5},
        {"player": "Ada Test", "fgm": None, "fga": 5, "won": True},
        {"wins": 50, "losses": 32, "gp": 82},
        {"fg_pct": 1.0, "ts_pct": 1.5, "efg_pct": 1.5},
        {"plus_minus": -12, "net_rating": -3.2, "game_score": -2.0, "margin": -8.5},
        {"some_change": -4, "share_of_something": 45.0},
        {},
    ],
)
def test_what_can_be(row: dict[str, object]) -> None:
    """Differences may be below zero, and what is not ours may be anything."""
    assert impossible(row) == ""


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_a_part_is_never_refused_for_being_smaller(made: int, missed: int, threes: int) -> None:
    """Every box score that can be passes."""
    assert impossible({"fgm": made + threes, "fga": made + threes + missed, "fg3m": threes}) == ""
