"""Statements from outside in engines over the lake, with rows as the JSON text callers get."""

from nba_mcp_synthesis.errors import LimitExceeded
from nba_mcp_synthesis.facts import Pool
from nba_mcp_synthesis.warehouse.limits import Limits
from nba_mcp_synthesis.warehouse.over_lake import OverLake
from nba_mcp_synthesis.warehouse.untrusted import Fetched
from nba_mcp_synthesis.warehouse.workers.encoding import RowTooLargeError, encode


class StreamRunner:
    """Runs what the gate let through. Safe to use from several threads."""

    def __init__(self, warehouse: OverLake) -> None:
        self._warehouse = warehouse

    def warm(self) -> None:
        """Sees to it that there is something to ask; see `engine.Warehouse.state` for the errors."""
        self._warehouse.state()

    def close(self) -> None:
        """Lets go of the warehouse."""
        self._warehouse.close()

    def pool(self) -> Pool:
        """How many of the places for queries are held."""
        return self._warehouse.pool()

    def run(self, sql: str, bounds: Limits, skip: int = 0) -> Fetched:
        """At most the rows and bytes of `bounds`, `skip` rows left out; see `Runner` for the errors."""
        with self._warehouse.opened(sql, bounds, skip) as (rows, state, scan):
            columns = tuple(column[0] for column in rows.description or ())
            try:
                found = encode(rows, bounds.rows, bounds.bytes, skip)
            except RowTooLargeError:
                raise bounds.row_too_large() from None
            except (ValueError, OverflowError, RecursionError):
                raise LimitExceeded("A value of the result cannot be shown.", "Cast it to text.") from None
        notes = {"rows": (bounds.cut_by_rows(),), "bytes": (bounds.cut_by_bytes(found.rows),)}
        return Fetched(columns, found.text, found.rows, notes.get(found.cut, ()), state, scan)
