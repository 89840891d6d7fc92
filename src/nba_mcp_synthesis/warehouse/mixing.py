"""A warning for queries over tables that hold several seasons or season types and that name neither."""

import re

from nba_mcp_synthesis.schema.tables import tables
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.layout import RECORDS, VIEWS

_WORD = re.compile(r"\w+")
_KINDS = {
    "season": "{} seasons",
    "season_type": "{} season types",
    "team_id": "rows for each team beside rows for all teams (team_id empty)",
}


class Mixing:
    """Knows, for each state of a warehouse, which tables hold more than one season or season type."""

    def __init__(self, warehouse: DuckDBWarehouse) -> None:
        self._warehouse = warehouse
        self._counts: tuple[str, dict[str, dict[str, int]]] = ("", {})

    def notes(self, sql: str) -> tuple[str, ...]:
        """A sentence a table of which the query may add up what does not belong together."""
        words = set(_WORD.findall(sql.lower()))
        touched = [t for t in self._tables() if t in words]
        if not touched:
            return ()
        counts = self._current_counts()
        return tuple(
            f"{table} holds {_KINDS[column].format(count)} and this query does not name {column}: "
            "make sure that they are not added up by accident."
            for table in touched
            for column, count in counts[table].items()
            if count > 1 and column not in words
        )

    @staticmethod
    def _tables() -> list[str]:
        named = [t.name for t in tables().values() if t.has_season and t.name not in RECORDS]
        return [*named, *VIEWS]

    def _current_counts(self) -> dict[str, dict[str, int]]:
        snapshot = self._warehouse.state().snapshot
        if self._counts[0] != snapshot:
            self._counts = (snapshot, self._count())
        return self._counts[1]

    def _count(self) -> dict[str, dict[str, int]]:
        sql = " UNION ALL ".join(
            f"SELECT '{t}', count(DISTINCT season), count(DISTINCT season_type) FROM {t}"
            for t in self._tables()
        )
        counts = {table: {"season": s, "season_type": k} for table, s, k in self._warehouse.read(sql).rows}
        totals = self._warehouse.read("SELECT count(DISTINCT team_id IS NULL) FROM player_season_stats")
        counts["player_season_stats"]["team_id"] = totals.rows[0][0]
        return counts
