"""What is loaded, how fresh and how sound it is: the coverage map and the open findings."""

from dataclasses import dataclass
from typing import Any

from nba_mcp_synthesis.schema.tables import tables
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.layout import RECORDS

MOST_FINDINGS = 20


@dataclass(frozen=True)
class DataStatus:
    """`coverage` has a row a season, season type and table; `findings` are checks that do not hold."""

    path: str
    snapshot: str
    data_as_of: str | None
    simulated: bool
    coverage: tuple[dict[str, Any], ...]
    checks: tuple[dict[str, Any], ...]
    findings: tuple[dict[str, Any], ...]
    files: dict[str, int]


def data_status(warehouse: DuckDBWarehouse) -> DataStatus:
    """The status of the warehouse as it is now."""
    state = warehouse.state()
    return DataStatus(
        path=str(warehouse.path),
        snapshot=state.snapshot,
        data_as_of=state.data_as_of,
        simulated=state.simulated,
        coverage=_coverage(warehouse),
        checks=_rows(
            warehouse,
            "SELECT check_name, season, season_type, bool_and(passed) AS passed, "
            "sum(checked)::BIGINT AS checked FROM quality_results GROUP BY ALL ORDER BY ALL",
        ),
        findings=_rows(
            warehouse,
            "SELECT check_name, season, season_type, subject, detail FROM quality_results "
            f"WHERE NOT passed ORDER BY ALL LIMIT {MOST_FINDINGS}",
        ),
        files=dict(warehouse.read("SELECT status, count(*) FROM load_history GROUP BY 1 ORDER BY 1").rows),
    )


def _coverage(warehouse: DuckDBWarehouse) -> tuple[dict[str, Any], ...]:
    parts = [
        f"SELECT season, season_type, '{t.name}' AS table_name, count(*) AS rows, "
        f"{_games(t.column_names())} AS games, {_as_of(t.column_names())} AS data_as_of "
        f"FROM {t.name} GROUP BY ALL"
        for t in tables().values()
        if t.has_season and t.name not in RECORDS
    ]
    return _rows(warehouse, " UNION ALL ".join(parts) + " ORDER BY ALL")


def _games(columns: tuple[str, ...]) -> str:
    return "count(DISTINCT game_id)" if "game_id" in columns else "NULL"


def _as_of(columns: tuple[str, ...]) -> str:
    return "max(game_date)::VARCHAR" if "game_date" in columns else "NULL"


def _rows(warehouse: DuckDBWarehouse, sql: str) -> tuple[dict[str, Any], ...]:
    result = warehouse.read(sql)
    return tuple(dict(zip(result.columns, row, strict=True)) for row in result.rows)
