"""Answers that were given: looked up, served to others, and asked of the data of today."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nba_mcp_synthesis.errors import NoSuchAnswer
from nba_mcp_synthesis.facts import Result
from nba_mcp_synthesis.warehouse.engine import Warehouse
from nba_mcp_synthesis.warehouse.untrusted import UntrustedQueries

if TYPE_CHECKING:
    from nba_mcp_synthesis.state.database import StateDatabase
    from nba_mcp_synthesis.synthesis.replay import Replay

# An answer that was given a moment ago may still be on its way to the database.
_LOOKS, _LOOK_SECONDS = 5, 0.2
# What was said to models, and who asked, is for whoever may read the ledger.
_PRIVATE = frozenset({"requests", "caller", "request_id"})


class Records:
    """The ledger, read. Its parts are made when they are first needed."""

    def __init__(
        self,
        state: "Callable[[], StateDatabase]",
        warehouse: Warehouse,
        queries: Callable[[], UntrustedQueries],
    ) -> None:
        self._state, self._warehouse, self._queries = state, warehouse, queries

    def answer(self, answer_id: str) -> dict[str, Any]:
        """An answer with everything that is kept of it; NoSuchAnswer where none is recorded."""
        found = self._state().answer(answer_id)
        if found is None:
            raise NoSuchAnswer(
                f"No answer {answer_id!r} is recorded.", "`nba-mcp answers list` has the newest."
            )
        return found

    def soon(self, answer_id: str) -> dict[str, Any]:
        """The same for those who have just been given it, without what is not for everybody."""
        for _ in range(_LOOKS):
            if self._state().answer(answer_id):
                break
            time.sleep(_LOOK_SECONDS)
        return {name: value for name, value in self.answer(answer_id).items() if name not in _PRIVATE}

    def replay(self, answer_id: str) -> "Replay":
        """The queries of an answer, run again; NoSuchAnswer where none is recorded."""
        from nba_mcp_synthesis.synthesis.replay import replay  # noqa: PLC0415 - most processes replay nothing

        return replay(self.answer(answer_id), self._run, self._warehouse.state().snapshot)

    def _run(self, sql: str, *, is_ours: bool) -> Result:
        if is_ours:
            return self._warehouse.query(sql)
        queries = self._queries()
        return queries.run(sql, queries.limits.rows).result
