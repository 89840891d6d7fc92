"""The gate for SQL from strangers to PostgreSQL: allow lists on PostgreSQL's own parse tree."""

from nba_mcp_synthesis.warehouse.guard.postgres.gate import PostgresGate

__all__ = ["PostgresGate"]
