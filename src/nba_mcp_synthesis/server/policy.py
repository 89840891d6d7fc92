"""What a caller may send to `query_sql`, told before it is met: in words for models, as JSON for programs."""

from collections.abc import Sequence
from typing import Any

from nba_mcp_synthesis.schema.tables import tables, views
from nba_mcp_synthesis.warehouse.engine import Warehouse
from nba_mcp_synthesis.warehouse.guard.precheck import MAX_LENGTH
from nba_mcp_synthesis.warehouse.guard.statements import DIALECTS, STATEMENTS

PAGE_ROWS = 100
MOST_PAGE_ROWS = 1_000


def policy(warehouse: Warehouse, of_callers: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """Limits of a query and those `of_callers`, accepted kinds of statements, and the relations served."""
    limits = warehouse.limits
    return {
        "engine": warehouse.engine,
        "statements": list(STATEMENTS[warehouse.engine]),
        "statements_per_call": 1,
        "relations": sorted([*tables(), *views()]),
        "limits": {
            "rows": limits.rows,
            "page_rows": min(MOST_PAGE_ROWS, limits.rows),
            "bytes": limits.bytes,
            "seconds": limits.seconds,
            "memory_mb": warehouse.memory_mb,
            "concurrency": warehouse.concurrency,
            "statement_characters": MAX_LENGTH,
        },
        "caller_limits": list(of_callers),
    }


def in_words(warehouse: Warehouse) -> str:
    """The limits of one call, for the description of the tool."""
    limits = warehouse.limits
    return (
        f"The dialect is {DIALECTS[warehouse.engine]}. Limits: one SELECT, {limits.seconds:g} s, "
        f"{min(MOST_PAGE_ROWS, limits.rows):,} rows a page, "
        f"{limits.bytes:,} bytes; when `truncated`, send the same SQL with `next_cursor`, or aggregate."
    )
