"""What measures can be told by, and filtered on; read from dimensions.toml."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from nba_mcp_synthesis.basketball.nearest import nearest
from nba_mcp_synthesis.basketball.stats.facts import Fact, facts
from nba_mcp_synthesis.errors import UnknownName

ValueType = Literal["player", "team", "text", "number", "yes", "date"]
# Names of the columns that hold the ids of players and teams, and where their names are.
ID_COLUMNS = {"player": "player_id", "team": "team_id", "opponent": "opponent_team_id"}

# What changes with a trade.
OF_CLUBS = frozenset({"team", "conference", "division"})


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension; `values` lists all its values where they are few."""

    name: str
    key: str
    of: ValueType
    means: str
    values: tuple[str, ...] = ()

    def key_in(self, fact: Fact) -> str | None:
        """The expression over a row of `fact`, or None where the fact does not have it."""
        key = fact.dimensions.get(self.name, self.key)
        return key if fact.has(key) else None

    @property
    def is_of_players(self) -> bool:
        """True when only players have it."""
        return not any(self.key_in(fact) for fact in facts().values() if fact.entity == "team")

    @property
    def is_of_parts(self) -> bool:
        """True when only parts of games have it: a period, a place on the court."""
        return not any(self.key_in(fact) for fact in facts().values() if fact.grain != "part")

    @property
    def column(self) -> str:
        """What its key is called in SQL."""
        return ID_COLUMNS.get(self.name, self.name)


@cache
def dimensions() -> dict[str, Dimension]:
    """All dimensions by name."""
    raw = tomllib.loads(files(__package__).joinpath("dimensions.toml").read_text("utf-8"))
    return {
        name: Dimension(name, spec["key"], spec["of"], spec["means"], tuple(spec.get("values", ())))
        for name, spec in raw.items()
    }


def dimension(name: str) -> Dimension:
    """The dimension of that name; UnknownName with the nearest ones otherwise."""
    if name not in dimensions():
        raise UnknownName("dimension", name, nearest(name, dimensions()))
    return dimensions()[name]
