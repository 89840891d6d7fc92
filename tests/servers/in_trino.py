"""A DuckDB warehouse that is spoken to in Trino's dialect: what Trino would refuse is refused."""

from dataclasses import replace
from functools import lru_cache

from nba_mcp_synthesis.errors import QueryFailed
from nba_mcp_synthesis.facts import Result
from nba_mcp_synthesis.lake.catalogue import definition, staged_name
from nba_mcp_synthesis.schema.tables import merged_tables, tables
from nba_mcp_synthesis.warehouse.dialect import written
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.engine import read_whole
from nba_mcp_synthesis.warehouse.limits import Limits
from nba_mcp_synthesis.warehouse.published import runnable
from servers import trino_rules
from servers.athena_sql import in_duckdb, parsed

CATALOGUE = {name: definition(table, "s3://lake", []) for name, table in tables().items()}
CATALOGUE |= {
    (name := staged_name(table.name)): definition(table, "s3://lake", [], name) for table in merged_tables()
}


class InTrino(DuckDBWarehouse):
    """The same data, asked as Athena is."""

    dialect = "trino"

    def query(self, sql: str, limits: Limits | None = None, skip: int = 0) -> Result:
        """Runs a query in Trino's dialect."""
        return replace(super().query(_judged(sql), limits, skip), sql=sql)

    def read(self, sql: str) -> Result:
        """Runs a query of the product's own."""
        return read_whole(self, written(sql, self.dialect))


@lru_cache(maxsize=1_024)
def _judged(sql: str) -> str:
    """A statement of Trino's as DuckDB runs it, where Trino would."""
    tree = parsed(runnable(sql, "trino", lambda name: name, 1_000_000))
    trino_rules.check(tree.copy(), CATALOGUE, QueryFailed)
    return in_duckdb(tree)
