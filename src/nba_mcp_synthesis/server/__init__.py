"""The outside of the product: MCP tools, HTTP routes, limits of the protocol."""
