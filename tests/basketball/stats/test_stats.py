"""What the semantic layer does, on data small enough to check by hand."""

from typing import Any

import pytest

from basketball.stats.asking import ask, rows, told
from nba_mcp_synthesis.basketball.stats.stats import Stats
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.guard.gate import Gate

LAKERS, CELTICS = "Los Angeles Lakers", "Boston Celtics"
PLAYERS = ["Ada Test", "Ben Test", "Cid Sample", "Dag Sample"]


def test_a_board_ranks_and_names_ties(small: Stats) -> None:
    """All who share the last rank are listed, in the order of their names."""
    assert rows(small, "reb", "player", limit=1) == [(1, name, 3) for name in PLAYERS]


def test_ranks_leave_a_gap_after_a_tie(small: Stats) -> None:
    """After two firsts comes a third."""
    board = rows(small, "gp", "team result", limit=3)
    assert board == [
        (1, CELTICS, "loss", 2),
        (1, LAKERS, "win", 2),
        (3, CELTICS, "win", 1),
        (3, LAKERS, "loss", 1),
    ]


def test_an_average_divides_without_rounding(small: Stats) -> None:
    """220 points in 3 games are 73.33, not 73."""
    board = rows(small, "pts_per_game", "player", limit=2)
    assert board == [(1, "Cid Sample", 220 / 3), (2, "Ada Test", 200 / 3)]


def test_a_minus_ranks_the_other_way(small: Stats) -> None:
    """Orders ascend unless a minus is written before the name."""
    assert rows(small, "pts", "player", order_by=("pts",), limit=1) == [(1, "Dag Sample", 100)]
    assert rows(small, "pts", "player", order_by=("-pts",), limit=1) == [(1, "Cid Sample", 220)]


def test_a_qualifier_is_scaled_applied_and_stated(small: Stats) -> None:
    """125 free throws made in 82 games are 5 in 3, which nobody has; 58 games are 3, which all have."""
    nobody = ask(small, "ft_pct", "player", limit=5)
    assert nobody.result.rows == ()
    assert "at least 5 free throws made" in nobody.assumed[-1]
    everybody = ask(small, "pts_per_game", "player", limit=5)
    assert [row[1] for row in everybody.result.rows] == ["Cid Sample", "Ada Test", "Ben Test", "Dag Sample"]
    assert "at least 3 games played" in everybody.assumed[-1]


def test_having_takes_the_place_of_the_qualifier(small: Stats) -> None:
    """Who names a minimum gets that one, and no other is stated."""
    found = ask(small, "ft_pct", "player", having=("fta>=4", "pts>100"), limit=5)
    assert [row[1:] for row in found.result.rows] == [
        ("Ben Test", 0.25),
        ("Ada Test", 0.0),
        ("Cid Sample", 0.0),
    ]
    assert not any("Ranked" in text for text in found.assumed)
    assert len(rows(small, "ft_pct", "player", qualifier=False, limit=5)) == 4


def test_a_qualifier_holds_whichever_measure_orders(small: Stats) -> None:
    """Ordered by a percentage that is not asked for, the board has that one's minimum and shows it."""
    found = ask(small, "pts", "player", order_by=("-ft_pct",), limit=5)
    assert found.result.columns == ("rank", "player", "pts", "ft_pct")
    assert found.result.rows == ()
    assert "at least 5 free throws made" in found.assumed[-1]


def test_a_qualifier_of_a_month_is_that_months(demo: Stats) -> None:
    """A board by player and month asks for 70 % of the month's games, not of the season's."""
    found = ask(demo, "pts_per_game", "player month", limit=5)
    assert len(found.result.rows) >= 5
    assert "at least 13 games played" in found.assumed[-1]


def test_a_qualifier_of_the_last_games_is_of_those(demo: Stats) -> None:
    """58 of 82 games are 4 of the last 5."""
    assert "at least 4 games played" in ask(demo, "pts_per_game", "player", last=5, limit=5).assumed[-1]


def test_a_named_player_needs_no_minimum(small: Stats) -> None:
    """Who asks for one player gets his value, qualified or not."""
    assert rows(small, "ft_pct", "player", where=("player=Ada Test",)) == [("Ada Test", 0.0)]


