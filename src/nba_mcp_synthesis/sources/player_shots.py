"""All field goal attempts of one player in a season: `[x, y, made]` in tenths of a foot."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from nba_mcp_synthesis.errors import SourceError
from nba_mcp_synthesis.schema.court import distance_ft, shot_value, zone
from nba_mcp_synthesis.schema.seasons import SeasonType
from nba_mcp_synthesis.sources.base import Reading, SourceFile
from nba_mcp_synthesis.sources.rows import batch
from nba_mcp_synthesis.sources.season import season_of
from nba_mcp_synthesis.sources.values import Record, RowError, number, whole

# Key in the file, letter in the ids of shots, season type.
PARTS: tuple[tuple[str, str, SeasonType], ...] = (
    ("rs", "R", "Regular Season"),
    ("po", "P", "Playoffs"),
)
SIDELINE_X = 250  # tenths of a foot from the rim, as all of these
BASELINE_Y = -52.5
FAR_BASELINE_Y = 887.5


class PlayerShots:
    """`shots/2544.json`: the name of the file is the player's id, the folder tells the season."""

    name = "player_shots"

    def recognises(self, file: SourceFile) -> bool:
        """By its two keys, which hold lists."""
        document = file.json
        if not isinstance(document, dict) or not document:
            return False
        return document.keys() <= {"rs", "po"} and all(isinstance(s, list) for s in document.values())

    def read(self, file: SourceFile) -> Reading:
        """Rows of `shots`, which know neither game nor team."""
        rejected: Counter[str] = Counter()
        shots = list(_shots(file, rejected))
        read = sum(len(part) for part in file.json.values())
        batches = (batch("shots", shots),) if shots else ()
        return Reading(self.name, batches, read, rejected)


def _shots(file: SourceFile, rejected: Counter[str]) -> Iterator[Record]:
    season, player_id = season_of(file), _player_id(file)
    for key, letter, season_type in PARTS:
        shared = {"season": season, "season_type": season_type, "player_id": player_id}
        for place, shot in enumerate(file.json.get(key, ()), start=1):
            try:
                shot_id = f"{season}-{letter}-{player_id}-{place}"
                yield {"shot_id": shot_id, **shared, **_shot(shot)}
            except RowError as error:
                rejected[str(error)] += 1


def _player_id(file: SourceFile) -> int:
    name = file.path.stem
    if re.fullmatch(r"\d{1,10}", name, re.ASCII) is None:
        raise SourceError(
            f"{file.label} has the shots of a player, but its name is not his id.",
            "Name it by the player's NBA id, such as 2544.json.",
        )
    return int(name)


def _shot(shot: Any) -> Record:
    if not isinstance(shot, list) or len(shot) != 3:
        raise RowError("the shot is not [x, y, made]")
    x, y, made = shot if all(type(value) is int for value in shot) else _figures(shot)
    if abs(x) > SIDELINE_X or not BASELINE_Y <= y <= FAR_BASELINE_Y:
        raise RowError("the place of the shot is not on the court")
    if made not in (0, 1):
        raise RowError("made is not 1 or 0")
    return {"x": float(x), "y": float(y), **_place(x, y), "is_made": made == 1}


def _figures(shot: Sequence[Any]) -> tuple[float, float, int]:
    row = dict(zip(("x", "y", "made"), shot, strict=True))
    return number(row, "x"), number(row, "y"), whole(row, "made")


@lru_cache(maxsize=100_000)
def _place(x: float, y: float) -> Record:
    """What follows from the place alone: many shots are from the same."""
    return {"distance_ft": distance_ft(x, y), "zone": zone(x, y), "shot_value": shot_value(x, y)}
