"""Rows of an open query as Python values, cut at its limits while they stream."""

from typing import Any, Protocol

from nba_mcp_synthesis.facts import Row
from nba_mcp_synthesis.warehouse.limits import Limits

_CHUNK = 500


class Rows(Protocol):
    """What rows are fetched from: a cursor of any engine."""

    def fetchmany(self, size: int = ..., /) -> list[tuple[Any, ...]]:
        """The next rows; none at the end."""


def fetch(rows_left: Rows, bounds: Limits, skip: int) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    """At most the rows and bytes of `bounds`, `skip` rows left out, and a notice where a limit cut them.

    Raises:
        LimitExceeded: one row alone has more bytes than there may be.
    """
    rows: list[Row] = []
    size = 0
    while chunk := rows_left.fetchmany(_CHUNK):
        wanted, skip = chunk[skip:], max(0, skip - len(chunk))
        for row in wanted:
            if len(rows) == bounds.rows:
                return tuple(rows), (bounds.cut_by_rows(),)
            size += sum(len(str(value)) for value in row)
            if size > bounds.bytes and not rows:
                raise bounds.row_too_large()
            if size > bounds.bytes:
                return tuple(rows), (bounds.cut_by_bytes(len(rows)),)
            rows.append(row)
    return tuple(rows), ()
