"""What is measured at one size, each stage in a process of its own.

`python -m benchmarks.growth_stages STAGE SEASONS` prints one JSON object; `peak_mb` is the most
memory that the process held (MiB).
"""

import json
import shutil
import statistics
import sys
import time
import tomllib
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import psutil
from benchmarks import growth_seasons

from nba_mcp_synthesis.app import App
from nba_mcp_synthesis.lake.folder import FolderStore
from nba_mcp_synthesis.lake.manifest import current
from nba_mcp_synthesis.lake.publishing import Published, publish
from nba_mcp_synthesis.settings import load_settings
from nba_mcp_synthesis.warehouse import lake_parts
from nba_mcp_synthesis.warehouse.loading import load_demo
from nba_mcp_synthesis.warehouse.restoring import restore

ROUNDS = 5
Figures = dict[str, float]
_ASKED = Path(__file__).with_name("growth_asked.toml")
_MB = 2**20
# As large as the sizes need: what a query costs is measured, not where a setting stops it.
_WIDE = {"NBA_MCP_QUERY_SECONDS": "600", "NBA_MCP_QUERY_MEMORY_MB": "8192"}


def folder_of(seasons: int) -> Path:
    """Where the warehouse and the lake of one size lie."""
    return growth_seasons.CACHE / "work" / str(seasons)


def load(seasons: int) -> Figures:
    """Loading all seasons into a new warehouse."""
    folder = folder_of(seasons)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rows = 0

    def counted() -> Any:
        nonlocal rows
        for label, reading in growth_seasons.labelled(seasons):
            rows += reading.rows_read
            yield label, reading

    seconds, _ = _timed(lambda: load_demo(folder / "demo.duckdb", counted()))
    size = (folder / "demo.duckdb").stat().st_size / _MB
    return {"rows": rows, "seconds": seconds, "file_mb": size}


def publishing(seasons: int) -> Figures:
    """Publishing everything to a new lake, publishing it again, and the size of the lake."""
    place = folder_of(seasons) / "lake"
    shutil.rmtree(place, ignore_errors=True)
    seconds, _ = _timed(lambda: _publish(seasons, place))
    again, second = _timed(lambda: _publish(seasons, place))
    assert not second.changed
    size = sum(file.stat().st_size for file in place.rglob("*") if file.is_file()) / _MB
    return {"seconds": seconds, "again_seconds": again, "lake_mb": size, "files": second.files}


def _publish(seasons: int, place: Path) -> Published:
    with closing(lake_parts.open_file(folder_of(seasons) / "demo.duckdb")) as connection:
        return publish(FolderStore(place), lake_parts.about(connection), lake_parts.parts_of(connection))


def restoring(seasons: int) -> Figures:
    """A warehouse made anew from the lake."""
    store = FolderStore(folder_of(seasons) / "lake")
    path = folder_of(seasons) / "restored.duckdb"
    seconds, _ = _timed(lambda: restore(store, current(store), path, replace=True))
    path.unlink()
    return {"seconds": seconds}


def asking(seasons: int) -> Figures:
    """The first answer of a new process, then the same questions some times over."""
    asked = tomllib.loads(_ASKED.read_text("utf-8"))
    home = folder_of(seasons)
    app = App(load_settings({**_WIDE, "NBA_MCP_HOME": str(home)}))
    found: Figures = {}
    with closing(app.warehouse), closing(app.queries):
        found["first_ms"] = 1_000 * _timed(lambda: app.ask(asked["one_season"][0]))[0]
        for name in ("one_season", "all_seasons"):
            found |= _spread(name, [partial(_answered, app, question) for question in asked[name]])
        found |= _spread("scans", [partial(app.queries.run, sql, 1_000) for sql in asked["scans"]])
        found["worker_peak_mb"] = max(map(_held, psutil.Process().children(recursive=True)))
    return found


def _answered(app: App, question: str) -> None:
    assert app.ask(question).status == "answered", question


def _spread(name: str, works: Sequence[Callable[[], Any]]) -> Figures:
    """Median and 95th percentile in milliseconds, over all of them and all rounds."""
    times = [1_000 * _timed(work)[0] for _ in range(ROUNDS) for work in works]
    return {
        f"{name}_p50_ms": statistics.median(times),
        f"{name}_p95_ms": statistics.quantiles(times, n=20)[-1],
    }


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    found = work()
    return time.perf_counter() - started, found


def _held(process: psutil.Process) -> float:
    """The most memory that a process held (MiB), as Linux has it since the program began.

    What getrusage tells begins with the memory of the process that started it.
    """
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1_024


STAGES: dict[str, Callable[[int], Figures]] = {
    "load": load,
    "ask": asking,
    "publish": publishing,
    "restore": restoring,
}


def main(stage: str, seasons: str) -> None:
    """Measures one stage at one size."""
    found = STAGES[stage](int(seasons))
    found["peak_mb"] = _held(psutil.Process())
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
