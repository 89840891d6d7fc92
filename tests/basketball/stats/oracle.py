"""Semantic queries answered a second time, in polars and from the games alone."""

import math
from functools import cached_property
from pathlib import Path

import duckdb
import polars as pl

from basketball.stats.asked import OF_CLUBS, OF_GAMES, Asked
from basketball.stats.definitions import BOX, value

# The league's minimums of the measures that rank, for 82 games.
MINIMUM = {
    "pts_per_game": ("gp", 58),
    "fg_pct": ("fgm", 300),
    "fg3_pct": ("fg3m", 82),
    "ft_pct": ("ftm", 125),
}


class League:
    """The rows of a warehouse, wide: each with its team's and its opponents' counts, and what tells them."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def team_games(self) -> pl.DataFrame:
        """A row for each team and game."""
        own = self._table("team_game_stats").filter(pl.col("won").is_not_null()).with_columns(gp=1)
        other = own.select("game_id", pl.col("team_id").alias("opponent_team_id"), *_prefixed("opp_", BOX))
        wide = own.drop("opp_pts").join(other, on=["game_id", "opponent_team_id"], how="left")
        wide = wide.with_columns(margin=pl.col("pts") - pl.col("opp_pts")).sort("game_date", "game_id")
        before = pl.col("game_date").shift(1).over("season", "season_type", "team_id")
        return self._told(wide.with_columns(rest_days=(pl.col("game_date") - before).dt.total_days() - 1))

    @cached_property
    def player_games(self) -> pl.DataFrame:
        """A row for each player and game."""
        kept = ["rest_days", "margin", *(f"opp_{n}" for n in BOX)]
        sides = self.team_games.select(
            "game_id", "team_id", *kept, *_prefixed("tm_", (*BOX, "minutes", "gp"))
        )
        wide = (
            self._table("player_game_stats")
            .drop("position")
            .join(sides, on=["game_id", "team_id"], how="left")
        )
        tens = pl.sum_horizontal(
            *((pl.col(n) >= 10).cast(pl.Int64) for n in ("pts", "reb", "ast", "stl", "blk"))
        )
        wide = wide.with_columns(gp=1, dd2=(tens >= 2).cast(pl.Int64), td3=(tens >= 3).cast(pl.Int64))
        people = self._table("players").select("player_id", "position", player="full_name")
        return self._told(wide.join(people, on="player_id", how="left"))

    @cached_property
    def player_seasons(self) -> pl.DataFrame:
        """A row for each player and season, with his last team's season beside it."""
        season = ["season", "season_type"]
        own = ["gp", "minutes", "dd2", "td3", "plus_minus", *BOX]
        told = self.player_games.group_by(*season, "player_id", "player", "position").agg(
            pl.col(*own).sum(), pl.col("team_id").sort_by("game_date", "game_id").last()
        )
        of_opponents = [f"opp_{n}" for n in BOX]
        clubs = self.team_games.group_by(*season, "team_id").agg(
            *(e.sum() for e in _prefixed("tm_", (*BOX, "minutes", "gp"))), pl.col(*of_opponents).sum()
        )
        return told.join(clubs, on=[*season, "team_id"], how="left")

    def _table(self, name: str) -> pl.DataFrame:
        with duckdb.connect(str(self._path), read_only=True) as connection:
            return pl.DataFrame(connection.execute(f"FROM {name}").to_arrow_table())

    def _told(self, wide: pl.DataFrame) -> pl.DataFrame:
        """The rows with a column for each dimension."""
        clubs = self._table("teams").select("team_id", "conference", "division", team="full_name")
        others = clubs.rename({name: f"opponent_{name}" for name in ("team_id", "conference", "division")})
        games = self._table("games").select("game_id", "is_neutral", "periods")
        home, won = pl.col("is_home"), pl.col("won")
        return (
            wide.join(clubs, on="team_id", how="left")
            .join(others.rename({"team": "opponent"}), on="opponent_team_id", how="left")
            .join(games, on="game_id", how="left")
            .with_columns(
                wins=won.cast(pl.Int64),
                losses=(~won).cast(pl.Int64),
                location=pl.when(home)
                .then(pl.lit("home"))
                .when(~home)
                .then(pl.lit("road"))
                .when(pl.col("is_neutral"))
                .then(pl.lit("neutral")),
                result=pl.when(won).then(pl.lit("win")).otherwise(pl.lit("loss")),
                month=pl.col("game_date").dt.strftime("%Y-%m"),
                calendar_month=pl.col("game_date").dt.month(),
                weekday=pl.col("game_date").dt.weekday(),
                overtime=pl.col("periods") > 4,
                date=pl.col("game_date"),
            )
        )


