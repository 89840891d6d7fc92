"""The game detail of data.nba.com: an object `g` with both teams, their quarters and all players."""

from collections.abc import Mapping, Sequence
from typing import Any

from nba_mcp_synthesis.sources.base import Batch, Reading, SourceFile
from nba_mcp_synthesis.sources.box import BOX, check_box
from nba_mcp_synthesis.sources.game_box import (
    PlayerLine,
    box_batches,
    check_players,
    reading,
    team_stats,
)
from nba_mcp_synthesis.sources.games import Game, Side
from nba_mcp_synthesis.sources.season import season_of_game
from nba_mcp_synthesis.sources.values import (
    Record,
    Row,
    RowError,
    count,
    day,
    joined,
    optional,
    starting_position,
    team,
    whole,
)

SIDES = ("hls", "vls")
NAMES = {**{name: name for name in BOX}, "fg3m": "tpm", "fg3a": "tpa"}
FIGURES = {"pts_paint": "pip", "pts_fast_break": "fbpts", "pts_bench": "bpts", "biggest_lead": "ble"}
_FINAL = 3


class BoxData:
    """`data_0021600270.json` beside play-by-play of the same service, whose `g` has other keys."""

    name = "box_score_data"

    def recognises(self, file: SourceFile) -> bool:
        """By the two sides with their players."""
        game = file.json.get("g") if isinstance(file.json, dict) else None
        return isinstance(game, dict) and all(
            isinstance(game.get(side), dict) and isinstance(game[side].get("pstsg"), list) for side in SIDES
        )

    def read(self, file: SourceFile) -> Reading:
        """Rows of `games`, `team_game_stats`, `player_game_stats` and `players`, or none of all."""
        game = file.json["g"]
        rows = [row for side in SIDES for row in game[side]["pstsg"] if _played(row)]
        try:
            return reading(self.name, _batches(file, game), len(rows))
        except RowError as error:
            return reading(self.name, (), len(rows), str(error))


def _batches(file: SourceFile, game: Mapping[str, Any]) -> tuple[Batch, ...]:
    if count(game, "st") != _FINAL:
        raise RowError("the game is not final")
    lines = [_line(row, game[side]) for side in SIDES for row in game[side]["pstsg"] if _played(row)]
    check_players(lines)
    home, away = (_side(game, game[side], lines) for side in SIDES)
    identity = season_of_game(file, game, "gid")
    return box_batches(Game(*identity, day(game, "gdte"), home, away), lines, {"periods": count(game, "p")})


def _played(row: Any) -> bool:
    return isinstance(row, dict) and row.get("totsec") not in (None, 0)


def _line(row: Row, side: Row) -> PlayerLine:
    box = {ours: count(row, theirs) for ours, theirs in NAMES.items()}
    check_box(box)
    position = starting_position(row, "pos")
    rest: Record = {
        "started": position is not None,
        "position": position,
        "minutes": count(row, "totsec") / 60,
        "plus_minus": optional(whole, row, "pm"),
    }
    return PlayerLine(count(row, "pid"), joined(row, "fn", "ln"), team(side, "tid"), box, rest)


def _side(game: Row, row: Row, lines: Sequence[PlayerLine]) -> Side:
    totals, extra = row.get("tstsg"), game.get("gsts")
    if not isinstance(totals, dict):
        raise RowError("a team has no statistics")
    team_id, pts = team(row, "tid"), count(row, "s")
    published = {ours: optional(count, totals, theirs) for ours, theirs in NAMES.items()}
    both = extra if isinstance(extra, dict) else {}
    stats: Record = {
        **team_stats(lines, team_id, pts, published),
        **{f"pts_q{n}": optional(count, row, f"q{n}") for n in (1, 2, 3, 4)},
        **{ours: optional(count, totals, theirs) for ours, theirs in FIGURES.items()},
        "lead_changes": optional(count, both, "lc"),
        "times_tied": optional(count, both, "tt"),
        "tov": count(totals, "tov") + count(totals, "tmtov") if "tmtov" in totals else None,
    }
    return Side(team_id, pts, stats)
