"""Queries whose SQL comes from outside: through the gate, in pages, with a warning where seasons mix."""

import base64
import binascii
import hashlib
import json
import re
from dataclasses import astuple, dataclass, replace

from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.facts import Result
from nba_mcp_synthesis.warehouse.cautions import Cautions
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.guard import Gate

_UNREPEATABLE = re.compile(
    r"\b(random|uuid|gen_random_uuid|uuidv4|uuidv7|sample|tablesample)\b", re.IGNORECASE
)
_NO_PAGES = "There is no next page, since the query gives other rows each time that it runs."


@dataclass(frozen=True)
class _Cursor:
    """Where a page ended: of which query, on which state, after how many rows."""

    query: str
    snapshot: str
    skip: int


@dataclass(frozen=True)
class Page:
    """One page of a result; `next_cursor` fetches the next one, None on the last."""

    result: Result
    next_cursor: str | None


class UntrustedQueries:
    """Runs SQL from outside on a warehouse."""

    def __init__(self, warehouse: DuckDBWarehouse, cautions: Cautions | None = None) -> None:
        self._warehouse = warehouse
        self._gate = Gate()
        self._cautions = cautions or Cautions(warehouse)

    def run(self, sql: str, limit: int, cursor: str | None = None) -> Page:
        """The next `limit` rows of the query.

        Pages follow one another without gap or overlap: the order of a query is the same each time on
        one state of the data, and a cursor is only good for the state it came from. A query that gives
        other rows each time it runs has no second page.

        Raises:
            QueryRefused, QueryFailed, LimitExceeded, Busy, NoWarehouse: as the gate and the engine say.
            UsageError: the cursor is of another query or of a state that has been replaced.
        """
        checked = self._gate.check(sql)
        bounds = self._warehouse.limits
        told = _read(cursor, checked) if cursor else None
        skip = told.skip if told else 0
        result = self._warehouse.query(checked, replace(bounds, rows=min(limit, bounds.rows)), skip)
        if told and told.snapshot != result.snapshot:
            raise UsageError("New data were loaded since that page.", "Ask for the first page again.")
        notes = result.notes + self._cautions.of(checked)
        if not result.truncated:
            return Page(replace(result, notes=notes), None)
        if _UNREPEATABLE.search(checked):
            return Page(replace(result, notes=(*notes, _NO_PAGES)), None)
        following = _Cursor(_digest(checked), result.snapshot, skip + len(result.rows))
        return Page(replace(result, notes=notes), _written(following))


def _written(cursor: _Cursor) -> str:
    return base64.urlsafe_b64encode(json.dumps(astuple(cursor)).encode()).decode()


def _read(text: str, sql: str) -> _Cursor:
    try:
        query, snapshot, skip = json.loads(base64.b64decode(text, altchars=b"-_", validate=True))
        cursor = _Cursor(str(query), str(snapshot), int(skip))
    except (binascii.Error, ValueError, TypeError) as error:
        raise UsageError("The cursor is not one that this server gave.", "Ask for the first page.") from error
    if cursor.query != _digest(sql) or cursor.skip < 0:
        raise UsageError("The cursor belongs to another query.", "Send the same SQL with it.")
    return cursor


def _digest(sql: str) -> str:
    return hashlib.sha256(sql.encode("utf-8", "surrogatepass")).hexdigest()[:16]
