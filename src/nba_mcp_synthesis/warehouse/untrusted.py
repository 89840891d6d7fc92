"""Queries whose SQL comes from outside: through the gate, in pages, with a warning where seasons mix."""

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass, replace

from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.facts import Result
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.guard import Gate
from nba_mcp_synthesis.warehouse.mixing import Mixing


@dataclass(frozen=True)
class Page:
    """One page of a result; `next_cursor` fetches the next one, None on the last."""

    result: Result
    next_cursor: str | None


class UntrustedQueries:
    """Runs SQL from outside on a warehouse."""

    def __init__(self, warehouse: DuckDBWarehouse) -> None:
        self._warehouse = warehouse
        self._gate = Gate()
        self._mixing = Mixing(warehouse)

    def run(self, sql: str, limit: int, cursor: str | None = None) -> Page:
        """The next `limit` rows of the query.

        Pages follow one another without gap or overlap: the order of a query without ORDER BY is the
        same each time on one state of the data, and a cursor is only good for the state it came from.

        Raises:
            QueryRefused, QueryFailed, LimitExceeded, Busy, NoWarehouse: as the gate and the engine say.
            UsageError: the cursor is of another query or of a state that has been replaced.
        """
        checked = self._gate.check(sql)
        bounds = self._warehouse.limits
        limit = min(limit, bounds.rows)
        skip = self._skip(checked, cursor)
        result = self._warehouse.query(checked, replace(bounds, rows=limit), skip)
        notes = result.notes + self._mixing.notes(checked)
        following = self._cursor(checked, skip + len(result.rows)) if result.truncated else None
        return Page(replace(result, notes=notes), following)

    def _cursor(self, sql: str, skip: int) -> str:
        told = {"q": _digest(sql), "s": self._warehouse.state().snapshot, "n": skip}
        return base64.urlsafe_b64encode(json.dumps(told).encode()).decode()

    def _skip(self, sql: str, cursor: str | None) -> int:
        if cursor is None:
            return 0
        try:
            told = json.loads(base64.b64decode(cursor, altchars=b"-_", validate=True))
            query, snapshot, skip = told["q"], told["s"], int(told["n"])
        except (binascii.Error, ValueError, KeyError, TypeError) as error:
            raise UsageError(
                "The cursor is not one that this server gave.", "Ask for the first page."
            ) from error
        if query != _digest(sql) or skip < 0:
            raise UsageError("The cursor belongs to another query.", "Send the same SQL with it.")
        if snapshot != self._warehouse.state().snapshot:
            raise UsageError("New data were loaded since that page.", "Ask for the first page again.")
        return skip


def _digest(sql: str) -> str:
    return hashlib.sha256(sql.encode("utf-8", "surrogatepass")).hexdigest()[:16]
