"""Which scope each tool and each route wants. A tool that is not listed here cannot be served."""

from nba_mcp_synthesis.errors import NotAllowed
from nba_mcp_synthesis.facts import Caller

READ, ASK, SQL, LAKE, ADMIN = "nba:read", "nba:ask", "nba:sql", "nba:lake", "nba:admin"
SCOPES = frozenset({READ, ASK, SQL, LAKE, ADMIN})

# Tools by name; a route of /v1 that does the same goes by the name of the tool.
OF_TOOL = {
    "ask": ASK,
    "answers": ASK,
    "find": READ,
    "describe": READ,
    "query_stats": READ,
    "compare": READ,
    "box_score": READ,
    "data_status": READ,
    "query_sql": SQL,
}


def allow(caller: Caller, tool: str) -> None:
    """Raises NotAllowed unless the caller has the scope of the tool; nba:admin has all."""
    scope = OF_TOOL.get(tool)
    if scope is None:
        return  # there is no such tool, as the protocol will say
    if scope not in caller.scopes and ADMIN not in caller.scopes:
        raise NotAllowed(
            f"{tool} wants the scope {scope}, which {caller.name} does not have.",
            "Ask whoever runs this server for a key with that scope.",
            scope=scope,
        )
