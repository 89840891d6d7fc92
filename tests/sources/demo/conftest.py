"""Two simulated seasons for all tests of the demo league, and the last one in an SQL engine."""

from collections.abc import Sequence
from typing import Any

import duckdb
import pytest

from nba_mcp_synthesis.sources.base import Reading
from nba_mcp_synthesis.sources.demo.league import simulate

SEED = 1  # the one that people get who do not ask for another


class Database:
    """The tables of one season, each under its name."""

    def __init__(self, reading: Reading) -> None:
        self._connection = duckdb.connect()
        for batch in reading.batches:
            self._connection.register(f"arrow_{batch.table}", batch.rows)
            self._connection.execute(f"CREATE TABLE {batch.table} AS FROM arrow_{batch.table}")

    def rows(self, sql: str) -> Sequence[tuple[Any, ...]]:
        """All rows of a query."""
        return self._connection.execute(sql).fetchall()

    def value(self, sql: str) -> Any:
        """The only value of a query."""
        ((value,),) = self.rows(sql)
        return value

    def run(self, sql: str) -> None:
        """A statement without a result."""
        self._connection.execute(sql)


@pytest.fixture(scope="session")
def progress() -> list[tuple[int, int]]:
    """What `on_games` was called with while `seasons` were played."""
    return []


@pytest.fixture(scope="session")
def seasons(progress: list[tuple[int, int]]) -> list[Reading]:
    """2024-25 and 2025-26, played by two processes."""
    return list(simulate(2, SEED, processes=2, on_games=lambda *done: progress.append(done)))


@pytest.fixture(scope="session")
def season(seasons: list[Reading]) -> Reading:
    """2025-26."""
    return seasons[-1]


@pytest.fixture(scope="session")
def before(seasons: list[Reading]) -> Database:
    """2024-25."""
    return Database(seasons[0])


@pytest.fixture(scope="session")
def league(season: Reading) -> Database:
    """2025-26, with two views: `event` with the seconds played, `court` with stints on the court."""
    database = Database(season)
    database.run(EVENT)
    database.run(COURT)
    return database


# Events with the seconds played so far and the id of the other team.
EVENT = """
CREATE TABLE event AS
SELECT p.*, g.home_team_id, g.away_team_id,
       CASE p.team_id WHEN home_team_id THEN away_team_id WHEN away_team_id THEN home_team_id END
           AS other_team_id,
       720 * least(period - 1, 4) + 300 * greatest(period - 5, 0)
           + if(period <= 4, 720, 300) - clock_seconds AS elapsed,
       home_score - lag(home_score, 1, 0) OVER game AS home_points,
       away_score - lag(away_score, 1, 0) OVER game AS away_points
FROM play_by_play p JOIN games g USING (game_id)
WINDOW game AS (PARTITION BY game_id ORDER BY event_num)
"""

# Stints: who was on the court from which event to which. Starters are those who are named before
# they come in; a stint ends with the substitution or the game.
COURT = """
CREATE TABLE court AS
WITH named AS (
    SELECT game_id, event_num, team_id, player_id, false AS enters FROM event
    UNION ALL SELECT game_id, event_num, team_id, assist_player_id, false FROM event
    UNION ALL SELECT game_id, event_num, other_team_id, block_player_id, false FROM event
    UNION ALL SELECT game_id, event_num, other_team_id, steal_player_id, false FROM event
    UNION ALL SELECT game_id, event_num, other_team_id, fouled_player_id, false FROM event
    UNION ALL SELECT game_id, event_num, team_id, sub_in_player_id, true FROM event
), debut AS (
    SELECT game_id, team_id, player_id, arg_min(enters, event_num) AS enters
    FROM named WHERE player_id IS NOT NULL GROUP BY ALL
), arrival AS (
    SELECT game_id, team_id, player_id, 0 AS event_num, 0 AS elapsed, true AS started
    FROM debut WHERE NOT enters
    UNION ALL
    SELECT game_id, team_id, sub_in_player_id, event_num, elapsed, false
    FROM event WHERE event_type = 'substitution'
), departure AS (
    SELECT game_id, player_id, event_num, elapsed FROM event WHERE event_type = 'substitution'
), finish AS (
    SELECT game_id, max(event_num) AS event_num, max(elapsed) AS elapsed FROM event GROUP BY game_id
)
SELECT a.game_id, a.team_id, a.player_id, a.started, a.event_num AS first_event,
       a.elapsed AS first_second,
       coalesce(min(d.event_num), any_value(f.event_num)) AS last_event,
       coalesce(min(d.elapsed), any_value(f.elapsed)) AS last_second
FROM arrival a JOIN finish f USING (game_id)
LEFT JOIN departure d
    ON d.game_id = a.game_id AND d.player_id = a.player_id AND d.event_num > a.event_num
GROUP BY ALL
"""
