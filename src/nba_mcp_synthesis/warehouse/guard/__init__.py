"""The gate for SQL from strangers: allow lists on the engine's own parse tree."""

from nba_mcp_synthesis.warehouse.guard.gate import Checked, Gate

__all__ = ["Checked", "Gate"]
