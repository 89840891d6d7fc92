"""Publishing beside plain pyarrow that writes the same rows; a scan beside plain DuckDB on the same files.

The name of a demo warehouse that is already there may be given; otherwise a season is simulated.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from nba_mcp_synthesis.lake.folder import FolderStore
from nba_mcp_synthesis.lake.manifest import current
from nba_mcp_synthesis.lake.publishing import publish
from nba_mcp_synthesis.sources.demo.league import simulate_season
from nba_mcp_synthesis.warehouse import lake_parts
from nba_mcp_synthesis.warehouse.lake_engine import Engine
from nba_mcp_synthesis.warehouse.lake_scanning import Scan, scan
from nba_mcp_synthesis.warehouse.limits import Limits
from nba_mcp_synthesis.warehouse.loading import load_demo
from nba_mcp_synthesis.warehouse.restoring import restore

RUNS = 5


def publishing(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """The product's way."""
    publish(FolderStore(folder), lake_parts.about(connection), lake_parts.parts_of(connection))


def plain(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """The same rows in the same order and compression, without checksums and manifest."""
    for n, part in enumerate(lake_parts.parts_of(connection)):
        place = folder / part.folder
        place.mkdir(parents=True, exist_ok=True)
        pq.write_table(part.rows, place / f"{n}.parquet", compression="zstd", compression_level=3)


def scanning(store: FolderStore) -> None:
    """All shots of one kind, by the product's scan and by the engine alone, in turn."""
    manifest, engine = current(store), Engine(store.place, 512)
    files = [engine.place(file.key) for file in manifest.of("tables", "shots")]
    columns, limits = ("player_id", "game_id", "x", "y"), Limits(rows=100_000, bytes=10**9)

    def ours() -> None:
        scan(engine, manifest, Scan("shots", columns, ("is_made=true",), 100_000), limits)

    def theirs() -> None:
        with duckdb.connect(config={"threads": 2}) as connection:
            query = f"SELECT {', '.join(columns)} FROM read_parquet(?) WHERE is_made LIMIT 100000"
            connection.execute(query, [files]).fetchall()

    times = [(timed(ours), timed(theirs)) for _ in range(RUNS)]
    mine, plain_seconds = (statistics.median(side) for side in zip(*times, strict=True))
    print(f"{'a scan by plain DuckDB':34} {plain_seconds:5.2f} s (1.00 x)")
    print(f"{'a scan by lake_read':34} {mine:5.2f} s ({mine / plain_seconds:4.2f} x)")


def timed(work: Callable[[], object]) -> float:
    """Seconds of one run."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    """Prints the medians of runs in turn, and their ratio."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        warehouse = Path(sys.argv[1]) if len(sys.argv) > 1 else folder / "demo.duckdb"
        if len(sys.argv) < 2:
            load_demo(warehouse, [("season", simulate_season(seed=1))])
        ours: list[float] = []
        theirs: list[float] = []
        again: list[float] = []
        with closing(lake_parts.open_file(warehouse)) as connection:
            for run in range(RUNS):
                theirs.append(timed(partial(plain, connection, folder / f"plain{run}")))
                ours.append(timed(partial(publishing, connection, folder / f"ours{run}")))
                again.append(timed(partial(publishing, connection, folder / f"ours{run}")))
        base = statistics.median(theirs)
        print(f"plain pyarrow writes the tables in {base:5.2f} s (1.00 x)")
        for what, times in (("publishing", ours), ("publishing what is there", again)):
            seconds = statistics.median(times)
            print(f"{what:34} {seconds:5.2f} s ({seconds / base:4.2f} x)")
        store = FolderStore(folder / "ours0")
        scanning(store)
        seconds = timed(lambda: restore(store, current(store), folder / "restored.duckdb"))
        print(f"{'restoring a warehouse':34} {seconds:5.2f} s ({seconds / base:4.2f} x)")


if __name__ == "__main__":
    main()
