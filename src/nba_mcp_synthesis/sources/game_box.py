"""Box scores as canonical rows: what every form of them has in common."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nba_mcp_synthesis.sources import minutes
from nba_mcp_synthesis.sources.base import Batch, Reading
from nba_mcp_synthesis.sources.box import BOX
from nba_mcp_synthesis.sources.games import Game
from nba_mcp_synthesis.sources.rows import batch
from nba_mcp_synthesis.sources.values import Record, RowError


@dataclass(frozen=True, slots=True)
class PlayerLine:
    """What one player did; `rest` are the further columns of `player_game_stats`, minutes among them."""

    player_id: int
    full_name: str
    team_id: int
    box: dict[str, int]
    rest: Record

    @property
    def minutes(self) -> float:
        """Minutes on the court."""
        value = self.rest["minutes"]
        return value if isinstance(value, float) else 0.0


def sums_of(lines: Sequence[PlayerLine], team_id: int) -> dict[str, int]:
    """The box of a team as the sum of its players'."""
    own = [line.box for line in lines if line.team_id == team_id]
    return {name: sum(box[name] for box in own) for name in BOX}


def team_minutes(lines: Sequence[PlayerLine], team_id: int) -> float:
    """Minutes of a team's players together, 240 and 25 for each overtime.

    Raises:
        RowError: those of its players do not make whole periods: a part of a game, or not all players.
    """
    total = sum(line.minutes for line in lines if line.team_id == team_id)
    whole = minutes.whole_periods(total)
    if whole is None:
        raise RowError("the minutes of the players are not those of a whole game")
    return whole


def team_stats(
    lines: Sequence[PlayerLine], team_id: int, pts: int, published: Mapping[str, int | None]
) -> Record:
    """Columns of `team_game_stats`: the players' sums, or None where what is published is another.

    The players' turnovers leave out those of the team.

    Raises:
        RowError: the points of the players are not the team's.
    """
    sums = sums_of(lines, team_id)
    if sums["pts"] != pts:
        raise RowError("the points of the players do not add up to the score")
    kept: Record = {
        name: sums[name] if published.get(name, sums[name]) in (None, sums[name]) else None
        for name in BOX
        if name not in ("pts", "tov")
    }
    return {"minutes": team_minutes(lines, team_id), "player_tov": sums["tov"], **kept}


def check_players(lines: Sequence[PlayerLine]) -> None:
    """RowError when a player is listed twice."""
    if len({line.player_id for line in lines}) != len(lines):
        raise RowError("a player is listed twice")


def box_batches(game: Game, lines: Sequence[PlayerLine], times: Record) -> tuple[Batch, ...]:
    """Rows of `games` (with the columns `times`), both teams, their players and the players' names.

    Raises:
        RowError: a player is of neither team.
    """
    results = game.results()
    if any(line.team_id not in results for line in lines):
        raise RowError("a player is of neither team")
    names = [{"player_id": line.player_id, "full_name": line.full_name} for line in lines]
    return (
        batch("games", [game.row() | times]),
        batch("team_game_stats", game.team_rows()),
        batch("player_game_stats", [_player(results[line.team_id], line) for line in lines]),
        batch("players", names),
    )


def reading(source: str, batches: Sequence[Batch], rows_read: int, reason: str = "") -> Reading:
    """What a file with one game gave; all of its rows are left out for the same reason."""
    rejected = Counter({reason: rows_read}) if reason else Counter[str]()
    return Reading(source, tuple(batches), rows_read, rejected)


def _player(result: Record, line: PlayerLine) -> Record:
    return result | {"player_id": line.player_id} | line.rest | line.box
