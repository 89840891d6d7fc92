"""The MCP server, the same for every transport."""

import json
from importlib.metadata import version

from fastmcp import FastMCP
from mcp.server.caching import CacheableMethod, CacheHint, validate_cache_hints

from nba_mcp_synthesis.server import completions, prompts, resources, tools
from nba_mcp_synthesis.server.access.scopes import OF_TOOL
from nba_mcp_synthesis.server.calls import ToolCalls
from nba_mcp_synthesis.server.choosing import traveling
from nba_mcp_synthesis.server.reading import Reads
from nba_mcp_synthesis.server.tools import Services
from nba_mcp_synthesis.server.tracing import Tracing

INSTRUCTIONS = """\
NBA data with the query behind every number. Use `ask` for questions in English, `query_stats` and `compare`
for figures by dimensions (nba://primer lists them), `describe` and `query_sql` for what they cannot say.
Seasons are written 2025-26; never add up different season types. State numbers only as returned. When
`simulated` is true, say that it is an invented league.
"""
# How long results may be kept. Lists are the same for all callers, and change with the version of the server;
# what is read changes when data are loaded, and may be for its reader only.
_LISTS: tuple[CacheableMethod, ...] = (
    "server/discover",
    "tools/list",
    "prompts/list",
    "resources/list",
    "resources/templates/list",
)
_FRESH = {
    **dict.fromkeys(_LISTS, CacheHint(ttl_ms=300_000, scope="public")),
    "resources/read": CacheHint(ttl_ms=60_000, scope="private"),
}


async def build_mcp(services: Services) -> FastMCP:
    """The server with its tools; KeyError where one of them has no scope."""
    server: FastMCP = FastMCP(
        "nba-mcp-synthesis",
        instructions=INSTRUCTIONS,
        version=version("nba-mcp-synthesis"),
        middleware=[Tracing(), ToolCalls(services.admission), Reads(services.admission)],
        mask_error_details=True,
        strict_input_validation=False,
        request_state_security=traveling(),
    )
    for part in (tools, resources, prompts, completions):
        part.register(server, services)
    for tool in await server.list_tools():
        OF_TOOL[tool.name]
    await _spare_the_catalogue(server)
    server._mcp_server.cache_hints = validate_cache_hints(_FRESH)  # noqa: SLF001 - FastMCP has one for all methods
    return server


async def _spare_the_catalogue(server: FastMCP) -> None:
    """Spares each call over HTTP a listing of all tools.

    The protocol library lists the whole catalogue before each call, to look for parameters that travel
    in headers, unless it is handed a look-up of the schemas that have any (docs/decisions/0005).
    """
    schemas = {tool.name: tool.parameters for tool in await server.list_tools()}
    with_headers = {name: s for name, s in schemas.items() if "x-mcp-header" in json.dumps(s)}
    server._mcp_server.get_tool_input_schema = with_headers.get  # noqa: SLF001 - FastMCP does not pass it on
