"""Reading files in tests, through the same door as the loader."""

from collections.abc import Callable
from pathlib import Path

from nba_mcp_synthesis.sources.base import Outside, Reading
from nba_mcp_synthesis.sources.door import find_files, recognise

Load = Callable[..., Reading]


def read(path: Path, season: str | None = None) -> Reading:
    """What the format of a file makes of it."""
    file = find_files([path], season)[0]
    found = recognise(file)
    assert found is not None, f"{file.label} is of no known format"
    assert not isinstance(found, Outside), f"{file.label} is outside: {found}"
    return found.read(file)


def rows_of(reading: Reading, table: str) -> list[dict[str, object]]:
    """The rows that a reading has for a table."""
    return [row for batch in reading.batches if batch.table == table for row in batch.rows.to_pylist()]
