"""What an outcome of a call says: it went well, the caller has to ask differently, or we failed."""

from functools import cache
from typing import Literal

from nba_mcp_synthesis.operations.monitoring.sources import faults

Kind = Literal["well", "refused", "failed"]
_WELL = frozenset({"ok", "cancelled"})  # whoever cancels has left


def kind_of(outcome: str) -> Kind:
    """The faults are those that alerts go by, so that report and alert speak of the same calls."""
    if outcome in _WELL:
        return "well"
    return "failed" if outcome in _faults() else "refused"


@cache
def _faults() -> frozenset[str]:
    return frozenset(faults().split("|"))
