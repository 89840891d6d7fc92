"""The counts of a box score under the NBA's column names, and what must hold among them."""

import re
from collections.abc import Iterable, Mapping

from nba_mcp_synthesis.sources.base import SourceFile
from nba_mcp_synthesis.sources.rows import csv_rows
from nba_mcp_synthesis.sources.values import RowError

BOX = (
    "fgm", "fga", "fg3m", "fg3a", "ftm", "fta", "oreb", "dreb", "reb",
    "ast", "stl", "blk", "tov", "pf", "pts",
)  # fmt: skip
NBA_BOX = tuple(name.upper() for name in BOX)
_FRACTION = re.compile(r"[+-]?\d*\.\d*[1-9]\d*", re.ASCII)


def check_box(counts: Mapping[str, int | None]) -> None:
    """RowError when points or rebounds are not the sum of their parts, or more went in than was tried."""
    if _differ(counts["pts"], counts["fgm"], counts["fgm"], counts["fg3m"], counts["ftm"]):
        raise RowError("points are not those of the field goals and free throws made")
    if _differ(counts["reb"], counts["oreb"], counts["dreb"]):
        raise RowError("rebounds are not offensive and defensive rebounds together")
    for made, tried in (("fgm", "fga"), ("fg3m", "fg3a"), ("ftm", "fta")):
        if (counts[made] or 0) > (counts[tried] or counts[made] or 0):
            raise RowError(f"{made} is more than {tried}")


def are_averages(file: SourceFile, columns: Iterable[str]) -> bool:
    """True when most rows of a CSV file have fractions in columns that count something.

    The NBA's files of totals and of averages a game have the same columns, so that only the
    values tell them apart. Single fractions among totals are errors of their rows.
    """
    names = tuple(columns)
    rows = csv_rows(file, names).rows
    fractions = sum(any(_FRACTION.fullmatch(str(row[name])) for name in names) for row in rows)
    return 2 * fractions > len(rows)


def _differ(total: int | None, *parts: int | None) -> bool:
    known = [part for part in parts if part is not None]
    return total is not None and len(known) == len(parts) and total != sum(known)
