"""The one gate before every piece of work, by whichever door it comes: may this caller do this, now?

Tools over MCP, their short way and the routes of /v1 all pass here, so that a call is allowed, limited,
counted and logged in one way.
"""

import contextlib
from collections.abc import AsyncIterator

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.server.access.caller import current_caller
from nba_mcp_synthesis.server.access.scopes import OF_TOOL, allow
from nba_mcp_synthesis.server.observing import Observation, observed
from nba_mcp_synthesis.telemetry.metrics import Metrics


class Admission:
    """Lets calls in, one after the other."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    @contextlib.asynccontextmanager
    async def call(self, tool: str) -> AsyncIterator[Observation]:
        """Holds a place for one call of a tool, which happens inside; its outcome is "ok" or an error's code.

        Raises:
            NotAllowed: the caller lacks the tool's scope.
            NbaMcpError: whatever the call inside raises.
        """
        known = tool in OF_TOOL  # any name may be asked for, and metrics must not grow by it
        with observed(self._metrics, tool if known else "unknown") as observation:
            try:
                allow(current_caller(), tool)
                yield observation
            except NbaMcpError as error:
                observation.outcome = error.code
                raise
            observation.outcome = observation.outcome or "ok"
