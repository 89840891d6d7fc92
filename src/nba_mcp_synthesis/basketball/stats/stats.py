"""Statistics on request: words in, rows out, with the SQL and all that was assumed."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from nba_mcp_synthesis.basketball.catalogue import measure
from nba_mcp_synthesis.basketball.names import Names
from nba_mcp_synthesis.basketball.stats import lacking, qualifying
from nba_mcp_synthesis.basketball.stats.compiler import to_sql
from nba_mcp_synthesis.basketball.stats.coverage import Coverage
from nba_mcp_synthesis.basketball.stats.plan import Plan, plan
from nba_mcp_synthesis.basketball.stats.query import StatQuery
from nba_mcp_synthesis.basketball.stats.request import StatRequest, read
from nba_mcp_synthesis.basketball.stats.seasons import with_seasons
from nba_mcp_synthesis.basketball.stats.streaks import StreakRequest, read_streaks
from nba_mcp_synthesis.basketball.stats.streaks import to_sql as streaks_sql
from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.facts import Result
from nba_mcp_synthesis.shapes import result_json
from nba_mcp_synthesis.warehouse.cautions import Cautions
from nba_mcp_synthesis.warehouse.engine import Warehouse

# Plans of queries that may soon be checked by a second way.
_MOST_REMEMBERED = 512


@dataclass(frozen=True, slots=True)
class StatResult:
    """Rows of a request: what was `assumed`, what is doubtful (`notes`) and what the measures mean."""

    query: StatQuery
    plan: Plan
    result: Result
    assumed: tuple[str, ...]
    notes: tuple[str, ...]
    definitions: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """What `stats` prints."""
        return {
            **result_json(self.result),
            "notes": list(self.notes),
            "assumed": list(self.assumed),
            "definitions": list(self.definitions),
        }


class Stats:
    """The semantic layer over one warehouse. Safe to use from several threads."""

    def __init__(self, warehouse: Warehouse, names: Callable[[], Names], cautions: Cautions) -> None:
        self._warehouse = warehouse
        self._names = names
        self._cautions = cautions
        self._lock = threading.Lock()
        self._coverage: Coverage | None = None
        self._written: OrderedDict[str, Plan] = OrderedDict()

    def ask(self, request: StatRequest) -> StatResult:
        """Answers a request.

        Raises:
            UnknownName, AmbiguousName, UsageError: the request; the message says what to write instead.
            LimitExceeded, Busy, NoWarehouse: as the warehouse says.
        """
        query, assumed = with_seasons(read(request, self._names()), request.season, self.coverage())
        if request.season_type is None:
            assumed = (*assumed, "Season type: Regular Season.")
        elif len(query.season_types) > 1 and "season_type" not in query.by:
            assumed = (*assumed, f"Season types: {' and '.join(query.season_types)} together.")
        return self.run(query, assumed, qualified=request.qualifier)

    def streaks(self, request: StreakRequest) -> StatResult:
        """The longest streaks; errors as of `ask`."""
        coverage = self.coverage()
        query = read_streaks(request, self._names())
        games, assumed = with_seasons(query.held, request.season, coverage)
        query, made = query.over(games.seasons), plan(games, coverage)
        if request.season_type is None:
            assumed = (*assumed, f"Season type: {' and '.join(games.season_types)}.")
        lacking.check(made, coverage)
        result = self._warehouse.query(streaks_sql(query, made, self._warehouse.dialect))
        notes = (
            *lacking.streak_notes(made, coverage),
            *self._cautions.quarantined(result.sql),
            *result.notes,
        )
        return StatResult(games, made, result, assumed, notes, ())

    def run(self, query: StatQuery, assumed: tuple[str, ...] = (), *, qualified: bool = True) -> StatResult:
        """Answers a query whose words are resolved; `qualified` applies the published minimums."""
        needed = qualifying.qualifier_of(query) if qualified else None
        if needed:
            least = qualifying.minimum(query, needed, self._games)
            query = replace(query, minimum=(least,))
            assumed = (*assumed, f"Ranked are players with {least.why}.")
        coverage = self.coverage()
        made = plan(query, coverage)
        lacking.check(made, coverage)
        result = self._warehouse.query(to_sql(made, self._warehouse.dialect))
        self._remember(result.sql, made)
        notes = (*lacking.notes(made, coverage), *self._cautions.quarantined(result.sql), *result.notes)
        if not result.rows:
            notes = (*notes, lacking.nothing(query))
        return StatResult(query, made, result, assumed, notes, _definitions(query))

    def second_way(self, sql: str) -> Result | None:
        """The figures of a query that `ask` wrote, from other tables than it read.

        None where no other tables have all of them, exactly: then there is no second way to check by.
        """
        first = self._written.get(sql)
        if first is None:
            return None
        try:
            made = plan(first.query, self.coverage(), frozenset(source.fact.name for source in first.sources))
        except UsageError:
            return None
        if any(source.share < 1 or source.partial or source.is_rounded for source in made.read):
            return None
        return self._warehouse.query(to_sql(made, self._warehouse.dialect))

    def coverage(self) -> Coverage:
        """What the newest state of the warehouse covers."""
        snapshot = self._warehouse.state().snapshot
        with self._lock:
            if self._coverage is None or self._coverage.snapshot != snapshot:
                self._coverage = Coverage(self._warehouse)
            return self._coverage

    def _remember(self, sql: str, made: Plan) -> None:
        with self._lock:
            self._written[sql] = made
            while len(self._written) > _MOST_REMEMBERED:
                self._written.popitem(last=False)

    def _games(self, busiest: StatQuery) -> int:
        rows = self._warehouse.read(to_sql(plan(busiest, self.coverage()))).rows
        return int(rows[0][-1]) if rows else 0


def _definitions(query: StatQuery) -> tuple[str, ...]:
    return tuple(measure(name).told for name in query.measures)
