"""Which scope each tool and each route wants. A tool that is not listed here cannot be served."""

from collections.abc import Iterable

from starlette.routing import BaseRoute, Route

from nba_mcp_synthesis.errors import NotAllowed
from nba_mcp_synthesis.facts import Caller

READ, ASK, SQL, LAKE, ADMIN = "nba:read", "nba:ask", "nba:sql", "nba:lake", "nba:admin"
SCOPES = frozenset({READ, ASK, SQL, LAKE, ADMIN})

# Tools by name; a route of /v1 that does the same goes by the name of the tool. Prompts, resources and
# completions each go by one name.
OF_TOOL = {
    "ask": ASK,
    "answers": ASK,
    "find": READ,
    "describe": READ,
    "query_stats": READ,
    "compare": READ,
    "box_score": READ,
    "data_status": READ,
    "prompt": READ,
    "resource": READ,
    "complete": READ,
    "query_sql": SQL,
    "lake_browse": LAKE,
    "lake_read": LAKE,
}

# Everybody may use these: they are for balancers, browsers and clients that come to know the server, and hold
# no data. /metrics has a token of its own.
OPEN_PATHS = frozenset(
    {"/", "/favicon.ico", "/health", "/health/live", "/health/ready", "/metrics", "/openapi.json"}
)
OPEN_FOLDERS = ("/page/", "/.well-known/oauth-protected-resource")
# The tools whose scope routes want, by the first two steps of their paths; "" wants a caller that is known.
OF_ROUTE = {
    "/mcp": "",
    "/status": "",  # its page is open, see pages.py
    "/v1/answers": "answers",
    "/v1/ask": "ask",
    "/v1/box-score": "box_score",
    "/v1/find": "find",
    "/v1/measures": "describe",
    "/v1/policy": "",
    "/v1/query": "query_sql",
    "/v1/stats": "query_stats",
    "/v1/status": "data_status",
    "/v1/tables": "describe",
}


def is_open(path: str) -> bool:
    """Whether a path asks nobody who he is."""
    return path in OPEN_PATHS or path.startswith(OPEN_FOLDERS)


def tool_of_route(path: str) -> str | None:
    """The tool whose scope a path wants, "" where any known caller will do, None for no route of ours."""
    return OF_ROUTE.get("/".join(path.split("/", 3)[:3]))


def check_routes(routes: Iterable[BaseRoute]) -> None:
    """KeyError where a route is in none of the tables: it cannot be served."""
    for route in routes:
        if isinstance(route, Route) and not is_open(route.path) and tool_of_route(route.path) is None:
            raise KeyError(route.path)


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
