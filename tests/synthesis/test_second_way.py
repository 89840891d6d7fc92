"""Figures are compared with what other tables say, where there are any that have them."""

import pytest

from nba_mcp_synthesis.basketball.stats.request import StatRequest
from nba_mcp_synthesis.basketball.stats.stats import Stats
from nba_mcp_synthesis.errors import Busy
from nba_mcp_synthesis.facts import Claim, Evidence, Result
from nba_mcp_synthesis.synthesis.second_way import confirmed

SQL = "SELECT player, pts_per_game FROM somewhere"
FIRST = Result(("player", "pts_per_game"), (("Ada Test", 30.25),), SQL)
CLAIM = Claim("Ada Test", "pts_per_game", 30.25, "points per game", "e1")


def other(*rows: tuple[object, ...], columns: tuple[str, ...] = ("player", "pts_per_game")) -> Result:
    """What other tables return."""
    return Result(columns, rows, "SELECT elsewhere")


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (other(("Ada Test", 30.25)), True),
        (other(("Ada Test", 30.26)), False),
        (other(("Ben Test", 30.25)), None),
        (other(("Ada Test", None)), None),
        (other(("Ada Test", 30.25), columns=("player", "pts")), None),
        (other(), None),
        (None, None),
    ],
)
def test_the_same_value_of_the_same_one_confirms(found: Result | None, told: bool | None) -> None:
    """Another value contradicts; no value says nothing."""
    assert confirmed([CLAIM], [Evidence("e1", SQL, FIRST)], lambda _: found) is told


def test_sql_of_a_voice_has_no_second_way() -> None:
    """Nobody knows what it means, so nothing can be asked in its place."""
    by_hand = Evidence("e1", SQL, FIRST, "voice")
    assert confirmed([CLAIM], [by_hand], lambda _: other(("Ada Test", 1.0))) is None


def test_a_check_that_cannot_be_made_says_nothing() -> None:
    """The answer does not fail because the warehouse is busy."""

    def busy(_: Evidence) -> Result:
        raise Busy("Every place is taken.")

    assert confirmed([CLAIM], [Evidence("e1", SQL, FIRST)], busy) is None


@pytest.mark.parametrize(("measure", "by"), [("pts_per_game", "player"), ("fg3m", "player"), ("pts", "team")])
def test_season_totals_and_box_scores_of_a_season_agree(measure: str, by: str, demo_stats: Stats) -> None:
    """The simulated season is told by several tables, and the tables by one another."""
    first = demo_stats.ask(StatRequest((measure,), (by,), order_by=(f"-{measure}",), limit=5))
    second = demo_stats.second_way(first.result.sql)
    assert second is not None
    assert second.sql != first.result.sql
    assert [*map(list, second.rows)] == [[*row[:-1], pytest.approx(row[-1])] for row in first.result.rows]


def test_what_one_table_alone_has_cannot_be_confirmed(demo_stats: Stats) -> None:
    """Points by quarter come from play-by-play only."""
    first = demo_stats.ask(
        StatRequest(("pts",), ("player",), where=("period=1",), limit=5, order_by=("-pts",))
    )
    assert demo_stats.second_way(first.result.sql) is None
    assert demo_stats.second_way("SELECT 1") is None
