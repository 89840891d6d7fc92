"""How much of each fact is loaded, by season and season type."""

import threading
from dataclasses import dataclass

from sqlglot import exp

from nba_mcp_synthesis.basketball.stats.facts import DIALECT, Fact, query_text
from nba_mcp_synthesis.basketball.stats.rows import rows_of
from nba_mcp_synthesis.warehouse.engine import Warehouse
from nba_mcp_synthesis.warehouse.status import coverage

Season = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Filled:
    """Rows of a fact in a season, and how many of them have a value."""

    rows: int
    filled: int


class Coverage:
    """What one state of a warehouse covers; what was once counted is kept. Safe to use from threads."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self.snapshot = warehouse.state().snapshot
        self._simulated = warehouse.state().simulated
        self._map = {(r["table_name"], r["season"], r["season_type"]): r for r in coverage(warehouse)}
        self._counted: dict[tuple[str, str], dict[Season, Filled]] = {}
        self._wholes: dict[str, dict[Season, float]] = {}
        self._players: dict[str, dict[Season, frozenset[int]]] = {}
        self._lock = threading.Lock()

    def seasons(self, season_type: str) -> list[str]:
        """Seasons of which anything is loaded, oldest first."""
        return sorted({season for _, season, its_type in self._map if its_type == season_type})

    def complete(self, fact: Fact, season: Season) -> float | None:
        """The fraction of a fact's season that is loaded; None where the whole is not known.

        The simulated league is whole, whatever its size.
        """
        part = self._whole(fact).get(season, 0.0) if fact.whole else 1.0
        if self._simulated:
            return part
        found = self._map.get((fact.covered, *season))
        if found is None:
            return self._whole(fact).get(season) if fact.whole else None
        if found["complete"] is None:
            return None
        return part * min(1.0, float(found["complete"]))

    def told(self, fact: Fact, season: Season) -> str:
        """How much of a fact's season is loaded, in words."""
        found = self._map.get((fact.covered, *season))
        if fact.whole or found is None or not found["want"]:
            share = self.complete(fact, season)
            return "an unknown part" if share is None else f"{share:.0%}"
        return f"{found['have']:,} of {found['want']:,} {found['counted_in']}"

    def filled(self, fact: Fact, expressions: tuple[str, ...]) -> list[dict[Season, Filled]]:
        """For each expression over the rows of a fact, how many rows of each season have a value."""
        if fact.filled:
            loaded = {(s, kind): Filled(1, 1) for table, s, kind in self._map if table == fact.covered}
            return [loaded for _ in expressions]
        with self._lock:
            missing = [text for text in expressions if (fact.name, text) not in self._counted]
            if missing:
                self._count(fact, missing)
            return [self._counted[fact.name, text] for text in expressions]

    def players(self, fact: Fact, season: Season) -> frozenset[int]:
        """Ids of the players who have a row of a fact in a season."""
        with self._lock:
            if fact.name not in self._players:
                query = rows_of(fact, []).select(
                    "f.season", "f.season_type", "LIST(f.player_id)", dialect=DIALECT
                )
                query = query.group_by(exp.Literal.number(1), exp.Literal.number(2))
                found = self._warehouse.read(query.sql(dialect=DIALECT)).rows
                self._players[fact.name] = {(row[0], row[1]): frozenset(row[2]) for row in found}
            return self._players[fact.name].get(season, frozenset())

    def _whole(self, fact: Fact) -> dict[Season, float]:
        with self._lock:
            if fact.whole not in self._wholes:
                rows = self._warehouse.read(query_text(fact.whole)).rows
                self._wholes[fact.whole] = {(row[0], row[1]): float(row[2]) for row in rows}
            return self._wholes[fact.whole]

    def _count(self, fact: Fact, expressions: list[str]) -> None:
        counts = [f"COUNT({text})" for text in expressions]
        query = (
            rows_of(fact, expressions)
            .select("f.season", "f.season_type", "COUNT(*)", *counts, dialect=DIALECT)
            .group_by(exp.Literal.number(1), exp.Literal.number(2))
        )
        found = self._warehouse.read(query.sql(dialect=DIALECT)).rows
        for n, text in enumerate(expressions):
            self._counted[fact.name, text] = {(r[0], r[1]): Filled(r[2], r[3 + n]) for r in found}
