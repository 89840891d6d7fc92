"""Fixtures that bring files through the door: hand-written ones, and the real season once."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pytest

from nba_mcp_synthesis.sources.base import Reading, SourceFile
from nba_mcp_synthesis.sources.door import find_files, recognise

Load = Callable[..., Reading]
Tables = Mapping[tuple[str, str], pa.Table]


def read(file: SourceFile) -> Reading:
    """What the format of a file makes of it."""
    found = recognise(file)
    assert found is not None, f"{file.label} is of no known format"
    return found.read(file)


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Writes a file and reads it: `load(name, content, season)`."""

    def _load(name: str, content: str, season: str | None = "2025-26") -> Reading:
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return read(find_files([path], season)[0])

    return _load


@pytest.fixture(scope="session")
def season_readings(real_data: Path) -> list[Reading]:
    """Every file of the real season that is of a known format."""
    files = find_files([real_data / "season_2025_26"])
    return [found.read(file) for file in files if (found := recognise(file)) is not None]


@pytest.fixture(scope="session")
def season_tables(season_readings: list[Reading]) -> Tables:
    """The rows of the real season by source and canonical table."""
    parts: dict[tuple[str, str], list[pa.Table]] = defaultdict(list)
    for reading in season_readings:
        for batch in reading.batches:
            parts[reading.source, batch.table].append(batch.rows)
    return {name: pa.concat_tables(tables) for name, tables in parts.items()}


def rows_of(reading: Reading, table: str) -> list[dict[str, object]]:
    """The rows that a reading has for a table."""
    return [row for batch in reading.batches if batch.table == table for row in batch.rows.to_pylist()]
