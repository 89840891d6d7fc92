"""Rows of an open query as Python values, cut at its limits while they stream."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, Protocol

from nba_mcp_synthesis.facts import Row
from nba_mcp_synthesis.warehouse.limits import Limits

_CHUNK = 500
# The most signs of a value of these types, however it is written out.
_WIDTHS = {
    "BOOLEAN": 5,
    "TINYINT": 4,
    "SMALLINT": 6,
    "INTEGER": 11,
    "BIGINT": 20,
    "FLOAT": 24,
    "DOUBLE": 24,
    "DATE": 32,
    "TIMESTAMP": 32,
}
Chunk = Sequence[Row]


class Rows(Protocol):
    """What rows are fetched from: a cursor of any engine."""

    def fetchmany(self, size: int = ..., /) -> list[tuple[Any, ...]]:
        """The next rows; none at the end."""


def kinds_of(cursor: Any) -> list[str]:
    """The names that DuckDB gives the types of an open query's columns."""
    return [str(column[1]) for column in cursor.description or ()]


def fetch(
    rows_left: Rows, bounds: Limits, skip: int, kinds: Sequence[str] = ()
) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    """At most the rows and bytes of `bounds`, `skip` rows left out, and a notice where a limit cut them.

    `kinds` are the names that DuckDB gives the types of the columns; with them values are not looked at one
    by one while there is room for the largest that they could be.

    Raises:
        LimitExceeded: one row alone has more bytes than there may be.
    """
    taken = _Taken(bounds, kinds)
    while chunk := rows_left.fetchmany(_CHUNK):
        wanted, skip = chunk[skip:], max(0, skip - len(chunk))
        room = bounds.rows - len(taken.rows)
        if not taken.all_of(wanted[:room]):
            return tuple(taken.rows), (bounds.cut_by_bytes(len(taken.rows)),)
        if len(wanted) > room:
            return tuple(taken.rows), (bounds.cut_by_rows(),)
    return tuple(taken.rows), ()


class _Taken:
    """Rows within a limit of bytes. The limit is exact; that they are far from it is told by less."""

    def __init__(self, bounds: Limits, kinds: Sequence[str]) -> None:
        self.rows: list[Row] = []
        self._bounds, self._most_of = bounds, _most(kinds)
        self._most = 0  # bytes of all rows, or more
        self._counted = self._size = 0  # so many rows have been counted, and have so many bytes

    def all_of(self, chunk: Chunk) -> bool:
        """Takes the rows; False where only the first of them had room."""
        most = self._most_of(chunk)
        if self._most + most > self._bounds.bytes:
            self._count()
            if self._most + most > self._bounds.bytes:
                return self._one_by_one(chunk)
        self._most += most
        self.rows += chunk
        return True

    def _one_by_one(self, chunk: Chunk) -> bool:
        for row in chunk:
            self._size += _size(row)
            if self._size > self._bounds.bytes and not self.rows:
                raise self._bounds.row_too_large()
            if self._size > self._bounds.bytes:
                return False
            self.rows.append(row)
        self._counted, self._most = len(self.rows), self._size
        return True

    def _count(self) -> None:
        self._size += sum(map(_size, self.rows[self._counted :]))
        self._counted, self._most = len(self.rows), self._size


def _size(row: Row) -> int:
    return sum(len(str(value)) for value in row)


def _most(kinds: Sequence[str]) -> Callable[[Chunk], int]:
    """What gives the bytes that rows of such columns have, or more."""
    if not kinds:
        return lambda chunk: sum(map(_size, chunk))
    fixed = sum(_WIDTHS.get(kind, 0) for kind in kinds)
    texts = [itemgetter(place) for place, kind in enumerate(kinds) if kind == "VARCHAR"]
    others = [
        itemgetter(place) for place, kind in enumerate(kinds) if kind != "VARCHAR" and kind not in _WIDTHS
    ]
    fixed += len("None") * len(texts)

    def most(chunk: Chunk) -> int:
        written = sum(len(str(value)) for get in others for value in map(get, chunk))
        return (
            fixed * len(chunk) + written + sum(sum(map(len, filter(None, map(get, chunk)))) for get in texts)
        )

    return most
