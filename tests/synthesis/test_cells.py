"""Whether a claim's value is that of a cell, at the precision it is said with."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nba_mcp_synthesis.synthesis.cells import is_fraction, is_share, same, says, text_of, unit_of, value_of
from scripted.evidence import claimed, shown


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (200, 200), ("200", 200), ("1,230", 1230), (28.7, 28.7042), (29, 28.7042), ("28.7", 28.7042),
        (Decimal("28.7"), Decimal("28.7042")), (-4.5, -4.52), ("Ada Test", "Ada Test"),
        ("2025-11-03", dt.date(2025, 11, 3)),
        (0, 0), (2.0, 2),
    ],
)  # fmt: skip
def test_a_value_that_is_said_of_a_cell(value: Any, cell: Any) -> None:
    """A float may be rounded, as people do."""
    assert says(claimed(None, "pts", value), cell)


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (201, 200), (200.4, 200), (28.8, 28.7042), (28.71, 28.7042), (31, 28.7042), (4.5, -4.52), (1, True),
        (0, None), ("", None), ("nan", float("nan")), (float("inf"), float("inf")), ("28,70", 28.7042),
        ("thirty", 30), ("12k", 12000), (200, "200 points"), (50, 0.5), ("Ada", "Ada Test"), ("0x10", 16),
    ],
)  # fmt: skip
def test_a_value_that_is_not_said_of_a_cell(value: Any, cell: Any) -> None:
    """Counts are exact, flags and gaps are no numbers, and only shares are percentages."""
    assert not says(claimed(None, "pts", value), cell)


@given(st.floats(-1e6, 1e6), st.integers(0, 4))
def test_any_rounding_of_a_cell_says_it(cell: float, decimals: int) -> None:
    """And nothing that is one unit of its last place away does."""
    rounded = f"{cell:.{decimals}f}"
    assert says(claimed(None, "pts_per_game", rounded), cell)
    assert not says(claimed(None, "pts_per_game", f"{cell + 1.6 * 10**-decimals:.{decimals}f}"), cell)


def test_shares_are_told_as_percentages() -> None:
    """Ours are fractions in SQL; a voice may have multiplied already."""
    assert says(claimed(None, "fg_pct", 45.7), 0.4567)
    assert says(claimed(None, "fg_pct", 0.457), 0.4567)
    assert not says(claimed(None, "pts", 45.7), 0.457)
    assert is_share("FG_PCT")
    assert is_share("win_percentage")
    assert not is_share("pct9x")
    assert unit_of("fg_pct") == "percent"
    assert unit_of("pts_per_game") == "points per game"
    assert unit_of("some_figure") == "some figure"


@pytest.mark.parametrize(
    ("expression", "cells", "value"),
    [
        ("SUM(fgm) * 1.0 / SUM(fga)", (0.4567,), 45.67),
        ("100.0 * SUM(fgm) / SUM(fga)", (45.67,), 45.67),
        ("100.0 * SUM(fgm) / SUM(fga)", (0.8,), 0.8),
        ("SUM(fgm) / SUM(fga)", (0.8, 45.67), 0.8),
        ("SUM(fgm) * 1.0 / SUM(fga)", (1.2,), 120.0),
    ],
)
def test_a_share_is_taken_times_a_hundred_once(
    expression: str, cells: tuple[float, ...], value: float
) -> None:
    """0.8 % is not 80 %, and a true shooting of 1.2 is no 1.2 %."""
    sql = f"SELECT {expression} AS ts_pct FROM player_season_stats"
    evidence = shown("ts_pct", *((cell,) for cell in cells), sql=sql, by="voice")
    assert value_of(cells[0], as_percent=is_fraction(evidence, 0)) == pytest.approx(value)


def test_other_cells_keep_what_they_are() -> None:
    """Texts and dates as JSON has them."""
    assert text_of(dt.date(2025, 11, 3)) == "2025-11-03"
    assert value_of("Ada Test", as_percent=True) == "Ada Test"
    assert value_of(Decimal("2.5"), as_percent=False) == 2.5
    assert value_of(3, as_percent=False) == 3


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (("Ada Test", "pts", 31.2), ("ada test", "points", 31.2), True),
        (("Ada Test", "ppg", 31.2), ("Ada Test", "pts_per_game", 31.2345), True),
        (("Ada Test", "ppg", 31.2), ("Ada Test", "pts_per_game", 31.2666), False),
        (("Ada Test", "pts", 31), ("Ada Test", "pts", 31.4), False),
        (("Ada Test", "pts", 31), ("Ben Test", "pts", 31), False),
        (("Ada Test", "pts", 31), (None, "pts", 31), False),
        (("Ada Test", "pts", 31), ("Ada Test", "ast", 31), False),
        (("Ada Test", "team", "LAL"), ("Ada Test", "team", "LAL"), True),
        (("Ada Test", "team", "31"), ("Ada Test", "pts", 31), True),
    ],
)  # fmt: skip
def test_two_claims_of_the_same(one: tuple[Any, ...], other: tuple[Any, ...], *, is_same: bool) -> None:
    """At the coarser precision; equal values of two measures of ours agree on nothing."""
    assert same(claimed(*one), claimed(*other)) == is_same
    assert same(claimed(*other), claimed(*one)) == is_same
