"""Connections whose failures speak in our words: a pool logs them, and the driver's own quote the login."""

from typing import Any, Self

import psycopg

from nba_mcp_synthesis.connectors.faults import Fault, fault_of
from nba_mcp_synthesis.connectors.postgres_faults import explain_postgres


class PostgresRefused(psycopg.OperationalError):
    """No connection was made; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


class PlainConnection(psycopg.Connection[tuple[Any, ...]]):
    """psycopg's connection, but for the words of a failure."""

    @classmethod
    def connect(cls, conninfo: str = "", **options: Any) -> Self:
        """A connection, or PostgresRefused."""
        try:
            return super().connect(conninfo, **options)
        except psycopg.Error as error:
            raise PostgresRefused(explain_postgres(error) or fault_of(error, "PostgreSQL")) from None

    def __del__(self, *_: Any) -> None:
        """Closes what was dropped: SQLAlchemy drops a connection whose server ends while it is greeted."""
        self.close()
