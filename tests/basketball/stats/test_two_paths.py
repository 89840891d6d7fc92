"""Box-score measures computed from the play-by-play instead, for every player and team of a demo season."""

from typing import Any

import duckdb
import polars as pl
import pytest

from basketball.stats.asking import Row, told
from basketball.stats.definitions import BOX, PLAYER, TEAM, value
from nba_mcp_synthesis.basketball.events.counts import counts
from nba_mcp_synthesis.basketball.stats.stats import Stats
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse


@pytest.fixture(scope="module")
def counted(demo_warehouse: DuckDBWarehouse) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Totals of players and of teams, counted event by event; minutes alone come from the box scores."""
    with duckdb.connect(str(demo_warehouse.path), read_only=True) as connection:
        events = counts(connection.execute("FROM play_by_play").to_arrow_table())
        players, teams = (
            pl.DataFrame(connection.execute(f"FROM {of}_game_stats").to_arrow_table()).select(*ids, "minutes")
            for of, *ids in (("player", "game_id", "team_id", "player_id"), ("team", "game_id", "team_id"))
        )
        names = connection.execute("SELECT player_id, full_name AS player FROM players").to_arrow_table()
        clubs = connection.execute("SELECT team_id, full_name AS team FROM teams").to_arrow_table()
    acts = pl.DataFrame(events)
    sides = _sides(acts, teams)
    of_players = (
        players.join(acts, on=["game_id", "player_id", "team_id"], how="left")
        .with_columns(pl.col(*BOX).fill_null(0), gp=1)
        .join(sides.rename({n: f"tm_{n}" for n in (*BOX, "minutes", "gp")}), on=["game_id", "team_id"])
        .join(pl.DataFrame(names), on="player_id")
    )
    of_teams = sides.join(pl.DataFrame(clubs), on="team_id").with_columns(
        wins=(pl.col("pts") > pl.col("opp_pts")).cast(pl.Int64),
        losses=(pl.col("pts") < pl.col("opp_pts")).cast(pl.Int64),
    )
    return of_players, of_teams


def _sides(acts: pl.DataFrame, minutes: pl.DataFrame) -> pl.DataFrame:
    """A row for each game and team: its counts, with team turnovers, without team rebounds."""
    rebounds = [pl.col(n).filter(pl.col("player_id").is_not_null()).sum() for n in ("oreb", "dreb", "reb")]
    rest = [n for n in BOX if n not in ("oreb", "dreb", "reb")]
    own = acts.group_by("game_id", "team_id").agg(pl.col(*rest).sum(), *rebounds).with_columns(gp=1)
    other = own.select(
        "game_id", pl.col("team_id").alias("other_id"), *(pl.col(n).alias(f"opp_{n}") for n in BOX)
    )
    both = own.join(other, on="game_id").filter(pl.col("team_id") != pl.col("other_id"))
    return both.join(minutes, on=["game_id", "team_id"])


def totals(games: pl.DataFrame, *by: str) -> pl.DataFrame:
    """Counts added up."""
    numbers = [name for name, kind in games.schema.items() if kind.is_numeric() and not name.endswith("_id")]
    return games.group_by(*by).agg(pl.col(numbers).sum())


def compare(ours: dict[Any, Row], theirs: pl.DataFrame, names: list[str], entity: str) -> None:
    """Asserts that all values are the same."""
    told_by = theirs.columns[0]
    rows = theirs.select(told_by, *(value(name, entity) for name in names)).rows()
    assert len(rows) == len(ours)
    for who, *values in rows:
        for name, one, other in zip(names, ours[who], values, strict=True):
            assert (one is None) == (other is None), (who, name)
            assert one is None or one == pytest.approx(other, rel=1e-9, abs=1e-9), (who, name)


# A player's share of his team's minutes is of the season here and of his games there: the same question of
# his games only is asked with a condition that all games fulfil.
ALL_GAMES = ("pts>=0",)


def test_players_box_scores_are_their_events(demo: Stats, counted: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    """Every count, average, percentage and rate of all players is that of their events."""
    names = [*BOX, *PLAYER]
    ours = told(demo, " ".join(names), "player", where=ALL_GAMES)
    assert len(ours) == 449
    compare(ours, totals(counted[0], "player"), names, "player")


def test_teams_box_scores_are_their_events(demo: Stats, counted: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    """Every count, average, percentage and rating of all teams is that of the events, for both sides."""
    names = [*BOX, *(f"opp_{name}" for name in BOX), *TEAM]
    ours = told(demo, " ".join(names), "team")
    assert len(ours) == 30
    compare(ours, totals(counted[1], "team"), names, "team")
