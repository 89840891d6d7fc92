"""Box-score counts of players and teams from the events of any number of games."""

import duckdb
import pyarrow as pa

from nba_mcp_synthesis.warehouse.checks import text_of

COUNTS = (
    "fgm", "fga", "fg3m", "fg3a", "ftm", "fta", "oreb", "dreb", "reb",
    "ast", "stl", "blk", "tov", "pf", "pts",
)  # fmt: skip


def counts_sql() -> str:
    """A query over play_by_play: a row a game, team and player; player_id is empty for the team's own."""
    return text_of("event_counts.sql")


def counts(events: pa.Table) -> pa.Table:
    """Counts from rows of play_by_play, in the columns of player_game_stats and with blka and pfd."""
    with duckdb.connect() as connection:
        connection.register("play_by_play", events)
        return connection.execute(counts_sql()).to_arrow_table()
