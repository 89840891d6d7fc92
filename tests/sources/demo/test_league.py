"""The readings that the demo league hands over."""

import hashlib
from collections.abc import Iterable

import pyarrow as pa
import pytest

from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.schema.arrow import arrow_schema
from nba_mcp_synthesis.schema.seasons import season_from_start
from nba_mcp_synthesis.schema.tables import tables
from nba_mcp_synthesis.sources.base import Batch, Reading
from nba_mcp_synthesis.sources.demo.careers import squads
from nba_mcp_synthesis.sources.demo.league import GAMES, _tasks, simulate, simulate_season
from nba_mcp_synthesis.sources.demo.played import Task, play_games
from nba_mcp_synthesis.sources.demo.wording import team_names
from sources.demo.conftest import SEED, Database

# Columns that nothing in a simulated game says, by table.
LEFT_OUT = {
    "games": {"start_time_utc", "playoff_round", "series_game"},
    "team_game_stats": {"fg_pct", "fg3_pct", "ft_pct", "pts_fast_break"},
    "play_by_play": {"nba_event_num"},
    "team_season_stats": {
        c for c in tables()["team_season_stats"].column_names() if "per_game" in c or "_pct" in c
    },
}


def checksum(batches: Iterable[Batch]) -> str:
    """Of all the bytes of all tables."""
    digest = hashlib.sha256()
    for batch in batches:
        with pa.BufferOutputStream() as sink:
            with pa.ipc.new_stream(sink, batch.rows.schema) as writer:
                writer.write_table(batch.rows.combine_chunks())
            digest.update(sink.getvalue())
    return digest.hexdigest()


def test_seasons_come_oldest_first_and_are_simulated(seasons: list[Reading]) -> None:
    """They end with 2025-26, and each says what it is."""
    assert [_season(reading) for reading in seasons] == ["2024-25", "2025-26"]
    for reading in seasons:
        assert (reading.source, reading.simulated) == ("demo", True)
        assert reading.rows_read == sum(batch.rows.num_rows for batch in reading.batches)
        assert not reading.rejected


def test_tables_have_their_canonical_columns(season: Reading) -> None:
    """All columns of nine tables, of the right type, except those that nothing published."""
    for batch in season.batches:
        whole = arrow_schema(batch.table)
        missing = set(whole.names) - set(batch.rows.schema.names)
        assert missing == LEFT_OUT.get(batch.table, set()), batch.table
        assert all(whole.field(f.name).type == f.type for f in batch.rows.schema), batch.table
    assert [batch.table for batch in season.batches] == [
        "teams",
        "players",
        "games",
        "team_game_stats",
        "player_game_stats",
        "player_season_stats",
        "team_season_stats",
        "play_by_play",
        "shots",
    ]


def test_keys_are_unique(league: Database, season: Reading) -> None:
    """No two rows of a table have the same key."""
    for batch in season.batches:
        key = ", ".join(tables()[batch.table].key)
        assert league.value(f"SELECT count(*) FROM (SELECT DISTINCT {key} FROM {batch.table})") == (
            batch.rows.num_rows
        )


def test_a_season_is_the_same_however_it_is_made(seasons: list[Reading]) -> None:
    """Alone or after another season, by one process or by two: the same bytes."""
    alone = simulate_season(SEED, processes=1)
    assert checksum(alone.batches) == checksum(seasons[-1].batches)


def test_another_seed_is_another_league() -> None:
    """Other people, another calendar, other games."""
    one, other = (_first_games(seed) for seed in (SEED, SEED + 1))
    assert len(set(one.names.values()) & set(other.names.values()) - set(team_names().values())) < 30
    assert [match.fixture for match in one.matches] != [match.fixture for match in other.matches]
    assert not play_games(one).play_by_play.equals(play_games(other).play_by_play)


def _first_games(seed: int) -> Task:
    return _tasks(next(squads(seed)), seed)[0]


def test_progress_counts_the_games_of_all_seasons(
    seasons: list[Reading], progress: list[tuple[int, int]]
) -> None:
    """It rises to the whole and is told often."""
    done = [games for games, _ in progress]
    assert {total for _, total in progress} == {GAMES * len(seasons)}
    assert done == sorted(done)
    assert done[-1] == GAMES * len(seasons)
    assert len(done) >= 50


def test_a_season_is_made_when_it_is_asked_for() -> None:
    """Nothing is played before the first reading is taken."""
    calls: list[tuple[int, int]] = []
    readings = simulate(3, SEED, processes=1, on_games=lambda *done: calls.append(done))
    assert iter(readings) is readings
    assert calls == []


@pytest.mark.parametrize("seasons_asked", [0, -1, 41])
def test_impossible_numbers_of_seasons_are_refused(seasons_asked: int) -> None:
    """The error says how many there can be, before anything is played."""
    with pytest.raises(UsageError, match="ask for 1 to 40"):
        simulate(seasons_asked, SEED, processes=1)


def test_no_process_is_refused() -> None:
    """Somebody has to play."""
    with pytest.raises(UsageError, match="at least one"):
        simulate_season(SEED, processes=0)


def _season(reading: Reading) -> str:
    games = next(batch.rows for batch in reading.batches if batch.table == "games")
    (season,) = games["season"].unique().to_pylist()
    assert season == season_from_start(int(season[:4]))
    return str(season)
