"""The semantic layer: time to compile each measure, and to evaluate it over twelve demo seasons.

Every measure is asked of all players or teams over all seasons. Its time stands beside that of its SQL run
by DuckDB alone; ratios are what can be compared between machines. The name of a demo warehouse that is
already there may be given; otherwise one is made first, which takes minutes.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from nba_mcp_synthesis.basketball.catalogue import measures
from nba_mcp_synthesis.basketball.names import Names
from nba_mcp_synthesis.basketball.stats.compiler import to_sql
from nba_mcp_synthesis.basketball.stats.plan import plan
from nba_mcp_synthesis.basketball.stats.query import StatQuery
from nba_mcp_synthesis.basketball.stats.request import StatRequest
from nba_mcp_synthesis.basketball.stats.stats import Stats
from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.sources.demo.league import simulate
from nba_mcp_synthesis.warehouse.cautions import Cautions
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.limits import Limits
from nba_mcp_synthesis.warehouse.loading import load_demo

RUNS = 3
SEASONS = 12
SLOW = 1_000.0  # ms
COMPILE_AIM, EVALUATE_AIM = 5.0, 200.0  # ms
SHOWN = 15


@dataclass(frozen=True)
class Timed:
    """Milliseconds of a measure: to compile, to evaluate, and for DuckDB alone to run the SQL."""

    name: str
    compiled: float
    evaluated: float
    alone: float


def median(work: Callable[[], object]) -> float:
    """Median milliseconds of several runs, or of the first where that is slow enough to be sure of."""
    found: list[float] = []
    while len(found) < RUNS and sum(found) < SLOW:
        started = time.perf_counter()
        work()
        found.append(1_000 * (time.perf_counter() - started))
    return statistics.median(found)


def timed(stats: Stats, alone: duckdb.DuckDBPyConnection) -> list[Timed]:
    """All measures that the demo league has, for players and for teams."""
    found, lacking = [], []
    for name, known in measures().items():
        for entity in known.formulas:
            request = StatRequest((name,), (entity,), season="all", qualifier=False)
            try:
                query = stats.ask(request).query
            except UsageError:
                lacking.append(f"{name} ({entity})")
                continue
            found.append(one(stats, query, alone))
    print(f"not in the demo league: {', '.join(lacking) or 'none'}")
    return found


def one(stats: Stats, query: StatQuery, alone: duckdb.DuckDBPyConnection) -> Timed:
    """One measure; coverage has been counted before, as in a server that runs."""
    coverage = stats.coverage()
    sql = to_sql(plan(query, coverage))
    return Timed(
        f"{query.measures[0]} ({query.entity})",
        median(lambda: to_sql(plan(query, coverage))),
        median(lambda: stats.run(query)),
        median(lambda: alone.execute(sql).fetchall()),
    )


def table(found: list[Timed]) -> None:
    """The medians, the slowest measures, and how many miss the aims."""
    compiled, evaluated = ([getattr(t, of) for t in found] for of in ("compiled", "evaluated"))
    ratios = [t.evaluated / t.alone for t in found]
    print(f"{len(found)} measures of players and teams over {SEASONS} seasons, medians of {RUNS} runs")
    for what, values, aim in (("compile", compiled, COMPILE_AIM), ("evaluate", evaluated, EVALUATE_AIM)):
        over = sum(value > aim for value in values)
        print(
            f"{what:9} median {statistics.median(values):6.1f} ms, most {max(values):6.1f} ms, "
            f"{over} over {aim:.0f} ms"
        )
    print(f"evaluate / the same SQL alone: median {statistics.median(ratios):.2f} x\n")
    print(f"{'slowest':36} {'compile':>8} {'evaluate':>9} {'alone':>8} {'ratio':>6}")
    for t in sorted(found, key=lambda t: -t.evaluated)[:SHOWN]:
        ratio = t.evaluated / t.alone
        print(f"{t.name:36} {t.compiled:8.1f} {t.evaluated:9.1f} {t.alone:8.1f} {ratio:6.2f}")


def measure_all(path: Path) -> None:
    """Prints the table of a warehouse."""
    warehouse = DuckDBWarehouse(path, Limits(seconds=60))
    names = Names.of(warehouse)
    with duckdb.connect(str(path), read_only=True) as alone:
        table(timed(Stats(warehouse, lambda: names, Cautions(warehouse)), alone))
    warehouse.close()


def main() -> None:
    """Measures the warehouse that is named, or a new one."""
    if len(sys.argv) > 1:
        measure_all(Path(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "demo.duckdb"
        load_demo(path, ((f"season {n}", r) for n, r in enumerate(simulate(SEASONS, 1, processes=2))))
        measure_all(path)


if __name__ == "__main__":
    main()
