"""Answers that were given: looked up, served to others, and asked of the data of today."""

import base64
import binascii
import json
import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from nba_mcp_synthesis.errors import NoSuchAnswer, UsageError
from nba_mcp_synthesis.facts import Result
from nba_mcp_synthesis.signing import Signing
from nba_mcp_synthesis.warehouse.engine import Warehouse
from nba_mcp_synthesis.warehouse.untrusted import UntrustedQueries

if TYPE_CHECKING:
    from nba_mcp_synthesis.state.database import StateDatabase
    from nba_mcp_synthesis.synthesis.replay import Replay

# An answer that was given a moment ago may still be on its way to the database.
_LOOKS, _LOOK_SECONDS = 5, 0.2
# What was said to models, and who asked, is for whoever may read the ledger.
_PRIVATE = frozenset({"requests", "caller", "request_id"})
_PRIVATE_IN_LISTS = frozenset({"caller", "request_id", "record"})


class Records:
    """The ledger, read. Its parts are made when they are first needed."""

    def __init__(
        self,
        state: "Callable[[], StateDatabase]",
        warehouse: Warehouse,
        queries: Callable[[], UntrustedQueries],
        signing: Signing | None = None,
    ) -> None:
        self._state, self._warehouse, self._queries = state, warehouse, queries
        self._signing = signing or Signing("cursor")

    def answer(self, answer_id: str, caller: str | None = None) -> dict[str, Any]:
        """An answer with everything that is kept of it; NoSuchAnswer where none is recorded."""
        found = self._state().answer(answer_id, caller)
        if found is None:
            raise NoSuchAnswer(
                f"No answer {answer_id!r} is recorded.", "`nba-mcp answers list` has the newest."
            )
        return found

    def soon(self, answer_id: str, caller: str | None = None) -> dict[str, Any]:
        """The same for those who have just been given it, without what is not for everybody.

        With `caller`, answers that others were given are none.
        """
        for _ in range(_LOOKS):
            if self._state().answer(answer_id, caller):
                break
            time.sleep(_LOOK_SECONDS)
        found = self.answer(answer_id, caller)
        return {name: value for name, value in found.items() if name not in _PRIVATE}

    def newest(
        self, limit: int, cursor: str | None = None, caller: str | None = None
    ) -> tuple[list[dict[str, Any]], str | None]:
        """(the newest answers in brief, the cursor of the next page); `caller` leaves out those of others.

        Raises:
            UsageError: the cursor is none that was given here.
        """
        found = self._state().newest_answers(limit + 1, self._place(cursor) if cursor else None, caller)
        following = self._signing.sign(_cursor(found[limit - 1])) if len(found) > limit else None
        brief = [
            {n: value for n, value in row.items() if n not in _PRIVATE_IN_LISTS} for row in found[:limit]
        ]
        return brief, following

    def replay(self, answer_id: str) -> "Replay":
        """The queries of an answer, run again; NoSuchAnswer where none is recorded."""
        from nba_mcp_synthesis.synthesis.replay import replay  # noqa: PLC0415 - most processes replay nothing

        return replay(self.answer(answer_id), self._run, self._warehouse.state().snapshot)

    def _place(self, cursor: str) -> tuple[datetime, str]:
        """The moment and the record that a page ended with."""
        try:
            moment, record = json.loads(
                base64.b64decode(self._signing.read(cursor), altchars=b"-_", validate=True)
            )
            return datetime.fromisoformat(moment), str(record)
        except (binascii.Error, ValueError, TypeError, RecursionError) as error:
            raise UsageError(
                "The cursor is not one that this server gave.", "Ask for the first page."
            ) from error

    def _run(self, sql: str, *, is_ours: bool) -> Result:
        if is_ours:
            return self._warehouse.query(sql)
        queries = self._queries()
        return queries.run(sql, queries.limits.rows).result


def _cursor(row: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps([row["asked_at"], row["record"]]).encode()).decode()
