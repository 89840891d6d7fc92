"""From the journal to the database. Ends in the same rows however often it is begun anew."""

from collections.abc import Iterable, Iterator

from nba_mcp_synthesis.state.database import Refused, StateDatabase
from nba_mcp_synthesis.state.journal import Journal
from nba_mcp_synthesis.telemetry.logs import get_logger

# What one transaction holds at the most.
_ENTRIES, _BYTES = 200, 4_000_000


def drain(journal: Journal, database: StateDatabase) -> int:
    """Moves what waits to the database; gives how many entries there were.

    Raises Unavailable where the database is away: what is not in it yet stays in the journal. A file goes
    when all of it is in the database; whoever dies between the two leaves a file whose rows are there.
    """
    count = 0
    for segment in journal.segments():
        for batch in _batches(segment.lines()):
            store(batch, journal, database)
            count += len(batch)
        segment.remove()
    return count


def store(batch: list[bytes], journal: Journal, database: StateDatabase) -> None:
    """Stores entries together, or where one of them cannot be stored each by itself."""
    try:
        database.store(batch)
    except Refused as refusal:
        if len(batch) > 1:
            for line in batch:
                store([line], journal, database)
            return
        journal.set_aside(batch[0])
        get_logger().error("state", refused=str(refusal), kept_in=f"{journal.folder.name}/refused.lines")


def _batches(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    size = 0
    for line in lines:
        if batch and (len(batch) == _ENTRIES or size + len(line) > _BYTES):
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += len(line)
    if batch:
        yield batch
