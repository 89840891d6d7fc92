"""Words that the data themselves give: countries and colleges of the players that are loaded."""

from dataclasses import dataclass
from functools import cache
from threading import Lock
from weakref import WeakKeyDictionary

from nba_mcp_synthesis.analyst.coverage import Coverage
from nba_mcp_synthesis.analyst.lexicon import Meaning, lexicon
from nba_mcp_synthesis.basketball.names import Names
from nba_mcp_synthesis.basketball.words import key
from nba_mcp_synthesis.schema.teams import teams
from nba_mcp_synthesis.warehouse.engine import Warehouse

_VALUES = """SELECT 'country' AS name, country AS value FROM players WHERE country IS NOT NULL
UNION
SELECT 'school', school FROM players WHERE school IS NOT NULL"""
_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class State:
    """What questions are read with, besides the names, for one state of a warehouse."""

    coverage: Coverage
    phrases: dict[str, Meaning]

    @classmethod
    def of(cls, warehouse: Warehouse, names: Names) -> "State":
        """The state that `names` are of; kept as long as they are."""
        with _lock:
            if names not in _states:
                _states[names] = cls._read(warehouse)
            return _states[names]

    @classmethod
    def _read(cls, warehouse: Warehouse) -> "State":
        found: dict[str, Meaning] = {}
        for name, value in warehouse.read(_VALUES).rows:
            if len(key(value)) >= _SHORTEST:
                found |= dict.fromkeys(_phrases(name, value), Meaning("where", f"{name}={value}"))
        return cls(Coverage.of(warehouse), found)


_states: WeakKeyDictionary[Names, State] = WeakKeyDictionary()
_lock = Lock()


def _phrases(name: str, value: str) -> list[str]:
    """How players of a country or college are spoken of; of a team's city only the clear ways."""
    spoken = lexicon().values[name]
    said = [key(value), *spoken["same"].get(value, [])]
    is_city = said[0] in _cities()
    forms = spoken["clear"] + ([] if is_city or "," in value else spoken["likely"])
    adjectives = spoken.get("adjectives", {}).get(value, [])
    phrases = [form.format(text) for form in forms for text in said]
    phrases += [form.format(text) for form in spoken.get("adjective", []) for text in adjectives]
    return [lexicon().alike(phrase) for phrase in phrases]


@cache
def _cities() -> frozenset[str]:
    """Cities and names of teams, which are more likely those than where players are from."""
    return frozenset(key(text) for club in teams() for text in (club.city, club.full_name))
