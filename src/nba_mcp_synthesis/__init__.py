"""NBA MCP Synthesis: NBA questions answered with the query behind every number."""
