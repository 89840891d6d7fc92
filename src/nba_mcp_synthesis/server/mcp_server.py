"""The MCP server, the same for every transport."""

import json
from importlib.metadata import version

from fastmcp import FastMCP

from nba_mcp_synthesis.server import resources
from nba_mcp_synthesis.server.access.scopes import OF_TOOL
from nba_mcp_synthesis.server.calls import ToolCalls
from nba_mcp_synthesis.server.tools import Services, register

INSTRUCTIONS = """\
NBA data with the query behind every number. Use `ask` for questions in English, `query_stats` and `compare`
for figures by dimensions (nba://primer lists them), `describe` and `query_sql` for what they cannot say.
Seasons are written 2025-26; never add up different season types. State numbers only as returned. When
`simulated` is true, say that it is an invented league.
"""


async def build_mcp(services: Services) -> FastMCP:
    """The server with its tools; KeyError where one of them has no scope."""
    server: FastMCP = FastMCP(
        "nba-mcp-synthesis",
        instructions=INSTRUCTIONS,
        version=version("nba-mcp-synthesis"),
        middleware=[ToolCalls(services.admission)],
        mask_error_details=True,
        strict_input_validation=False,
    )
    register(server, services)
    resources.register(server, services)
    for tool in await server.list_tools():
        OF_TOOL[tool.name]
    await _spare_the_catalogue(server)
    return server


async def _spare_the_catalogue(server: FastMCP) -> None:
    """Spares each call over HTTP a listing of all tools.

    The protocol library lists the whole catalogue before each call, to look for parameters that travel
    in headers, unless it is handed a look-up of the schemas that have any (docs/decisions/0005).
    """
    schemas = {tool.name: tool.parameters for tool in await server.list_tools()}
    with_headers = {name: s for name, s in schemas.items() if "x-mcp-header" in json.dumps(s)}
    server._mcp_server.get_tool_input_schema = with_headers.get  # noqa: SLF001 - FastMCP does not pass it on