class RealLeague(League):
    """The real season, in which players have totals only, and count to the club that they were with last."""

    @cached_property
    def player_seasons(self) -> pl.DataFrame:
        """A row for each player."""
        people = self._table("players").select("player_id", "position", player="full_name")
        clubs = self._table("teams").select(
            "conference", "division", last_team_id="team_id", team="full_name"
        )
        own = self._table("player_season_stats").filter(pl.col("team_id").is_null(), season="2025-26")
        totals = own.drop("team_id").with_columns(pl.col("minutes").cast(pl.Float64))
        return totals.join(people, on="player_id").join(clubs, on="last_team_id")

    @property
    def player_games(self) -> pl.DataFrame:
        """There are none; what can be asked of them is answered by the totals."""
        return self.player_seasons


def _prefixed(prefix: str, names: tuple[str, ...]) -> list[pl.Expr]:
    return [pl.col(name).alias(f"{prefix}{name}") for name in names]


def answer(query: Asked, league: League) -> pl.DataFrame:
    """The oracle's rows: rank (of a board), dimensions, measures; unordered."""
    rows = _kept(_rows(query, league), query)
    # What nobody's row says has no value: polars would add nothing up to zero.
    sums = [pl.when(pl.len() > 0).then(pl.col(name).sum()).alias(name) for name in _numbers(rows)]
    grouped = rows.group_by(*_keys(query)).agg(sums) if query.by else rows.select(sums)
    shown = dict.fromkeys([*query.measures, *(name for name, _ in query.order)])
    for _, condition in query.having:
        grouped = grouped.filter(condition)
    if least := _minimum(query, league):
        grouped = grouped.filter(pl.col(least[0]) >= least[1])
    told = grouped.with_columns(value(name, query.entity) for name in shown).select(*query.by, *shown)
    if query.limit is None:
        return told
    first, down = query.order[0]
    board = told.filter(pl.col(first).is_not_null())
    return board.select(pl.col(first).rank("min", descending=down).alias("rank"), pl.all()).filter(
        pl.col("rank") <= query.limit
    )


def _keys(query: Asked) -> list[str]:
    return [*query.by, *(["player_id"] if "player" in query.by else [])]


def _rows(query: Asked, league: League) -> pl.DataFrame:
    """Games; seasons of players where nothing asks for a club or a game."""
    if query.entity == "team":
        return league.team_games
    told = {*query.by, *(name for name, _ in query.conditioned)}
    whole = told <= {"player", "position", "season", "season_type"} and not query.last
    return league.player_seasons if whole else league.player_games


def _numbers(rows: pl.DataFrame) -> list[str]:
    ids = ("player_id", "team_id", "opponent_team_id")
    return [n for n, kind in rows.schema.items() if kind.is_numeric() and n not in (*ids, *OF_GAMES)]


def _kept(rows: pl.DataFrame, query: Asked) -> pl.DataFrame:
    rows = rows.filter(pl.col("season_type").is_in(query.season_type.split(",")))
    for _, condition in query.where:
        rows = rows.filter(condition)
    if query.last:
        newest = rows.sort("game_date", "game_id", descending=True)
        rows = newest.group_by(f"{query.entity}_id", maintain_order=True).head(query.last)
    return rows


def _minimum(query: Asked, league: League) -> tuple[str, int] | None:
    """The published minimum of what ranks, for the games of the busiest team under the conditions."""
    is_board = query.limit and "player" in query.by and query.qualified and not query.having
    if not is_board or query.order[0][0] not in MINIMUM:
        return None
    count, least = MINIMUM[query.order[0][0]]
    games = league.team_games.filter(season_type="Regular Season")
    for name, condition in query.conditioned:
        if name in {*OF_GAMES, *OF_CLUBS, "margin"}:
            games = games.filter(condition)
    shared = [name for name in query.by if name in games.columns and name != "team"]
    most = max(games.group_by("team_id", *shared).len()["len"], default=0)
    return count, math.ceil(least * min(most, query.last or most) / 82)
