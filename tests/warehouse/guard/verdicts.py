"""The gate's verdict as a value."""

from nba_mcp_synthesis.errors import QueryRefused
from nba_mcp_synthesis.warehouse.untrusted import Judge


def refusal(gate: Judge, sql: str) -> QueryRefused | None:
    """Why a statement is refused; None where it is accepted."""
    try:
        gate.check(sql)
    except QueryRefused as error:
        return error
    return None
