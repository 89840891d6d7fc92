"""Box scores of stats.nba.com and of the live feed: nested objects of two teams and their players.

The answer of stats.nba.com has no date; the live feed has times and everything else besides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nba_mcp_synthesis.errors import SourceError
from nba_mcp_synthesis.sources.base import Batch, Reading, SourceFile
from nba_mcp_synthesis.sources.box import check_box
from nba_mcp_synthesis.sources.box_score import BOX, FIGURES, tip_off
from nba_mcp_synthesis.sources.game_box import (
    PlayerLine,
    box_batches,
    check_players,
    reading,
    team_minutes,
    team_stats,
)
from nba_mcp_synthesis.sources.games import Game, Side
from nba_mcp_synthesis.sources.minutes import periods, played
from nba_mcp_synthesis.sources.season import season_of_game
from nba_mcp_synthesis.sources.stats_api import holds_part, parts
from nba_mcp_synthesis.sources.values import (
    Record,
    Row,
    RowError,
    count,
    joined,
    optional,
    starting_position,
    team,
    text,
    whole,
)

TEAMS = ("homeTeam", "awayTeam")
_FINAL = 3


@dataclass(frozen=True)
class BoxAnswer:
    """One of the two; `key` is that of the object and `rebounds` the team's name for players' ones."""

    name: str
    key: str
    endpoints: Sequence[str] = ()
    rebounds: str = "reboundsTotal"

    def recognises(self, file: SourceFile) -> bool:
        """By the recorded request, or by the lists of players of both teams under the key."""
        return holds_part(file, self.endpoints, self.key, _has_players)

    def read(self, file: SourceFile) -> Reading:
        """Rows of `games`, `team_game_stats`, `player_game_stats` and `players`, or none of all."""
        batches: list[Batch] = []
        rows = 0
        reason = ""
        for _, game in parts(file, self.endpoints, self.key):
            lines = [player for side in TEAMS for player in _objects(file, game.get(side), "players")]
            on_court = [line for line in lines if _played(line)]
            rows += len(on_court)
            try:
                batches += self._batches(file, game)
            except RowError as error:
                reason = str(error)
        return reading(self.name, batches, rows, reason)

    def _batches(self, file: SourceFile, game: Mapping[str, Any]) -> tuple[Batch, ...]:
        if game.get("gameStatus", _FINAL) != _FINAL:
            raise RowError("the game is not final")
        lines = [line for side in TEAMS for line in _lines(file, game[side])]
        check_players(lines)
        home, away = (self._side(game[side], lines) for side in TEAMS)
        time, played_on = tip_off(game) if "gameTimeUTC" in game else (None, None)
        identity = season_of_game(file, game, "gameId")
        times: Record = {"start_time_utc": time, "periods": periods(team_minutes(lines, home.team_id))}
        return box_batches(Game(*identity, played_on, home, away), lines, times)

    def _side(self, row: Row, lines: Sequence[PlayerLine]) -> Side:
        published = row.get("statistics")
        if not isinstance(published, dict):
            raise RowError("a team has no statistics")
        names = {**BOX, "reb": self.rebounds}
        counts = {ours: optional(count, published, theirs) for ours, theirs in names.items()}
        pts, team_id = count(published, "points"), team(row, "teamId")
        stats: Record = {
            **team_stats(lines, team_id, pts, counts),
            **{ours: optional(count, published, theirs) for ours, theirs in FIGURES.items()},
            "tov": optional(count, published, "turnoversTotal"),
        }
        return Side(team_id, pts, stats | quarters(row))


BOX_ANSWERS = (
    BoxAnswer("box_score_v3", "boxScoreTraditional", ("boxscoretraditionalv3",)),
    BoxAnswer("box_score_live", "game", rebounds="reboundsPersonal"),
)


def quarters(row: Row) -> Record:
    """Points of the four quarters, from a list of periods; None for those that are not listed."""
    found = row.get("periods")
    listed = [p for p in found if isinstance(p, dict)] if isinstance(found, list) else []
    return {
        f"pts_q{n}": next((optional(count, p, "score") for p in listed if p.get("period") == n), None)
        for n in (1, 2, 3, 4)
    }


def _has_players(game: Mapping[str, Any]) -> bool:
    return all(isinstance(game.get(side), dict) and "players" in game[side] for side in TEAMS)


def _played(row: Row) -> bool:
    statistics = row.get("statistics")
    return isinstance(statistics, dict) and statistics.get("minutes") not in (None, "", "PT00M00.00S")


def _lines(file: SourceFile, side: Row) -> list[PlayerLine]:
    team_id = team(side, "teamId")
    return [_line(row, team_id) for row in _objects(file, side, "players") if _played(row)]


def _line(row: Row, team_id: int) -> PlayerLine:
    statistics = row["statistics"]
    if not isinstance(statistics, dict):
        raise RowError("a player has no statistics")
    box = {ours: count(statistics, theirs) for ours, theirs in BOX.items()}
    check_box(box)
    rest: Record = {
        "started": _started(row),
        "position": optional(text, row, "position"),
        "minutes": played(statistics, "minutes"),
        "plus_minus": optional(whole, statistics, "plusMinusPoints"),
    }
    return PlayerLine(count(row, "personId"), _name(row), team_id, box, rest)


def _started(row: Row) -> bool:
    """The live feed says it outright."""
    if "starter" in row:
        return row["starter"] == "1"
    return starting_position(row, "position") is not None


def _name(row: Row) -> str:
    return text(row, "name") if "name" in row else joined(row, "firstName", "familyName")


def _objects(file: SourceFile, holder: Any, key: str) -> list[dict[str, Any]]:
    values = holder.get(key) if isinstance(holder, dict) else None
    if not isinstance(values, list) or not all(isinstance(v, dict) for v in values):
        raise SourceError(f"{key} in {file.label} is not a list of objects.")
    return values
