"""Scoreboards of a day and schedules of a season: games with their score, once they are over."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nba_mcp_synthesis.errors import SourceError
from nba_mcp_synthesis.sources.base import Reading, SourceFile
from nba_mcp_synthesis.sources.box_answers import quarters
from nba_mcp_synthesis.sources.games import Game, Side
from nba_mcp_synthesis.sources.rows import Rows, batch
from nba_mcp_synthesis.sources.season import season_of_game
from nba_mcp_synthesis.sources.stats_api import holds_part, parts
from nba_mcp_synthesis.sources.values import Record, Row, RowError, count, day, optional, team, text

_FINAL = 3


@dataclass(frozen=True)
class Scoreboard:
    """One of the two forms; `key` is that of the object and `date` the name of the Eastern date."""

    name: str
    key: str
    date: str
    endpoints: Sequence[str]

    def recognises(self, file: SourceFile) -> bool:
        """By the recorded request, or by the key."""
        return holds_part(file, self.endpoints, self.key)

    def read(self, file: SourceFile) -> Reading:
        """Rows of `games` and `team_game_stats`; games that are not over are counted as left out."""
        rows = Rows()
        for _, board in parts(file, self.endpoints, self.key):
            rows.rows += _games(file, board)
        rows.read = len(rows.rows)
        played = rows.each(
            lambda row: (self._game(file, row), _times(row)), lambda pair: pair[0].game_id, "game"
        )
        games = [game.row() | times for game, times in played]
        sides = [row for game, _ in played for row in game.team_rows()]
        return rows.reading(self.name, batch("games", games), batch("team_game_stats", sides))

    def _game(self, file: SourceFile, row: Row) -> Game:
        if count(row, "gameStatus") != _FINAL:
            raise RowError("the game has not been played to its end")
        identity = season_of_game(file, row, "gameId")
        home, away = (_side(row, name) for name in ("homeTeam", "awayTeam"))
        neutral = row.get("isNeutral")
        played_on = day({self.date: text(row, self.date)[:10]}, self.date)
        return Game(*identity, played_on, home, away, neutral if isinstance(neutral, bool) else None)


SCOREBOARDS = (
    Scoreboard("scoreboard", "scoreboard", "gameEt", ("scoreboardv3",)),
    Scoreboard("schedule", "leagueSchedule", "gameDateEst", ("scheduleleaguev2",)),
)


def _games(file: SourceFile, board: Row) -> Iterator[Row]:
    """The games of a scoreboard, or those of each day of a schedule."""
    days = board.get("gameDates", [board])
    for place in days if isinstance(days, list) else ():
        games = place.get("games") if isinstance(place, dict) else None
        if not isinstance(games, list) or not all(isinstance(game, dict) for game in games):
            raise SourceError(f"games in {file.label} is not a list of objects.")
        yield from games


def _side(row: Row, name: str) -> Side:
    side: Any = row.get(name)
    if not isinstance(side, dict):
        raise RowError(f"{name} is missing")
    return Side(team(side, "teamId"), count(side, "score"), quarters(side))


def _times(row: Row) -> Record:
    try:
        name = "gameDateTimeUTC" if "gameDateTimeUTC" in row else "gameTimeUTC"
        time = datetime.strptime(text(row, name), "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007 (kept without zone)
    except ValueError:  # RowError is one: the time is not needed
        time = None
    return {"start_time_utc": time, "periods": optional(count, row, "period")}
