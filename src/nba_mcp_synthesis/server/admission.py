"""The one gate before every piece of work, by whichever door it comes: may this caller do this, now?

Tools over MCP, their short way and the routes of /v1 all pass here, so that a call is allowed, limited,
counted, logged and written to the audit log in one way.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.server.access.caller import current_caller
from nba_mcp_synthesis.server.access.scopes import OF_TOOL, allow
from nba_mcp_synthesis.server.limiting.active import ActiveCallers
from nba_mcp_synthesis.server.limiting.turns import Turn, unlimited
from nba_mcp_synthesis.server.observing import Note, Observation, noted_nowhere, observed
from nba_mcp_synthesis.telemetry.logs import get_logger
from nba_mcp_synthesis.telemetry.metrics import Metrics


class Admission:
    """Lets calls in when it is their `turn`; `note` hears of each call when it has ended or was refused."""

    def __init__(self, metrics: Metrics, turn: Turn = unlimited, note: Note = noted_nowhere) -> None:
        self._metrics, self._turn, self._note = metrics, turn, note
        self._active = ActiveCallers()
        metrics.active_users.set_function(self._active.count)

    @contextlib.asynccontextmanager
    async def call(self, tool: str) -> AsyncIterator[Observation]:
        """Holds a place for one call of a tool, which happens inside; its outcome is "ok" or an error's code.

        Raises:
            NotAllowed: the caller lacks the tool's scope.
            RateLimited: the caller has used up what is his for now.
            Overloaded: so much waits that this would wait too long.
            NbaMcpError: whatever the call inside raises.
        """
        caller = current_caller()
        if self._active.saw(caller.name):
            get_logger().info("access", outcome="arrived", known_by=caller.known_by)
        known = tool in OF_TOOL  # any name may be asked for, and metrics must not grow by it
        with observed(self._metrics, tool if known else "unknown", self._note) as observation:
            try:
                allow(caller, tool)
                async with self._turn(caller, tool):
                    yield observation
            except NbaMcpError as error:
                observation.outcome = error.code
                raise
            except asyncio.CancelledError:
                observation.outcome = "cancelled"  # whoever asked has left
                raise
            observation.outcome = observation.outcome or "ok"
