"""The season that a folder is about, for the files in it that do not say it themselves."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from nba_mcp_synthesis.schema import seasons

_SEASON_IN_NAME = re.compile(r"(?<!\d)(\d{4})[-_](\d{2})(?!\d)", re.ASCII)


class FolderSeasons:
    """Seasons of folders at or below `top`; each folder's files are looked at once."""

    def __init__(self, top: Path) -> None:
        self._top = top
        self._seen: dict[Path, set[str]] = {}

    def of(self, folder: Path) -> str | None:
        """The season of the game ids in the nearest folder that has any, or else that of a name.

        None when nothing tells it, and when the ids are of several seasons.
        """
        way_up = [folder, *(p for p in folder.parents if p.is_relative_to(self._top))]
        for place in way_up:
            found = self._seasons_of_games(place)
            if found:
                return found.pop() if len(found) == 1 else None
        named = (_season_in(place.absolute().name) for place in way_up)
        return next((season for season in named if season), None)

    def _seasons_of_games(self, folder: Path) -> set[str]:
        if folder not in self._seen:
            ids = {i for path in folder.glob("*.[cC][sS][vV]") for i in _game_ids(path)}
            self._seen[folder] = {s for i in ids if (s := _season_of(i)) is not None}
        return set(self._seen[folder])


def _game_ids(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.reader(lines)
            names = next(rows, [])
            if "GAME_ID" in names:
                place = names.index("GAME_ID")
                yield from (row[place] for row in rows if len(row) > place)
    except (OSError, UnicodeDecodeError, csv.Error):
        return  # what is wrong with the file is said when the file itself is read


def _season_of(game_id: str) -> str | None:
    try:
        return seasons.season_of_game(game_id)[0]
    except ValueError:  # the row is refused when the file itself is read
        return None


def _season_in(name: str) -> str | None:
    """The season in which a name ends, unless the name holds several."""
    found = [f"{match[1]}-{match[2]}" for match in _SEASON_IN_NAME.finditer(name)]
    if len(found) != 1 or not name.endswith(found[0][-2:]):
        return None
    try:
        seasons.season_start(found[0])
    except ValueError:  # a year and a month, such as 2025-10
        return None
    return found[0]
