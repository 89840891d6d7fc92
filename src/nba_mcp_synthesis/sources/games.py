"""A game and its two sides as canonical rows, for every source that knows both sides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from nba_mcp_synthesis.schema.seasons import SeasonType, playoff_place
from nba_mcp_synthesis.sources.base import Batch
from nba_mcp_synthesis.sources.rows import batch
from nba_mcp_synthesis.sources.season import check_date
from nba_mcp_synthesis.sources.values import Record, RowError


@dataclass(frozen=True, slots=True)
class Side:
    """One team in one game; `stats` are its further columns of `team_game_stats`."""

    team_id: int
    pts: int
    stats: Record


@dataclass(frozen=True, slots=True)
class Game:
    """One game that was played to its end.

    `is_neutral` is None where the source does not say. Some sources give two teams and not which of
    them was host (`host_known` False: then neither `home` nor `away` is meant by its name) nor a date.

    Raises:
        RowError: it cannot be: one team twice, equal points, a date outside the season.
    """

    game_id: str
    season: str
    season_type: SeasonType
    game_date: date | None
    home: Side
    away: Side
    is_neutral: bool | None = None
    host_known: bool = True

    def __post_init__(self) -> None:
        if self.game_date is not None:
            check_date(self.game_date, self.season, "the date of the game")
        if self.home.team_id == self.away.team_id:
            raise RowError("a team plays itself")
        if self.home.pts == self.away.pts:
            raise RowError("both teams have the same points")

    @property
    def shared(self) -> Record:
        """The columns that all rows about the game have."""
        names = ("game_id", "season", "season_type", "game_date")
        return {name: getattr(self, name) for name in names}

    def row(self) -> Record:
        """Row of `games`."""
        playoff_round, series_game = playoff_place(self.game_id) or (None, None)
        sides: Record = {
            "home_team_id": self.home.team_id,
            "away_team_id": self.away.team_id,
            "home_pts": self.home.pts,
            "away_pts": self.away.pts,
        }
        return self.shared | {
            **(sides if self.host_known else dict.fromkeys(sides)),
            "is_neutral": self.is_neutral,
            "playoff_round": playoff_round,
            "series_game": series_game,
        }

    def results(self) -> dict[int, Record]:
        """By team id: the game, the opponent, whether at home (None at a neutral site or unknown) and won."""
        is_known = self.host_known and not self.is_neutral
        return {
            own.team_id: self.shared
            | {
                "team_id": own.team_id,
                "opponent_team_id": other.team_id,
                "is_home": own is self.home if is_known else None,
                "won": own.pts > other.pts,
            }
            for own, other in ((self.home, self.away), (self.away, self.home))
        }

    def team_rows(self) -> list[Record]:
        """Rows of `team_game_stats`, the host's first."""
        results = self.results()
        return [
            results[own.team_id]
            | {"pts": own.pts, "opp_pts": other.pts, "plus_minus": own.pts - other.pts}
            | own.stats
            for own, other in ((self.home, self.away), (self.away, self.home))
        ]


def game_batches(games: Sequence[Game]) -> tuple[Batch, Batch]:
    """Rows of `games`, and two of `team_game_stats` for each."""
    sides = [row for game in games for row in game.team_rows()]
    return batch("games", [game.row() for game in games]), batch("team_game_stats", sides)


def winner_letter(own: Side, other: Side) -> str:
    """W or L, as sources write the result of `own`."""
    return "W" if own.pts > other.pts else "L"
