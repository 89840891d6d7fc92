"""All field goal attempts of one player in a season: `[x, y, made]` in tenths of a foot."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import Any

from nba_mcp_synthesis.errors import SourceError
from nba_mcp_synthesis.schema.court import distance_ft, shot_value, zone
from nba_mcp_synthesis.schema.seasons import SeasonType
from nba_mcp_synthesis.sources.base import Reading, SourceFile
from nba_mcp_synthesis.sources.rows import batch_of
from nba_mcp_synthesis.sources.season import season_of
from nba_mcp_synthesis.sources.values import RowError, number, whole

# Key in the file, letter in the ids of shots, season type.
PARTS: tuple[tuple[str, str, SeasonType], ...] = (
    ("rs", "R", "Regular Season"),
    ("po", "P", "Playoffs"),
)
SIDELINE_X = 250  # tenths of a foot from the rim, as all of these
BASELINE_Y = -52.5
FAR_BASELINE_Y = 887.5
_COLUMNS = (
    "shot_id", "season", "season_type", "player_id", "x", "y", "distance_ft", "zone", "shot_value", "is_made",
)  # fmt: skip
_Numbered = tuple[int, float, float, int]  # place in the list, x, y, made


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
        columns = dict(zip(_COLUMNS, map(list, zip(*shots, strict=True)), strict=True)) if shots else {}
        batches = (batch_of("shots", columns),) if shots else ()
        return Reading(self.name, batches, read, rejected)


def _shots(file: SourceFile, rejected: Counter[str]) -> Iterator[tuple[object, ...]]:
    season, player_id = season_of(file), _player_id(file)
    for key, letter, season_type in PARTS:
        part, start = file.json.get(key, []), f"{season}-{letter}-{player_id}-"
        for place, x, y, made in _plain(part) if _are_plain(part) else _one_by_one(part, rejected):
            follows = _follows(x, y)
            yield f"{start}{place}", season, season_type, player_id, float(x), float(y), *follows, made == 1


def _player_id(file: SourceFile) -> int:
    name = file.path.stem
    if re.fullmatch(r"\d{1,10}", name, re.ASCII) is None:
        raise SourceError(
            f"{file.label} has the shots of a player, but its name is not his id.",
            "Name it by the player's NBA id, such as 2544.json.",
        )
    return int(name)


def _are_plain(part: list[Any]) -> bool:
    """True where all shots are sound and of whole numbers, as nearly always: told without a look at each."""
    if set(map(type, part)) != {list} or set(map(len, part)) != {3}:
        return False
    if set(map(type, chain.from_iterable(part))) != {int}:
        return False
    xs, ys, made = zip(*part, strict=True)
    on_court = _on_court(min(xs), min(ys)) and _on_court(max(xs), max(ys))
    return on_court and set(made) <= {0, 1}


def _plain(part: list[Any]) -> Iterator[_Numbered]:
    return ((place, x, y, made) for place, (x, y, made) in enumerate(part, start=1))


def _one_by_one(part: list[Any], rejected: Counter[str]) -> Iterator[_Numbered]:
    """The shots that can be used, under their places in the list."""
    for place, shot in enumerate(part, start=1):
        try:
            yield place, *_shot(shot)
        except RowError as error:
            rejected[str(error)] += 1


def _shot(shot: Any) -> tuple[float, float, int]:
    if not isinstance(shot, list) or len(shot) != 3:
        raise RowError("the shot is not [x, y, made]")
    row = dict(zip(("x", "y", "made"), shot, strict=True))
    x, y, made = number(row, "x"), number(row, "y"), whole(row, "made")
    if not _on_court(x, y):
        raise RowError("the place of the shot is not on the court")
    if made not in (0, 1):
        raise RowError("made is not 1 or 0")
    return x, y, made


def _on_court(x: float, y: float) -> bool:
    return abs(x) <= SIDELINE_X and BASELINE_Y <= y <= FAR_BASELINE_Y


@lru_cache(maxsize=100_000)
def _follows(x: float, y: float) -> tuple[float, str, int]:
    """What follows from the place alone: many shots are from the same."""
    return distance_ft(x, y), zone(x, y), shot_value(x, y)
