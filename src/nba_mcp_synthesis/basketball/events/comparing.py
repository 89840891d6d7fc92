"""Box scores recomputed from events, against those that were published."""

from dataclasses import dataclass

import duckdb

from nba_mcp_synthesis.warehouse.checks import definitions, with_clause


@dataclass(frozen=True, slots=True)
class Difference:
    """One value of a player in a game that the events do not confirm."""

    game_id: str
    player_id: int
    column: str
    published: int
    counted: int


def recomputed_box_scores(connection: duckdb.DuckDBPyConnection) -> list[Difference]:
    """All differences in the games that have both play_by_play and player_game_stats."""
    queries = {"event_counts": "event_counts.sql", "event_differences": "event_differences.sql"}
    rows = connection.execute(
        f"{with_clause(queries)} "
        "SELECT game_id, player_id, stat, published, counted FROM event_differences ORDER BY ALL"
    ).fetchall()
    return [Difference(*row) for row in rows]


def check() -> dict[str, str]:
    """The check that runs after every load: `about`, `compared` and `failing`."""
    return definitions()["events_as_box_scores"]
