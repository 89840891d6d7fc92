"""Fixtures that bring files through the door: hand-written ones, and the real season once."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pytest

from nba_mcp_synthesis.sources.base import Outside, Reading
from nba_mcp_synthesis.sources.door import find_files, recognise
from sources.readings import Load, read

Tables = Mapping[tuple[str, str], pa.Table]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Writes a file and reads it: `load(name, text, season)`."""

    def _load(name: str, text: str, season: str | None = "2025-26") -> Reading:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return read(path, season)

    return _load


@pytest.fixture(scope="session")
def season_folder(real_data: Path) -> Path:
    """The folder of the real season."""
    return real_data / "season_2025_26"


@pytest.fixture(scope="session")
def season_readings(season_folder: Path) -> list[Reading]:
    """Every file of the real season that is of a known format; the excerpts repeat other files."""
    files = [f for f in find_files([season_folder]) if not f.label.startswith("excerpts/")]
    known = [(file, recognise(file)) for file in files]
    return [found.read(file) for file, found in known if found and not isinstance(found, Outside)]


@pytest.fixture(scope="session")
def season_tables(season_readings: list[Reading]) -> Tables:
    """The rows of the real season by source and canonical table."""
    parts: dict[tuple[str, str], list[pa.Table]] = defaultdict(list)
    for reading in season_readings:
        for batch in reading.batches:
            parts[reading.source, batch.table].append(batch.rows)
    return {name: pa.concat_tables(tables) for name, tables in parts.items()}
