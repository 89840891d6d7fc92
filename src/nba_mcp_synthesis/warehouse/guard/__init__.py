"""The gate for SQL from strangers: allow lists on the engine's own parse tree."""

from nba_mcp_synthesis.warehouse.guard.gate import STATEMENTS, Checked, Gate

__all__ = ["STATEMENTS", "Checked", "Gate"]
