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
    when all of it is in the database; whoever dies between the two leaves a file whose rows are there. So
    does an entry that the database refuses while the disk is full, which holds up nothing behind it.
    """
    count = 0
    for segment in journal.segments():
        batches = [(len(batch), store(batch, journal, database)) for batch in _batches(segment.lines())]
        if all(kept for _, kept in batches):
            segment.remove()
            count += sum(entries for entries, _ in batches)
    return count


def store(batch: list[bytes], journal: Journal, database: StateDatabase) -> bool:
    """Stores entries together, or one by one where that fails; False where one of them found no place."""
    try:
        database.store(batch)
    except Refused as refusal:
        if len(batch) > 1:
            kept = [store([line], journal, database) for line in batch]
            return all(kept)
        return _set_aside(batch[0], refusal, journal)
    return True


def _set_aside(line: bytes, refusal: Refused, journal: Journal) -> bool:
    try:
        journal.set_aside(line)
    except OSError as error:
        get_logger().error("state", refused=str(refusal), kept_in="the journal", error=type(error).__name__)
        return False
    get_logger().error("state", refused=str(refusal), kept_in=f"{journal.folder.name}/refused.lines")
    return True


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
