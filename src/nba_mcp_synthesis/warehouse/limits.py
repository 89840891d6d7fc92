"""The bounds of one query, and the sentences that tell of them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Most rows and bytes that a query returns, and its seconds. Rows and bytes cut, seconds stop."""

    rows: int = 10_000
    bytes: int = 4_000_000
    seconds: float = 10.0

    def cut_by_rows(self) -> str:
        """Notice for a result that was cut at the row limit."""
        return (
            f"Only the first {self.rows:,} rows are here. Raise the limit, fetch the next page where "
            "results come in pages, or aggregate."
        )

    def cut_by_bytes(self, rows: int) -> str:
        """Notice for a result that was cut at the byte limit."""
        return (
            f"Only the first {rows:,} rows are here: the limit of {self.bytes:,} bytes was reached. "
            "Name fewer columns, aggregate, or fetch the next page."
        )
