"""One statement of a caller, as the query of a cursor: nothing but a query can stand there."""

from typing import TYPE_CHECKING, Any

from nba_mcp_synthesis.warehouse.postgres.session import Session

if TYPE_CHECKING:
    from psycopg import Column

_DECLARE = b"DECLARE asked NO SCROLL CURSOR FOR "


class Asked:
    """The rows of a statement, fetched in pieces; the cursor ends with its transaction."""

    def __init__(self, session: Session, sql: str, skip: int, first: int) -> None:
        self._cursor = session.cursor()
        # asking for binary form has the library use the extended protocol, which takes one statement only
        self._cursor.execute(_DECLARE + sql.encode(), binary=True)
        if skip:
            self._cursor.execute(f"MOVE FORWARD {skip:d} IN asked".encode())
        self._at_end = False
        self._ahead: list[tuple[Any, ...]] | None = self._fetched(first)
        self.columns: list[Column] = list(self._cursor.description or ())

    def fetchmany(self, size: int = 1) -> list[tuple[Any, ...]]:
        """The next rows, at first as many as were asked for in the beginning; none at the end."""
        if self._ahead is not None:
            rows, self._ahead = self._ahead, None
            return rows
        return [] if self._at_end else self._fetched(size)

    def _fetched(self, size: int) -> list[tuple[Any, ...]]:
        rows = self._cursor.execute(f"FETCH FORWARD {size:d} FROM asked".encode()).fetchall()
        self._at_end = len(rows) < size
        return rows
