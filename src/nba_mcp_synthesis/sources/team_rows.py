"""Rows of one team in one game, paired into games: what all logs of teams have in common."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from nba_mcp_synthesis.schema.seasons import SeasonType
from nba_mcp_synthesis.schema.teams import team_id_of
from nba_mcp_synthesis.sources.base import Batch
from nba_mcp_synthesis.sources.games import Game, Side, winner_letter
from nba_mcp_synthesis.sources.rows import batch
from nba_mcp_synthesis.sources.values import Record, RowError

Place = Literal["vs.", "@"]


@dataclass(frozen=True, slots=True)
class Matchup:
    """`LAL vs. GSW` of a host, `GSW @ LAL` of a visitor or at a neutral site."""

    first: str
    place: Place
    second: str

    def other_than(self, team_id: int) -> str:
        """The team that is not `team_id`: the second, unless that one is it."""
        return self.first if team_id_of(self.second) == team_id else self.second


@dataclass(frozen=True, slots=True)
class TeamRow:
    """One team in one game; `matchup` is None where the source names no opponent."""

    identity: tuple[str, str, SeasonType]
    game_date: date | None
    matchup: Matchup | None
    result: str
    side: Side

    @property
    def key(self) -> tuple[str, int]:
        """What identifies the row."""
        return self.identity[0], self.side.team_id


def team_batches(rows: Iterable[TeamRow], rejected: Counter[str], *, partial: bool) -> tuple[Batch, Batch]:
    """Rows of `games` and of `team_game_stats`.

    A row without that of the other team is left out, or else, where a source may be `partial`, kept
    without the points of the opponent; it makes no game.
    """
    games, sides = [], []
    for pair in _by_game(rows).values():
        try:
            if len(pair) == 1 and partial:
                sides.append(_lone(pair[0]))
                continue
            game = _game(pair)
        except RowError as error:
            rejected[str(error)] += len(pair)
            continue
        games.append(game.row())
        sides += game.team_rows()
    return batch("games", games), batch("team_game_stats", sides)


def _by_game(rows: Iterable[TeamRow]) -> dict[str, list[TeamRow]]:
    found: dict[str, list[TeamRow]] = defaultdict(list)
    for row in rows:
        found[row.identity[0]].append(row)
    return found


def _game(pair: Sequence[TeamRow]) -> Game:
    if len(pair) != 2:
        raise RowError("the game has not exactly two rows that can be used")
    first, second = pair
    if (_names(first), first.game_date) != (_names(second), second.game_date):
        raise RowError("the two rows of the game contradict each other")
    home, away, is_neutral = _host(first, second)
    host_known = first.matchup is not None
    game = Game(*first.identity, first.game_date, home.side, away.side, is_neutral, host_known)
    for own, other in ((first, second), (second, first)):
        if own.result != winner_letter(own.side, other.side):
            raise RowError("WL contradicts the points")
    return game


def _names(row: TeamRow) -> set[str]:
    return {row.matchup.first, row.matchup.second} if row.matchup else set()


def _host(first: TeamRow, second: TeamRow) -> tuple[TeamRow, TeamRow, bool | None]:
    """Host, visitor, and whether the site is neutral (None where the source does not say).

    At a neutral site both teams are written with an @. Some team has to be the host of record
    then: by our choice the one after the @ in the first of the two rows.
    """
    if first.matchup is None or second.matchup is None:
        return first, second, None
    hosts = [row for row in (first, second) if row.matchup and row.matchup.place == "vs."]
    if len(hosts) == 2:
        raise RowError("both rows of the game name their team as host")
    is_first = hosts == [first] if hosts else team_id_of(first.matchup.second) == first.side.team_id
    return (first, second, not hosts) if is_first else (second, first, not hosts)


def _lone(row: TeamRow) -> Record:
    """A row of `team_game_stats`. Of an @ alone it is not known whether the site was neutral."""
    opponent = team_id_of(row.matchup.other_than(row.side.team_id)) if row.matchup else None
    if row.matchup is None or opponent in (None, row.side.team_id):
        raise RowError("the opponent is not an NBA team")
    game_id, season, season_type = row.identity
    return {
        "game_id": game_id,
        "season": season,
        "season_type": season_type,
        "game_date": row.game_date,
        "team_id": row.side.team_id,
        "opponent_team_id": opponent,
        "is_home": True if row.matchup.place == "vs." else None,
        "won": row.result == "W",
        "pts": row.side.pts,
        "opp_pts": None,
        "plus_minus": None,
        **row.side.stats,
    }
