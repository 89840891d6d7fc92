"""Rows to Parquet and back: the same rows give the same bytes."""

import hashlib
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from nba_mcp_synthesis.errors import SourceError

# Groups of rows are what readers skip by; files are what they fetch.
_GROUP_ROWS, _FILE_ROWS = 131_072, 2_000_000
_ZSTD_LEVEL = 3


def pieces(rows: pa.Table) -> Iterator[bytes]:
    """The files of one partition; an empty partition has one, so that its columns are told."""
    for start in range(0, max(1, rows.num_rows), _FILE_ROWS):
        sink = pa.BufferOutputStream()
        pq.write_table(
            rows.slice(start, _FILE_ROWS),
            sink,
            compression="zstd",
            compression_level=_ZSTD_LEVEL,
            row_group_size=_GROUP_ROWS,
        )
        yield sink.getvalue().to_pybytes()


def rows_of(content: bytes) -> int:
    """Rows of a file, by its footer."""
    return int(pq.read_metadata(pa.BufferReader(content)).num_rows)


def read(content: bytes, sha256: str, rows: int, name: str) -> pa.Table:
    """The rows of a file.

    Raises:
        SourceError: it is not the file that was published.
    """
    if hashlib.sha256(content).hexdigest() != sha256:
        raise SourceError(f"{name} is not as it was published: its checksum differs.", _AGAIN)
    try:
        found = pq.read_table(pa.BufferReader(content))
    except pa.ArrowException as error:
        raise SourceError(f"{name} cannot be read as Parquet.", _AGAIN) from error
    if found.num_rows != rows:
        raise SourceError(f"{name} has {found.num_rows:,} rows where {rows:,} were published.", _AGAIN)
    return found


_AGAIN = "Publish again from a warehouse that is sound."
