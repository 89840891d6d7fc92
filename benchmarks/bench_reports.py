"""A month's reports over a million rows of the audit log: time, memory, and the same figures by plain SQL.

The database is the slower of the two that there may be: a SQLite file, which has no other reader.
"""

import argparse
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from nba_mcp_synthesis.operations.reports.access import audit
from nba_mcp_synthesis.operations.reports.performance import Sources, performance
from nba_mcp_synthesis.operations.reports.period import Period
from nba_mcp_synthesis.state.database import StateDatabase
from nba_mcp_synthesis.state.engines import sqlite_engine

BEGIN, DAYS = datetime(2026, 3, 1, tzinfo=UTC), 31
MOST_SECONDS, MOST_MIB = 30.0, 400.0
TOOLS = {"query_sql": -2.0, "query_stats": -3.0, "find": -5.0, "ask": 0.5, "box_score": -4.0}


def filled(path: Path, rows: int) -> None:
    """Makes a state database with so many calls, spread over the month."""
    state = opened(path)
    state.migrate()
    state.close()
    with sqlite3.connect(path) as connection:
        connection.executemany(
            "INSERT INTO audit_log (record, at, caller, action, outcome, seconds) VALUES (?, ?, ?, ?, ?, ?)",
            calls(rows),
        )


def calls(rows: int) -> Iterator[tuple[str, str, str, str, str, float]]:
    """Their rows: five tools, 500 callers, one call in a hundred failed."""
    drawn, names = random.Random(1), list(TOOLS)  # noqa: S311 - traffic, no secret
    for n in range(rows):
        at, tool = BEGIN + timedelta(seconds=DAYS * 86_400 * n / rows), names[n % len(names)]
        outcome = "unavailable" if n % 100 == 0 else "query_refused" if n % 37 == 0 else "ok"
        seconds = round(drawn.lognormvariate(TOOLS[tool], 0.8), 4)
        yield f"{n}", f"{at:%Y-%m-%d %H:%M:%S.%f}", f"caller-{n % 500}", tool, outcome, seconds


def opened(path: Path) -> StateDatabase:
    """The database as the product opens it."""
    return StateDatabase(lambda: sqlite_engine(path))


def by_plain_sql(path: Path) -> tuple[int, int, float, float]:
    """(calls, failed, 95th percentile, seconds that it took to sort for it)."""
    with sqlite3.connect(path) as plain:
        (number,) = plain.execute("SELECT count(*) FROM audit_log").fetchone()
        (failed,) = plain.execute("SELECT count(*) FROM audit_log WHERE outcome = 'unavailable'").fetchone()
        started, rank = time.perf_counter(), -(-95 * number // 100) - 1
        ordered = "SELECT seconds FROM audit_log ORDER BY seconds LIMIT 1 OFFSET ?"
        (p95,) = plain.execute(ordered, (rank,)).fetchone()
        return number, failed, p95, time.perf_counter() - started


def reported(path: Path) -> tuple[dict[str, Any], int, float]:
    """(figures of the performance report, calls by the audit of access, seconds that both took)."""
    state, period = opened(path), Period(BEGIN, BEGIN + timedelta(days=DAYS))
    started = time.perf_counter()
    found = performance(Sources(None, lambda: state), period)
    access = audit(state, period)
    took = time.perf_counter() - started
    state.close()
    return found.data["total"], access.data["calls"], took


def main() -> None:
    """Prints a line a measure; exit code 1 where one is beyond its bound."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--fill", type=Path, help="only make the database")
    asked = parser.parse_args()
    if asked.fill:
        filled(asked.fill, asked.rows)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.db"
        # In a process of its own, so that its memory is not that of the reports.
        subprocess.run([sys.executable, __file__, "--fill", str(path), "--rows", str(asked.rows)], check=True)
        total, audited, took = reported(path)
        mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
        number, failed, p95, sorting = by_plain_sql(path)
    assert (total["calls"], total["failed"], audited) == (number, failed, number)
    assert abs(total["p95"]["value"] - p95) <= 0.005 * p95
    print(f"performance and access over {asked.rows:,} rows: {took:.1f} s (bound {MOST_SECONDS:g} s)")
    print(f"{took / sorting:.1f} times the time of one sort of them in plain SQL ({sorting:.1f} s)")
    print(f"memory of the whole process: {mib:.0f} MiB (bound {MOST_MIB:g} MiB)")
    sys.exit(took > MOST_SECONDS or mib > MOST_MIB)


if __name__ == "__main__":
    main()
