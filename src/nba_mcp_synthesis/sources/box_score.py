"""The box score of one game as JSON: both teams, their figures, and every player on the court."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from nba_mcp_synthesis.errors import SourceError
from nba_mcp_synthesis.sources.base import Batch, Reading, SourceFile
from nba_mcp_synthesis.sources.box import check_box
from nba_mcp_synthesis.sources.game_box import PlayerLine, box_batches, check_players, sums_of
from nba_mcp_synthesis.sources.games import Game, Side
from nba_mcp_synthesis.sources.season import season_of_game
from nba_mcp_synthesis.sources.values import (
    Record,
    Row,
    RowError,
    clock,
    count,
    fraction,
    number,
    optional,
    starting_position,
    team,
    text,
    whole,
)

KEYS = ("gameId", "teams", "teamStats", "players")
EASTERN = ZoneInfo("America/New_York")
BOX = {
    "fgm": "fieldGoalsMade",
    "fga": "fieldGoalsAttempted",
    "fg3m": "threePointersMade",
    "fg3a": "threePointersAttempted",
    "ftm": "freeThrowsMade",
    "fta": "freeThrowsAttempted",
    "oreb": "reboundsOffensive",
    "dreb": "reboundsDefensive",
    "reb": "reboundsTotal",
    "ast": "assists",
    "stl": "steals",
    "blk": "blocks",
    "tov": "turnovers",
    "pf": "foulsPersonal",
    "pts": "points",
}
QUARTERS = {f"pts_q{n}": f"q{n}" for n in (1, 2, 3, 4)}
PERCENTAGES = {
    "fg_pct": "fieldGoalsPercentage",
    "fg3_pct": "threePointersPercentage",
    "ft_pct": "freeThrowsPercentage",
}
FIGURES = {
    "pts_paint": "pointsInThePaint",
    "pts_fast_break": "pointsFastBreak",
    "pts_bench": "benchPoints",
    "biggest_lead": "biggestLead",
    "lead_changes": "leadChanges",
    "times_tied": "timesTied",
}
# A figure published for a team, and the sums of its players that it confirms: a total, or the
# two parts of a percentage.
CONFIRMED_BY = {
    "reboundsTotal": ("reb", "oreb", "dreb"),
    "assists": ("ast",),
    "steals": ("stl",),
    "blocks": ("blk",),
    "fieldGoalsPercentage": ("fgm", "fga"),
    "threePointersPercentage": ("fg3m", "fg3a"),
    "freeThrowsPercentage": ("ftm", "fta"),
}
_FINAL = re.compile(r"Final(?:/OT(\d?))?", re.ASCII)
_ROUNDING = 0.000501  # percentages have three decimals


class BoxScore:
    """`boxscores/0042500102.json`."""

    name = "box_score"

    def recognises(self, file: SourceFile) -> bool:
        """By its keys."""
        return isinstance(file.json, dict) and all(key in file.json for key in KEYS)

    def read(self, file: SourceFile) -> Reading:
        """Rows of `games`, `team_game_stats`, `player_game_stats` and `players`, or none of all."""
        players = _objects(file, "players")
        try:
            return Reading(self.name, _batches(file, players), len(players))
        except RowError as error:
            return Reading(self.name, (), len(players), Counter({str(error): len(players)}))


def _batches(file: SourceFile, players: Sequence[Row]) -> tuple[Batch, ...]:
    lines = [_line(row) for row in players]
    check_players(lines)
    (time, played), periods = tip_off(file.json), _periods(file.json)
    home, away = _sides(file, lines, periods)
    identity = season_of_game(file, file.json, "gameId")
    game = Game(*identity, played, home, away)
    return box_batches(game, lines, {"start_time_utc": time, "periods": periods})


def _line(row: Row) -> PlayerLine:
    box = {column: count(row, name) for column, name in BOX.items()}
    check_box(box)
    player_id, position = count(row, "personId"), starting_position(row, "position")
    rest: Record = {
        "started": position is not None,  # positions are given to the starting five only
        "position": position,
        "minutes": clock(row, "minutes"),
        "plus_minus": whole(row, "plusMinusPoints"),
    }
    return PlayerLine(player_id, text(row, "name"), team(row, "teamId"), box, rest)


def _sides(file: SourceFile, lines: Sequence[PlayerLine], periods: int) -> tuple[Side, Side]:
    published = {team(row, "teamId"): row for row in _objects(file, "teamStats")}
    teams = sorted(_objects(file, "teams"), key=lambda row: row.get("isHome") is not True)
    if [row.get("isHome") for row in teams] != [True, False]:
        raise RowError("the game has not one host and one visitor")
    if {team(row, "teamId") for row in teams} != published.keys():
        raise RowError("teams and teamStats are about different teams")
    home, away = (_side(row, published[team(row, "teamId")], lines, periods) for row in teams)
    _check_quarters(home, away, periods)
    return home, away


def _side(row: Row, published: Row, lines: Sequence[PlayerLine], periods: int) -> Side:
    team_id, score = team(row, "teamId"), count(row, "score")
    sums = sums_of(lines, team_id)
    if not score == sums["pts"] == count(published, "points"):
        raise RowError("the points of the players do not add up to the score")
    stats: Record = {
        "minutes": 240.0 + 25 * (periods - 4),
        "player_tov": sums["tov"],  # no team turnovers among them
        "pf": sums["pf"],
        **_confirmed(sums, published),
        **{column: count(row, name) for column, name in QUARTERS.items()},
        **{column: fraction(published, name) for column, name in PERCENTAGES.items()},
        **{column: optional(count, published, name) for column, name in FIGURES.items()},
    }
    return Side(team_id, score, stats)


def _confirmed(sums: Mapping[str, int], published: Row) -> Record:
    """The players' sums, None where what the file publishes for the team is another."""
    return {
        name: sums[name] if _agrees(sums, names, number(published, figure)) else None
        for figure, names in CONFIRMED_BY.items()
        for name in names
    }


