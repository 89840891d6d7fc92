"""What cameras and hustle trackers counted for players over a season: three files of one shape."""

from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter

from nba_mcp_synthesis.sources.base import Reading, SourceFile
from nba_mcp_synthesis.sources.rows import batch, csv_rows
from nba_mcp_synthesis.sources.season import with_season
from nba_mcp_synthesis.sources.values import Row, amount, count

HUSTLE = {
    f"{name}_per_game": name.upper()
    for name in (
        "contested_shots",
        "deflections",
        "charges_drawn",
        "screen_assists",
        "loose_balls_recovered",
        "box_outs",
    )
}


@dataclass(frozen=True)
class Tracking:
    """One of the files; `games` is its column of games and ours, `figures` are ours by theirs."""

    name: str
    games: tuple[str, str]
    figures: Mapping[str, str]

    def recognises(self, file: SourceFile) -> bool:
        """By the columns."""
        return {"PLAYER_ID", self.games[0], *self.figures.values()} <= set(file.csv_columns)

    def read(self, file: SourceFile) -> Reading:
        """Rows of `player_tracking`."""
        rows = csv_rows(file, ("PLAYER_ID", self.games[0], *self.figures.values()))
        players = rows.each(self._player, itemgetter("player_id"), "player")
        return rows.reading(self.name, batch("player_tracking", with_season(file, players, self.games[1])))

    def _player(self, row: Row) -> dict[str, object]:
        return {
            "player_id": count(row, "PLAYER_ID"),
            self.games[1]: count(row, self.games[0]),
            **{ours: amount(row, theirs) for ours, theirs in self.figures.items()},
        }


TRACKING = (
    Tracking("player_hustle", ("G", "hustle_gp"), HUSTLE),
    Tracking("player_speed", ("GP", "gp"), {"distance_miles": "DIST_MILES", "avg_speed_mph": "AVG_SPEED"}),
    Tracking(
        "player_possessions",
        ("GP", "gp"),
        {"touches_per_game": "TOUCHES", "time_of_poss_per_game": "TIME_OF_POSS"},
    ),
)
