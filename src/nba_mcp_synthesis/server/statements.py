"""SQL from callers: run, and written to the log with its outcome, without its text, values or data."""

import hashlib
from time import perf_counter

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.server.observing import tell_call
from nba_mcp_synthesis.telemetry.logs import get_logger
from nba_mcp_synthesis.warehouse.untrusted import Page, UntrustedQueries


def run(queries: UntrustedQueries, sql: str, limit: int, cursor: str | None) -> Page:
    """The page that `queries` gives; one `query` event says how it went, and who asked is on its line."""
    started = perf_counter()
    page, outcome = None, "internal_error"
    try:
        page = queries.run(sql, limit, cursor)
        outcome = "ok"
        tell_call(rows=page.count)
    except NbaMcpError as error:
        outcome = error.code
        raise
    finally:
        get_logger().info(
            "query",
            family="security" if outcome == "query_refused" else "api",
            outcome=outcome,
            elapsed_ms=round((perf_counter() - started) * 1000, 1),
            rows=page.count if page else None,
            bytes=len(page.rows_text) if page else None,
            truncated=page.head.truncated if page else None,
            limits=[min(limit, queries.limits.rows), queries.limits.bytes, queries.limits.seconds],
            # Tells repeated statements apart, and keeps their literals out of the log.
            sql_digest=hashlib.sha256(sql.encode("utf-8", "surrogatepass")).hexdigest()[:16],
        )
    return page
