"""Who the players are: birth, body, position, school and draft."""

import re
from operator import itemgetter

from nba_mcp_synthesis.sources.base import Reading, SourceFile
from nba_mcp_synthesis.sources.rows import batch, csv_rows
from nba_mcp_synthesis.sources.values import Record, Row, RowError, count, day, optional, text

COLUMNS = (
    "PLAYER_ID", "PLAYER_NAME", "BIRTHDATE", "HEIGHT", "WEIGHT", "POSITION", "JERSEY", "COUNTRY",
    "SCHOOL", "FROM_YEAR", "DRAFT_YEAR", "DRAFT_ROUND", "DRAFT_NUMBER",
)  # fmt: skip
_HEIGHT = re.compile(r"(\d)-(\d|1[01])", re.ASCII)


class PlayerProfiles:
    """`player_profiles.csv`."""

    name = "player_profiles"

    def recognises(self, file: SourceFile) -> bool:
        """By the columns of birth and height."""
        return {"PLAYER_ID", "BIRTHDATE", "HEIGHT"} <= set(file.csv_columns)

    def read(self, file: SourceFile) -> Reading:
        """Rows of `players`."""
        rows = csv_rows(file, COLUMNS)
        players = rows.each(_player, itemgetter("player_id"), "player")
        return rows.reading(self.name, batch("players", players))


def _player(row: Row) -> Record:
    return {
        "player_id": count(row, "PLAYER_ID"),
        "full_name": text(row, "PLAYER_NAME"),
        "birth_date": optional(day, row, "BIRTHDATE"),
        "height_in": optional(inches, row, "HEIGHT"),
        "weight_lb": optional(count, row, "WEIGHT"),
        **{name: optional(text, row, name.upper()) for name in ("position", "jersey", "country", "school")},
        "from_year": optional(count, row, "FROM_YEAR"),
        **draft(row),
    }


def inches(row: Row, name: str) -> int:
    """Height in inches, from feet and inches such as 6-9."""
    match = _HEIGHT.fullmatch(text(row, name))
    if match is None:
        raise RowError(f"{name} is not feet and inches such as 6-9")
    return 12 * int(match[1]) + int(match[2])


def draft(row: Row) -> Record:
    """The pick that chose him; a year alone only says when he could have been chosen."""
    names = ("draft_year", "draft_round", "draft_number")
    # The words Undrafted and the like mean the same as nothing.
    values = [optional(count, row, name.upper()) if _is_given(row, name.upper()) else None for name in names]
    return dict(zip(names, values if values[-1] else (None, None, None), strict=True))


def _is_given(row: Row, name: str) -> bool:
    return str(row.get(name)).strip().casefold() != "undrafted"
