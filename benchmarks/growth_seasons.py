"""Simulated seasons, kept as Arrow files so that each is played once for all sizes.

    .cache/growth/seasons/DIGEST/2025-26/000-games.arrow …

DIGEST names the code of the demo league: another league is never mixed with this one.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
from pyarrow import feather

import nba_mcp_synthesis
from nba_mcp_synthesis.schema.seasons import season_from_start, season_start
from nba_mcp_synthesis.sources.base import Batch, Reading
from nba_mcp_synthesis.sources.demo.league import LAST_SEASON, SOURCE, simulate_season

CACHE = Path(__file__).resolve().parents[1] / ".cache" / "growth"
SEED = 1


def labelled(seasons: int) -> Iterator[tuple[str, Reading]]:
    """The seasons up to the last one, oldest first, as `load_demo` takes them; they have to be kept."""
    for back in reversed(range(seasons)):
        yield f"simulated season {name_of(back)}", _read(_folder(back))


def keep(seasons: int, on_season: Callable[[int], None] = lambda _: None) -> None:
    """Plays those of the last seasons that are not kept yet."""
    for back in range(seasons):
        if not _folder(back).is_dir():
            _write(_folder(back), simulate_season(SEED, back, processes=os.cpu_count() or 1))
        on_season(back + 1)


def name_of(back: int) -> str:
    """A season so many years before the last one."""
    return season_from_start(season_start(LAST_SEASON) - back)


def _write(folder: Path, reading: Reading) -> None:
    draft = folder.with_name(f"{folder.name}.{os.getpid()}")
    draft.mkdir(parents=True)
    for n, batch in enumerate(reading.batches):
        feather.write_feather(batch.rows, draft / f"{n:03}-{batch.table}.arrow", compression="zstd")
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)


def _read(folder: Path) -> Reading:
    files = sorted(folder.iterdir())
    batches = tuple(Batch(file.stem[4:], _rows(file)) for file in files)
    return Reading(SOURCE, batches, sum(batch.rows.num_rows for batch in batches), simulated=True)


def _rows(file: Path) -> pa.Table:
    return feather.read_table(file, memory_map=False)


def _folder(back: int) -> Path:
    return CACHE / "seasons" / _digest() / name_of(back)


def _digest() -> str:
    package = Path(nba_mcp_synthesis.__file__).parent
    code = (path for room in ("schema", "sources/demo") for path in (package / room).rglob("*"))
    parts = [path.read_bytes() for path in sorted(code) if path.suffix in {".py", ".toml"}]
    return hashlib.sha256(b"".join(parts)).hexdigest()[:12]
