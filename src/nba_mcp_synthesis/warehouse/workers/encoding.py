"""Rows as JSON text, cut at the limits of their query while they stream.

The text is what `shapes.json_value` makes of each value. Columns whose Python values the encoder writes in
the same way go to it as they are; only the others are converted value by value.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from pydantic_core import to_json

from nba_mcp_synthesis.shapes import MAX_SAFE_INTEGER, json_value

Rows = list[tuple[Any, ...]]

# A first small chunk finds out how large rows are before many of them are held.
_FIRST_CHUNK, _CHUNK, _CHUNK_BYTES = 64, 1_024, 1_000_000
_AS_THEY_ARE = frozenset(
    {"VARCHAR", "BOOLEAN", "DATE", "FLOAT", "DOUBLE", "TINYINT", "SMALLINT", "INTEGER"}
    | {"UTINYINT", "USMALLINT", "UINTEGER"}
)
_MAYBE_LONG = frozenset({"BIGINT", "UBIGINT", "HUGEINT", "UHUGEINT"})


class Described(Protocol):
    """Rows to fetch, and of each column its name and the type that the engine gives it."""

    @property
    def description(self) -> Sequence[Any] | None:
        """A column a name and a type, in this order."""

    def fetchmany(self, size: int = ..., /) -> Rows:
        """The next rows; none at the end."""


class RowTooLargeError(Exception):
    """One row alone has more bytes than the limit."""


class Encoded(NamedTuple):
    """Rows as a JSON array of arrays; `cut` names the limit that ended them, or is empty."""

    text: bytes
    rows: int
    cut: str


def encode(cursor: Described, rows: int, size: int, skip: int, first: int = _FIRST_CHUNK) -> Encoded:
    """At most `rows` rows and `size` bytes of the cursor's result, its first `skip` rows left out.

    Of these, `first` are fetched at first, before anything is known of their size.
    """
    kinds = [str(column[1]) for column in cursor.description or ()]
    pieces: list[bytes] = []
    count = used = 0
    chunk_rows = first
    while chunk := cursor.fetchmany(chunk_rows):
        wanted, skip = chunk[skip:], max(0, skip - len(chunk))
        room = rows - count
        piece = _array(wanted[:room], kinds)
        if used + len(piece) > size:
            fitting = _fitting(wanted[:room], kinds, size - used)
            if not count and not fitting:
                raise RowTooLargeError
            return _joined([*pieces, *fitting], count + len(fitting), "bytes")
        if piece:
            pieces.append(piece)
        used += len(piece)
        count += len(wanted[:room])
        if len(wanted) > room:
            return _joined(pieces, count, "rows")
        chunk_rows = _next_chunk(len(chunk), len(piece))
    return _joined(pieces, count, "")


def _joined(pieces: list[bytes], count: int, cut: str) -> Encoded:
    return Encoded(b"[" + b",".join(pieces) + b"]", count, cut)


def _next_chunk(rows: int, size: int) -> int:
    return max(1, min(_CHUNK, _CHUNK_BYTES * rows // max(size, 1)))


def _fitting(rows: Rows, kinds: Sequence[str], room: int) -> list[bytes]:
    """The first rows that have room, one by one."""
    found = []
    for row in rows:
        piece = _array([row], kinds)
        room -= len(piece) + 1
        if room < 0:
            break
        found.append(piece)
    return found


def _array(rows: Rows, kinds: Sequence[str]) -> bytes:
    """The rows as JSON, without the brackets around them all."""
    odd = [
        place
        for place, kind in enumerate(kinds)
        if kind not in _AS_THEY_ARE and not (kind in _MAYBE_LONG and _all_short(rows, place))
    ]
    shown = [_converted(row, odd) for row in rows] if odd else rows
    return to_json(shown, inf_nan_mode="null")[1:-1]


def _converted(row: tuple[Any, ...], odd: Sequence[int]) -> list[Any]:
    values = list(row)
    for place in odd:
        values[place] = json_value(values[place])
    return values


def _all_short(rows: Rows, place: int) -> bool:
    """True where every integer of a column is one that JSON readers can hold."""
    values = [row[place] for row in rows if row[place] is not None]
    return not values or (min(values) > -MAX_SAFE_INTEGER and max(values) < MAX_SAFE_INTEGER)
