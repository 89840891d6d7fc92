"""Season totals of players and teams, added up from box scores."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from nba_mcp_synthesis.sources.demo.boxscore import Box, Line, TeamBox
from nba_mcp_synthesis.sources.demo.people import Player
from nba_mcp_synthesis.sources.demo.rows import Row, box_columns, season_of
from nba_mcp_synthesis.sources.demo.schedule import Fixture

_DOUBLES: Final = ("pts", "reb", "ast", "stl", "blk")


@dataclass(slots=True)
class Total:
    """Sums over games; `doubles` counts games by the number of categories with ten or more."""

    line: Line = field(default_factory=Line)
    gp: int = 0
    wins: int = 0
    doubles: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    last_team_id: int = 0

    def add(self, line: Line, *, won: bool, team_id: int) -> None:
        """Add one game, later than those before."""
        self.line.add(line)
        self.gp += 1
        self.wins += won
        self.doubles[sum(getattr(line, name) >= 10 for name in _DOUBLES)] += 1
        self.last_team_id = team_id

    def columns(self) -> Row:
        """The columns that season rows of players and teams share."""
        return {
            **box_columns(self.line),
            "gp": self.gp,
            "wins": self.wins,
            "losses": self.gp - self.wins,
            "minutes": self.line.seconds / 60,
            "plus_minus": self.line.plus_minus,
            "blka": self.line.blka,
            "pfd": self.line.pfd,
        }


def player_season_rows(
    year: int, boxes: Iterable[tuple[Fixture, Box]], players: Iterable[Player]
) -> Iterator[Row]:
    """A row a player for all his teams (team_id empty), and one for each team; boxes by date."""
    whole: dict[int, Total] = defaultdict(Total)
    parts: dict[tuple[int, int], Total] = defaultdict(Total)
    for _, box in boxes:
        for team, other in _sides(box):
            won = team.total.pts > other.total.pts
            for player, line in team.players.items():
                whole[player].add(line, won=won, team_id=team.team_id)
                parts[player, team.team_id].add(line, won=won, team_id=team.team_id)
    ages = {player.player_id: _age(player, year) for player in players}
    rows: list[tuple[int, int | None, Total]] = [(player, None, total) for player, total in whole.items()]
    rows += [(player, team_id, total) for (player, team_id), total in parts.items()]
    for player, team_id, total in rows:
        yield {
            **season_of(year),
            "player_id": player,
            "team_id": team_id,
            "last_team_id": whole[player].last_team_id,
            "age": ages[player],
            **total.columns(),
            "dd2": sum(n for doubles, n in total.doubles.items() if doubles >= 2),
            "td3": sum(n for doubles, n in total.doubles.items() if doubles >= 3),
        }


def team_season_rows(year: int, boxes: Iterable[tuple[Fixture, Box]]) -> Iterator[Row]:
    """A row a team with its own totals and its opponents'."""
    own: dict[int, Total] = defaultdict(Total)
    opponents: dict[int, Line] = defaultdict(Line)
    for _, box in boxes:
        for team, other in _sides(box):
            line, opponent = team.total, other.total
            own[team.team_id].add(line, won=line.pts > opponent.pts, team_id=team.team_id)
            opponents[team.team_id].add(opponent)
    for team_id, total in own.items():
        against = box_columns(opponents[team_id])
        yield {
            **season_of(year),
            "team_id": team_id,
            **total.columns(),
            **{f"opp_{name}": value for name, value in against.items()},
        }


def _sides(box: Box) -> tuple[tuple[TeamBox, TeamBox], tuple[TeamBox, TeamBox]]:
    return (box.home, box.away), (box.away, box.home)


def _age(player: Player, year: int) -> int:
    """Age on 1 February of the season that starts in `year`, the usual day for a season's age."""
    day = date(year + 1, 2, 1)
    had_birthday = (player.birth_date.month, player.birth_date.day) <= (day.month, day.day)
    return day.year - player.birth_date.year - (not had_birthday)
