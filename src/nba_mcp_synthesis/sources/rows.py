"""Rows under their column names, from a CSV file or a result set, and the tables made of them."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence

from nba_mcp_synthesis.errors import SourceError
from nba_mcp_synthesis.schema.arrow import to_arrow
from nba_mcp_synthesis.sources.base import Batch, Reading, SourceFile
from nba_mcp_synthesis.sources.overrides import corrected, has_overrides
from nba_mcp_synthesis.sources.values import Record, Row, RowError, T


class Rows:
    """The rows of one file, and how many were left out so far, by reason."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.read = 0
        self.rejected: Counter[str] = Counter()

    def extend(self, names: Sequence[str], lines: Iterable[Sequence[object]]) -> None:
        """Take the lines that have one value for each name."""
        for line in lines:
            self.read += 1
            if len(line) == len(names):
                self.rows.append(dict(zip(names, line, strict=True)))
            else:
                self.rejected["the row has not one value for each column"] += 1

    def add(self, other: "Rows") -> None:
        """Count those of another table of the same file too."""
        self.read += other.read
        self.rejected += other.rejected

    def refuse(self, reason: str) -> None:
        """Leave all rows out for one reason."""
        self.rejected[reason] += len(self.rows)
        self.rows = []

    def each(self, make: Callable[[Row], T], key: Callable[[T], Hashable], what: str) -> list[T]:
        """What `make` makes of each row, without the rows that it refuses or whose key came before.

        `what` says in words what the key identifies.
        """
        found: dict[Hashable, T] = {}
        for row in self.rows:
            try:
                made = make(row)
            except RowError as error:
                self.rejected[str(error)] += 1
                continue
            earlier = found.setdefault(key(made), made)
            if earlier is not made:
                repeated = (
                    "the same row twice" if earlier == made else f"an earlier row is about the same {what}"
                )
                self.rejected[repeated] += 1
        return list(found.values())

    def reading(self, source: str, *batches: Batch) -> Reading:
        """What the file gave, as a source hands it over."""
        return Reading(source, tuple(b for b in batches if b.rows.num_rows), self.read, self.rejected)


def csv_rows(file: SourceFile, required: Iterable[str]) -> Rows:
    """Rows of a CSV file.

    Raises:
        SourceError: a required column is missing or named twice, or the file is not valid CSV.
    """
    check_columns(file, file.csv_columns, required)
    rows = Rows()
    lines = csv.reader(io.StringIO(file.text, newline=""))
    try:
        names, *whole = [line for line in lines if line]
    except csv.Error as error:
        raise SourceError(f"{file.label} is not valid CSV: {error}.") from error
    if whole and not file.text.endswith(("\n", "\r")):
        # The last value may be a part of a number, which would be read as another number.
        whole.pop()
        rows.read += 1
        rows.rejected["the file ends in the middle of this line"] += 1
    rows.extend(names, whole)
    return rows


def check_columns(file: SourceFile, names: Sequence[str], required: Iterable[str]) -> None:
    """SourceError unless each required column is there once."""
    unusable = [name for name in required if names.count(name) != 1]
    if unusable:
        raise SourceError(
            f"{file.label} lacks these columns, or has them twice: {', '.join(unusable)}.",
            "Fetch or export it again with all of its columns.",
        )


def batch(table: str, records: Sequence[Record]) -> Batch:
    """Rows for a canonical table, with known-bad values mended; every record has the same columns."""
    names = records[0] if records else ()
    records = corrected(table, records)
    return Batch(table, to_arrow(table, {name: [r[name] for r in records] for name in names}))


def batch_of(table: str, columns: dict[str, list[object]]) -> Batch:
    """The same from columns, which takes a fraction of the time where rows are many."""
    if has_overrides(table):
        return batch(
            table, [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        )
    return Batch(table, to_arrow(table, columns))
