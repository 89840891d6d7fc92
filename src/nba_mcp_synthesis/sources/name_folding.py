"""Players' names of sources without ids, told by the lists of players beside them."""

import re
import tomllib
import unicodedata
from collections import defaultdict
from functools import cache
from importlib.resources import files
from pathlib import Path

from nba_mcp_synthesis.sources.base import SourceFile
from nba_mcp_synthesis.sources.rows import csv_rows

# Letters that do not fall apart into a letter and an accent; one list writes a Cyrillic io in a name.
_LETTERS = str.maketrans({"\u0451": "e", "đ": "d", "Đ": "D", "ł": "l", "ø": "o", "\u0131": "i"})
_SUFFIXES = ("jr", "sr", "ii", "iii", "iv", "v")
_LISTS = ("player_profiles.csv", "player_totals.csv")


def folded(name: str) -> str:
    """A name without accents, points, capitals and suffixes: `luka doncic` for Luka Dončić."""
    apart = unicodedata.normalize("NFKD", name.translate(_LETTERS))
    plain = "".join(c for c in apart if not unicodedata.combining(c)).casefold()
    words = re.sub(r"[^a-z0-9 ]", "", plain.replace("-", " ")).split()
    while len(words) > 1 and words[-1] in _SUFFIXES:
        words.pop()
    return " ".join(words)


def players_beside(file: SourceFile) -> dict[str, set[int]]:
    """Ids by folded name of the players in the lists of the file's folder; empty when it has none."""
    found: dict[str, set[int]] = defaultdict(set)
    for path in (file.path.with_name(name) for name in _LISTS):
        if path.is_file():
            for name, player_id in _listed(path):
                found[folded(name)].add(player_id)
    return found


def ids_of(name: str, players: dict[str, set[int]]) -> set[int]:
    """The ids of the players who may be meant by a name in another site's spelling."""
    return players.get(folded(_spellings().get(name, name)), set())


@cache
def _spellings() -> dict[str, str]:
    text = files("nba_mcp_synthesis.sources").joinpath("spellings.toml").read_text("utf-8")
    return tomllib.loads(text)


def _listed(path: Path) -> list[tuple[str, int]]:
    rows = csv_rows(SourceFile(path, path.name), ("PLAYER_ID", "PLAYER_NAME")).rows
    ids = [(str(row["PLAYER_NAME"]), str(row["PLAYER_ID"])) for row in rows]
    return [(name, int(player_id)) for name, player_id in ids if player_id.isdecimal()]
