"""The check of box scores against events, over whole tables."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from basketball.events.official import PLAYERS, game, published
from nba_mcp_synthesis.basketball.events.comparing import Difference, check, recomputed_box_scores
from nba_mcp_synthesis.schema.arrow import arrow_schema

GAMES = {"v2": "0021600270", "v2 technical": "0022100732", "live": "0022000001", "v3 cassette": "0022200552"}


@pytest.fixture
def tables(real_data: Path) -> duckdb.DuckDBPyConnection:
    """The events of four real games, and their published box scores."""
    events = [game(real_data, recording) for recording in GAMES]
    players = [
        {
            "game_id": game_id,
            "player_id": player,
            "season": "2016-17",
            "season_type": "Regular Season",
            **line.counts,
        }
        for recording, game_id in GAMES.items()
        for player, line in published(real_data, recording).items()
    ]
    connection = duckdb.connect()
    _create(connection, "play_by_play", pa.concat_tables(events))
    _create(
        connection,
        "player_game_stats",
        pa.Table.from_pylist(players, schema=arrow_schema("player_game_stats")),
    )
    return connection


def _create(connection: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    connection.register("rows", rows)
    connection.execute(f"CREATE TABLE {name} AS FROM rows")


def test_real_games_hold(tables: duckdb.DuckDBPyConnection) -> None:
    """In the four games no count of any of the 88 players differs."""
    assert recomputed_box_scores(tables) == []
    compared = tables.execute(check()["compared"]).fetchall()
    assert sum(n for *_, n in compared) == sum(PLAYERS[recording] for recording in GAMES) == 88


def test_a_difference_has_both_values(tables: duckdb.DuckDBPyConnection) -> None:
    """A changed value is found, with game, player and column, and told in a sentence."""
    tables.execute("UPDATE player_game_stats SET ast = ast + 1, blk = 9 WHERE player_id = 1628378")
    assert recomputed_box_scores(tables) == [
        Difference("0022200552", 1628378, "ast", 12, 11),
        Difference("0022200552", 1628378, "blk", 9, 1),
    ]
    assert tables.execute(check()["failing"]).fetchall() == [
        (
            "2016-17",
            "Regular Season",
            "0022200552 1628378",
            "ast: box score 12, events 11; blk: box score 9, events 1",
        )
    ]


def test_what_is_not_published_is_not_compared(tables: duckdb.DuckDBPyConnection) -> None:
    """An empty value of the box score is no difference."""
    tables.execute("UPDATE player_game_stats SET ast = NULL")
    assert recomputed_box_scores(tables) == []


def test_a_player_whom_the_box_score_lacks(tables: duckdb.DuckDBPyConnection) -> None:
    """Whoever did something and is not in the box score is found by what he did."""
    tables.execute("DELETE FROM player_game_stats WHERE player_id = 201609")
    found = recomputed_box_scores(tables)
    assert {(d.player_id, d.published) for d in found} == {(201609, 0)}
    assert {d.column: d.counted for d in found}["pts"] == 2


def test_games_with_one_of_the_two_are_left_alone(tables: duckdb.DuckDBPyConnection) -> None:
    """Without its events, or without its box score, a game cannot be compared and is not counted."""
    tables.execute("DELETE FROM player_game_stats WHERE game_id = '0022000001'")
    tables.execute("DELETE FROM play_by_play WHERE game_id = '0021600270'")
    assert recomputed_box_scores(tables) == []
    compared = tables.execute(check()["compared"]).fetchall()
    assert sum(n for *_, n in compared) == 22 + 19


def test_a_lost_event_is_found(tables: duckdb.DuckDBPyConnection) -> None:
    """Without one made shot the shooter, and whoever assisted, have one less."""
    shot = (
        "SELECT min(event_num) FROM play_by_play WHERE game_id = '0022200552' AND assist_player_id = 1628378"
    )
    tables.execute(f"DELETE FROM play_by_play WHERE game_id = '0022200552' AND event_num = ({shot})")
    columns = [(d.column, d.published - d.counted) for d in recomputed_box_scores(tables)]
    assert ("ast", 1) in columns
    assert ("fgm", 1) in columns
