"""The caller's trace on every line of a message: that of its `_meta`, else that of the HTTP header."""

from typing import Any

from fastmcp.server.middleware import CallNext, Middleware, MiddlewareContext

from nba_mcp_synthesis.telemetry.logs import trace_context


class Tracing(Middleware):
    """Marks the events of each message."""

    async def on_message(self, context: MiddlewareContext[Any], call_next: CallNext[Any, Any]) -> Any:
        """Passes the message on."""
        request = context.fastmcp_context.request_context if context.fastmcp_context else None
        meta = (request.meta if request else None) or {}
        with trace_context(meta.get("traceparent")):
            return await call_next(context)
