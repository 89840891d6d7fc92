"""What the gate costs a statement: judged for the first time, and known from before.

Statements are {"id", "sql"} lines of the file that is given, with the tables that they read after it, or a
few of our own. Medians and maxima in microseconds; the reference is one round trip to the engine.
"""

import contextlib
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import duckdb

from nba_mcp_synthesis.errors import QueryRefused
from nba_mcp_synthesis.warehouse.guard import Gate

OWN = (
    "SELECT 1",
    "SELECT season, count(*) FROM games WHERE season_type = 'Playoffs' GROUP BY season ORDER BY season",
    """WITH t AS (SELECT player_id, sum(pts) AS pts FROM player_game_stats GROUP BY 1)
    SELECT p.full_name, t.pts FROM t JOIN players p USING (player_id) ORDER BY t.pts DESC LIMIT 10""",
)


def main() -> None:
    """Prints the table."""
    statements = read(Path(sys.argv[1])) if len(sys.argv) > 1 else OWN
    gate = Gate(frozenset(sys.argv[2:]) or None)
    engine = duckdb.connect(config={"threads": 1})

    def judge(sql: str) -> None:
        with contextlib.suppress(QueryRefused):
            gate.check(sql)

    print(f"{len(statements)} statements; microseconds a statement, median and greatest")
    for name, work in {
        "SELECT 1 on the engine": lambda _: engine.execute("SELECT 1").fetchall(),
        "gate, first time": judge,
        "gate, known": judge,
    }.items():
        taken = measured(work, statements)
        print(f"{name:24} {statistics.median(taken):8.1f} {max(taken):8.1f}")


def read(path: Path) -> tuple[str, ...]:
    """The statements of a file of {"id", "sql"} lines."""
    return tuple(json.loads(line)["sql"] for line in path.read_text("utf-8").split("\n") if line)


def measured(work: Callable[[str], object], statements: Iterable[str]) -> list[float]:
    """Microseconds of each statement."""
    taken = []
    for sql in statements:
        started = time.perf_counter()
        work(sql)
        taken.append((time.perf_counter() - started) * 1e6)
    return taken


if __name__ == "__main__":
    main()