def test_a_division_by_zero_has_no_value(demo: Stats) -> None:
    """Who never tried has no percentage, and no place on a board of it."""
    none = {"having": ("fg3a=0",)}
    listed = rows(demo, "fg3_pct fg3a", "player", order_by=("player",), **none)
    assert listed
    assert all(row[1:] == (None, 0) for row in listed)
    assert rows(demo, "fg3_pct", "player", limit=5, **none) == []


def test_players_of_one_team(small: Stats) -> None:
    """A team's board holds the players who were with it last, and says so where no more is known."""
    found = ask(small, "pts", "player", where=("team=BOS",), limit=5)
    assert found.result.rows == ((1, "Cid Sample", 220), (2, "Dag Sample", 100))
    assert found.notes == ("A player counts to the team he was with last, with all his games of the season.",)


def test_teams_are_counted_from_their_games(small: Stats) -> None:
    """Wins, losses, points for and against come from the games."""
    assert rows(small, "wins losses pts opp_pts_per_game", "team", limit=2) == [
        (1, LAKERS, 2, 1, 325, 320 / 3),
        (2, CELTICS, 1, 2, 320, 325 / 3),
    ]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (("pts>=100",), {LAKERS: (2, 230), CELTICS: (3, 320)}),
        (("pts>=100", "pts<110"), {CELTICS: (2, 201)}),
        (("pts=95|101",), {LAKERS: (1, 95), CELTICS: (1, 101)}),
        (("result=won",), {LAKERS: (2, 230), CELTICS: (1, 101)}),
        (("location=away",), {CELTICS: (3, 320)}),
        (("opponent=celtics",), {LAKERS: (3, 325)}),
        (("opponent!=celtics",), {CELTICS: (3, 320)}),
        (("margin>=-1", "margin<=1"), {LAKERS: (1, 120), CELTICS: (1, 119)}),
        (("date<2025-11-03",), {LAKERS: (2, 205), CELTICS: (2, 201)}),
        (("game=0022500001",), {LAKERS: (1, 110), CELTICS: (1, 100)}),
        (("rest_days=0",), {LAKERS: (2, 215), CELTICS: (2, 220)}),
        (("conference=west",), {LAKERS: (3, 325)}),
        (("month=2025-12",), {}),
    ],
)
def test_conditions_keep_games(
    where: tuple[str, ...], expected: dict[str, tuple[int, int]], small: Stats
) -> None:
    """Only games that fulfil all conditions are added up."""
    assert told(small, "gp pts", "team", where=where) == expected


def test_last_games_are_the_newest(small: Stats) -> None:
    """Of each team its two newest games count, of those that the conditions leave."""
    assert told(small, "pts gp", "team", last=2) == {LAKERS: (215, 2), CELTICS: (220, 2)}
    assert told(small, "pts gp", "team", last=1, where=("result=win",)) == {
        LAKERS: (120, 1),
        CELTICS: (101, 1),
    }


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("season", [("2025-26", 645)]),
        ("season_type", [("Regular Season", 645)]),
        ("month", [("2025-11", 645)]),
        ("location", [("home", 325), ("road", 320)]),
        ("opponent", [(CELTICS, 325), (LAKERS, 320)]),
        (
            "result location",
            [("loss", "home", 95), ("loss", "road", 219), ("win", "home", 230), ("win", "road", 101)],
        ),
        ("", [(645,)]),
    ],
)
def test_measures_are_told_by_dimensions(by: str, expected: list[tuple[Any, ...]], small: Stats) -> None:
    """Every combination of the dimensions that occurs is a row, in their order."""
    assert sorted(rows(small, "pts", by)) == expected


def test_what_was_assumed_is_said(small: Stats) -> None:
    """Season and season type are named where the request does not name them."""
    assert ask(small, "pts", "team").assumed == (
        "Season: 2025-26, the newest that is loaded.",
        "Season type: Regular Season.",
    )
    assert ask(small, "pts", "team", season="2025-26", season_type="regular").assumed == ()


def test_the_sql_gives_the_same_rows_again(demo: Stats, demo_warehouse: DuckDBWarehouse) -> None:
    """Its text passes the guard, and gives what the answer gave."""
    for options in (
        {"by": "player", "limit": 20},
        {"by": "team month", "where": ("opponent=lakers|celtics",)},
        {"by": "player", "where": ("started=yes", "pts>=20"), "last": 5},
    ):
        result = ask(demo, "pts_per_game ts_pct", **options).result
        assert result.rows
        assert demo_warehouse.query(Gate().check(result.sql).sql).rows == result.rows
