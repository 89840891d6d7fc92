"""Whole seasons of the demo league as readings, one at a time."""

import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from typing import Final

import pyarrow as pa

from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.schema.arrow import to_arrow
from nba_mcp_synthesis.schema.seasons import season_from_start, season_start
from nba_mcp_synthesis.sources.base import Batch, Reading
from nba_mcp_synthesis.sources.demo.boxscore import Box
from nba_mcp_synthesis.sources.demo.careers import FIRST_YEAR, Squads, squads
from nba_mcp_synthesis.sources.demo.dressed import matches
from nba_mcp_synthesis.sources.demo.people import Player
from nba_mcp_synthesis.sources.demo.played import Played, Task, play_games
from nba_mcp_synthesis.sources.demo.rows import (
    Row,
    game_row,
    player_game_rows,
    player_row,
    team_game_rows,
    team_rows,
)
from nba_mcp_synthesis.sources.demo.schedule import Fixture, fixtures
from nba_mcp_synthesis.sources.demo.totals import player_season_rows, team_season_rows
from nba_mcp_synthesis.sources.demo.wording import Names, team_names

SOURCE: Final = "demo"
LAST_SEASON: Final = "2025-26"
GAMES: Final = 1230  # a season
_GAMES_A_TASK: Final = 41

OnGames = Callable[[int, int], None]
_Run = Callable[[Iterable[Task]], Iterator[Played]]
_Boxes = list[tuple[Fixture, Box]]


def simulate_season(
    seed: int,
    season_index: int = 0,
    last_season: str = LAST_SEASON,
    processes: int = 1,
    on_games: OnGames | None = None,
) -> Reading:
    """One season: `last_season` for index 0, the one before it for 1, and so on.

    Raises:
        UsageError: the season lies before the league's first, or there is to be no process.
        ValueError: `last_season` is not a season's name.
    """
    year = season_start(last_season) - season_index
    return next(_seasons(range(year, year + 1), seed, processes, on_games))


def simulate(seasons: int, seed: int, processes: int, on_games: OnGames | None = None) -> Iterator[Reading]:
    """The seasons up to 2025-26, oldest first, each made when it is asked for.

    A season is the same whatever the number of seasons and processes. `on_games` is called with
    the games played so far and the games of all seasons.

    Raises:
        UsageError: there are to be no seasons or no process, or more seasons than the league has.
    """
    last = season_start(LAST_SEASON)
    return _seasons(range(last - seasons + 1, last + 1), seed, processes, on_games)


def _seasons(years: range, seed: int, processes: int, on_games: OnGames | None) -> Iterator[Reading]:
    if not years or years[0] < FIRST_YEAR:
        raise UsageError(
            f"The demo league cannot play {len(years)} seasons up to {season_from_start(years.stop - 1)}.",
            f"Its first is {season_from_start(FIRST_YEAR)}: ask for 1 to {years.stop - FIRST_YEAR}.",
        )
    if processes < 1:
        raise UsageError(f"{processes} processes cannot play a season.", "Ask for at least one.")
    return _play_seasons(years, seed, processes, on_games or (lambda _done, _total: None))


def _play_seasons(years: range, seed: int, processes: int, on_games: OnGames) -> Iterator[Reading]:
    total = GAMES * len(years)
    with _runner(processes) as run:
        for season in islice(squads(seed), years[0] - FIRST_YEAR, years.stop - FIRST_YEAR):
            before = GAMES * years.index(season.year)
            played = []
            for part in run(_tasks(season, seed)):
                played.append(part)
                on_games(before + sum(len(p.boxes) for p in played), total)
            yield _reading(season, played)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _runner(processes: int) -> Iterator[_Run]:
    """Something that plays tasks in order: here, or in processes that start afresh everywhere."""
    if processes == 1:
        yield lambda tasks: map(play_games, tasks)
        return
    with ProcessPoolExecutor(processes, get_context("spawn"), _leave_interrupts_to_the_parent) as pool:
        yield lambda tasks: pool.map(play_games, tasks)


def _tasks(season: Squads, seed: int) -> list[Task]:
    games = list(matches(season, fixtures(seed, season.year), seed))
    names: Names = team_names() | {p.player_id: p.full_name for p in _players(season)}
    return [
        Task(seed, season.year, games[first : first + _GAMES_A_TASK], names)
        for first in range(0, len(games), _GAMES_A_TASK)
    ]


def _players(season: Squads) -> list[Player]:
    """Everybody on a team, as the season ends: trades may have changed a jersey."""
    players = {player.player_id: player for squad in season.teams.values() for player in squad}
    for swap in season.swaps:
        players |= {swap.first.player_id: swap.first, swap.second.player_id: swap.second}
    return list(players.values())


def _reading(season: Squads, played: list[Played]) -> Reading:
    boxes = [box for part in played for box in part.boxes]
    batches = (
        *(Batch(table, _table(table, rows)) for table, rows in _rows(season, boxes).items()),
        Batch("play_by_play", pa.concat_tables(part.play_by_play for part in played)),
        Batch("shots", pa.concat_tables(part.shots for part in played)),
    )
    count = sum(batch.rows.num_rows for batch in batches)
    return Reading(SOURCE, batches, rows_read=count, simulated=True)


def _rows(season: Squads, boxes: _Boxes) -> dict[str, Iterable[Row]]:
    year, players = season.year, _players(season)
    roles = {player.player_id: player.role for player in players}
    return {
        "teams": team_rows(),
        "players": map(player_row, players),
        "games": (game_row(year, *box) for box in boxes),
        "team_game_stats": (row for box in boxes for row in team_game_rows(year, *box)),
        "player_game_stats": (row for box in boxes for row in player_game_rows(year, *box, roles)),
        "player_season_stats": player_season_rows(year, boxes, players),
        "team_season_stats": team_season_rows(year, boxes),
    }


def _table(table: str, rows: Iterable[Row]) -> pa.Table:
    listed = list(rows)
    return to_arrow(table, {name: [row[name] for row in listed] for name in listed[0]})
