"""Loading speed beside DuckDB's own readers on the same files, and how it grows with the seasons.

The real season is read from the folder that NBA_MCP_TEST_DATA names; without one only growth is measured.
Times are medians of runs in turn; ratios are what can be compared between machines.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from nba_mcp_synthesis.schema.seasons import season_from_start
from nba_mcp_synthesis.sources.base import Batch, Reading
from nba_mcp_synthesis.sources.demo.league import simulate_season
from nba_mcp_synthesis.sources.door import find_files
from nba_mcp_synthesis.warehouse.loading import load_demo, load_files

RUNS = 5
SEASONS = 12


def medians(*works: Callable[[], object]) -> list[float]:
    """Median seconds of several runs of each, in turn: what disturbs the machine disturbs all of them."""
    seconds: list[list[float]] = [[] for _ in works]
    for _ in range(RUNS):
        for work, taken in zip(works, seconds, strict=True):
            started = time.perf_counter()
            work()
            taken.append(time.perf_counter() - started)
    return [statistics.median(taken) for taken in seconds]


def raw(folder: Path, out: Path) -> None:
    """The same files by DuckDB's readers into tables of a file, as they are: no checks, no canonical form."""
    out.unlink(missing_ok=True)
    with duckdb.connect(str(out)) as connection:
        for n, path in enumerate(sorted(folder.glob("*.csv"))):
            connection.execute(f"CREATE TABLE csv{n} AS FROM read_csv('{path}', all_varchar = true)")
        connection.execute(
            f"CREATE TABLE box AS FROM read_json('{folder}/boxscores/*.json', union_by_name = true)"
        )
        connection.execute(
            f"CREATE TABLE shots AS SELECT filename, unnest(rs) FROM read_json('{folder}/shots/*.json', "
            "columns = {'rs': 'INTEGER[3][]', 'po': 'INTEGER[3][]'}, filename = true)"
        )


def beside_raw(data: Path, scratch: Path) -> None:
    """One line: our load, DuckDB's readers, and their ratio."""
    season = data / "season_2025_26"
    report = load_files(scratch / "first.duckdb", find_files([season], None))
    rows = sum(f.rows_read for f in report.files)

    def ours() -> None:
        (scratch / "ours.duckdb").unlink(missing_ok=True)
        load_files(scratch / "ours.duckdb", find_files([season], None))

    mine, theirs = medians(ours, lambda: raw(season, scratch / "raw.duckdb"))
    print(f"real season, {rows:,} rows: {mine:.2f} s ({rows / mine:,.0f} rows/s)")
    print(
        f"DuckDB's readers alone:   {theirs:.2f} s ({rows / theirs:,.0f} rows/s), ratio {mine / theirs:.1f} x"
    )


def shifted(reading: Reading, years: int) -> Reading:
    """The same season some years earlier: other ids, other label, the same rows."""
    start = 2025 - years
    names = {"season": season_from_start(start)}
    batches = tuple(Batch(b.table, _shift(b.rows, names, f"{start % 100:02d}")) for b in reading.batches)
    return replace(reading, batches=batches)


def _shift(rows: pa.Table, constants: dict[str, str], digits: str) -> pa.Table:
    for name in rows.column_names:
        place = rows.column_names.index(name)
        if name in constants:
            rows = rows.set_column(place, name, pa.repeat(pa.scalar(constants[name]), rows.num_rows))
        elif name in ("game_id", "shot_id"):
            ids = pc.utf8_replace_slice(rows[name], start=3, stop=5, replacement=digits)
            rows = rows.set_column(place, name, ids)
    return rows


def growth(scratch: Path) -> None:
    """Seconds and file size of adding one season to a warehouse that holds more and more of them."""
    reading = simulate_season(seed=1)
    path = scratch / "grown.duckdb"
    for seasons in (1, 3, 6, SEASONS):
        labelled = [(f"season {n}", shifted(reading, n)) for n in range(seasons)]
        started = time.perf_counter()
        load_demo(path, labelled)
        seconds = time.perf_counter() - started
        size = path.stat().st_size / 2**20
        rows = seasons * reading.rows_read
        print(f"{seasons:2} seasons: {seconds:6.2f} s, {rows / seconds:9,.0f} rows/s, {size:6.0f} MiB")


def main() -> None:
    """Prints both measurements."""
    with tempfile.TemporaryDirectory() as folder:
        data = os.environ.get("NBA_MCP_TEST_DATA")
        if data:
            beside_raw(Path(data) / "nba", Path(folder))
        growth(Path(folder))


if __name__ == "__main__":
    main()