def _agrees(sums: Mapping[str, int], names: Sequence[str], figure: float) -> bool:
    if len(names) != 2:
        return sums[names[0]] == figure
    made, tried = sums[names[0]], sums[names[1]]
    return abs(made / max(tried, 1) - figure) < _ROUNDING


def _check_quarters(home: Side, away: Side, periods: int) -> None:
    """Four quarters add up to the score, or to a tie when overtimes followed."""
    regulation = [sum(cast("int", side.stats[name]) for name in QUARTERS) for side in (home, away)]
    expected = [home.pts, away.pts] if periods == 4 else [regulation[0]] * 2
    if regulation != expected:
        raise RowError("the quarters do not add up to the score")


def tip_off(row: Row) -> tuple[datetime, date]:
    """Time in UTC, without a zone as the tables hold it, and date in the US East."""
    try:
        time = datetime.strptime(text(row, "gameTimeUTC"), "%Y-%m-%dT%H:%M:%S%z")
        return time.astimezone(UTC).replace(tzinfo=None), time.astimezone(EASTERN).date()
    except (ValueError, OverflowError) as error:
        raise RowError("gameTimeUTC is not a time such as 2026-04-22T23:00:00Z") from error


def _periods(row: Row) -> int:
    final = _FINAL.fullmatch(text(row, "gameStatusText"))
    if final is None:
        raise RowError("the game is not final")
    overtimes = 0 if final[0] == "Final" else int(final[1] or 1)
    return 4 + overtimes


def _objects(file: SourceFile, key: str) -> list[dict[str, Any]]:
    values = file.json[key]
    if not isinstance(values, list) or not all(isinstance(v, dict) for v in values):
        raise SourceError(f"{key} in {file.label} is not a list of objects.")
    return values
