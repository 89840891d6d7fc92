"""Lists of players of stats.nba.com: who they are, as far as each of them knows."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from operator import itemgetter

from nba_mcp_synthesis.sources.base import Reading, SourceFile
from nba_mcp_synthesis.sources.player_profiles import draft, inches
from nba_mcp_synthesis.sources.rows import batch
from nba_mcp_synthesis.sources.stats_api import holds, rows_of, tables
from nba_mcp_synthesis.sources.values import Record, Row, RowError, count, day, optional, text

_GETTERS = {"birth_date": day, "height_in": inches, "weight_lb": count, "from_year": count}


@dataclass(frozen=True)
class PlayerList:
    """One list, as in player_lists.toml: the columns of the id, of the name's parts and of the rest."""

    name: str
    endpoints: Sequence[str]
    result_set: str
    id: str
    full_name: Sequence[str]
    columns: Mapping[str, str]
    draft: bool = False

    def recognises(self, file: SourceFile) -> bool:
        """By the recorded request, or by the name of the result set."""
        return holds(file, self.endpoints, (self.result_set,))

    def read(self, file: SourceFile) -> Reading:
        """Rows of `players`."""
        required = (self.id, *self.full_name, *self.columns.values())
        rows = rows_of(file, tables(file, self.endpoints, self.result_set), required)
        players = rows.each(self._player, itemgetter("player_id"), "player")
        return rows.reading(self.name, batch("players", players))

    def _player(self, row: Row) -> Record:
        names = (optional(text, row, name) for name in self.full_name)
        full_name = " ".join(name for name in names if name)
        if not full_name:
            raise RowError("the player has no name")
        return {
            "player_id": count(row, self.id),
            "full_name": full_name,
            **{
                ours: optional(_GETTERS.get(ours, text), row, theirs) for ours, theirs in self.columns.items()
            },
            **(draft(row) if self.draft else {}),
        }


def _all() -> tuple[PlayerList, ...]:
    text_ = files("nba_mcp_synthesis.sources").joinpath("player_lists.toml").read_text("utf-8")
    return tuple(PlayerList(name=name, **spec) for name, spec in tomllib.loads(text_).items())


PLAYER_LISTS = _all()
