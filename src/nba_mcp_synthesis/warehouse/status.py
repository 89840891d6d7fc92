"""What is loaded, how complete, how fresh and how sound it is: the coverage map and the open findings."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from weakref import WeakKeyDictionary

from nba_mcp_synthesis.facts import Result, Row
from nba_mcp_synthesis.schema.expected import expected_games
from nba_mcp_synthesis.warehouse.engine import Warehouse

MOST_FINDINGS = 20
Record = dict[str, Any]


@dataclass(frozen=True)
class DataStatus:
    """`coverage` has a row a season, season type and table; `findings` are checks that do not hold.

    In `coverage`, `complete` is the fraction of the whole that is there, counted in `counted_in`; None
    where the whole is not known.
    """

    path: str
    snapshot: str
    data_as_of: str | None
    simulated: bool
    coverage: tuple[Record, ...]
    checks: tuple[Record, ...]
    findings: tuple[Record, ...]
    more_findings: int
    files: dict[str, int]


def data_status(warehouse: Warehouse) -> DataStatus:
    """The status of the warehouse as it is now."""
    state = warehouse.state()
    findings = _records(
        warehouse,
        "SELECT check_name, season, season_type, subject, detail FROM quality_results "
        "WHERE NOT passed ORDER BY check_name, season, season_type, subject, detail",
    )
    return DataStatus(
        path=warehouse.place,
        snapshot=state.snapshot,
        data_as_of=state.data_as_of,
        simulated=state.simulated,
        coverage=coverage(warehouse),
        checks=_records(
            warehouse,
            "SELECT check_name, season, season_type, bool_and(passed) AS passed, "
            "sum(checked)::BIGINT AS checked FROM quality_results GROUP BY check_name, season, season_type "
            "ORDER BY check_name, season, season_type, passed, checked",
        ),
        findings=findings[:MOST_FINDINGS],
        more_findings=max(0, len(findings) - MOST_FINDINGS),
        files=dict(warehouse.read("SELECT status, count(*) FROM load_history GROUP BY 1 ORDER BY 1").rows),
    )


def newest_load(warehouse: Warehouse) -> dt.datetime | None:
    """When data were last loaded (UTC); None where no load has succeeded."""
    sql = "SELECT max(loaded_at) FROM load_history WHERE status IN ('loaded', 'replaced')"
    ((at,),) = warehouse.read(sql).rows
    if at is None:
        return None
    found = at if isinstance(at, dt.datetime) else dt.datetime.fromisoformat(str(at))
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


_maps: WeakKeyDictionary[Warehouse, tuple[str, tuple[Record, ...]]] = WeakKeyDictionary()


def coverage(warehouse: Warehouse) -> tuple[Record, ...]:
    """The coverage map; see DataStatus. It is counted once for each state of the warehouse."""
    snapshot = warehouse.state().snapshot
    known = _maps.get(warehouse)
    if known is None or known[0] != snapshot:
        result = warehouse.counted(coverage_query(lambda sql: warehouse.read(sql).rows))
        known = _maps[warehouse] = (snapshot, tuple(map(_with_share, _records_of(result))))
    return known[1]


def coverage_query(rows_of: Callable[[str], Iterable[Row]]) -> str:
    """The query that counts the coverage map; `rows_of` runs one that tells which seasons there are."""
    seasons = rows_of("SELECT DISTINCT season, season_type FROM games ORDER BY season, season_type")
    known = [(s, k, n) for s, k in seasons if (n := expected_games(s, k)) is not None]
    listed = ", ".join(f"('{s}', '{k}', {n})" for s, k, n in known) or "('', '', 0)"
    expected = f"WITH expected(season, season_type, games) AS (VALUES {listed}), "
    return _sql().replace("WITH ", expected, 1)


@cache
def _sql() -> str:
    text = files("nba_mcp_synthesis.warehouse").joinpath("coverage.sql").read_text("utf-8")
    return "\n".join(line for line in text.splitlines() if not line.startswith("--"))


def _with_share(record: Record) -> Record:
    have, want = record["have"], record["want"]
    return {**record, "complete": round(have / want, 4) if have is not None and want else None}


def _records(warehouse: Warehouse, sql: str) -> tuple[Record, ...]:
    return _records_of(warehouse.read(sql))


def _records_of(result: Result) -> tuple[Record, ...]:
    return tuple(dict(zip(result.columns, row, strict=True)) for row in result.rows)
