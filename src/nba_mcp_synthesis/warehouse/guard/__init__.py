"""The gate for SQL from strangers: allow lists on the engine's own parse tree."""

from nba_mcp_synthesis.warehouse.guard.gate import Gate
from nba_mcp_synthesis.warehouse.guard.judge import Checked

__all__ = ["Checked", "Gate"]
