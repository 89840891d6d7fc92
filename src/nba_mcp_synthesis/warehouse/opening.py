"""Which engine a setting means: the one place that knows them all by name.

Each is imported when it is used: PostgreSQL's libraries are an extra.
"""

import contextlib
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from nba_mcp_synthesis.engine_addresses import SPARK, athena_address, spark_address
from nba_mcp_synthesis.errors import SettingsError
from nba_mcp_synthesis.settings import Settings
from nba_mcp_synthesis.warehouse.cautions import Cautions
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.engine import Warehouse
from nba_mcp_synthesis.warehouse.guard import Gate
from nba_mcp_synthesis.warehouse.limits import Limits
from nba_mcp_synthesis.warehouse.over_lake import OverLake
from nba_mcp_synthesis.warehouse.streaming import StreamRunner
from nba_mcp_synthesis.warehouse.untrusted import Judge, UntrustedQueries
from nba_mcp_synthesis.warehouse.workers.pool import WorkerPool

# Engines over a published lake, and the dialect of each.
_OVER_LAKE = {"athena": "trino", "spark": "spark"}
_EXTRA = "Install it: pip install 'nba-mcp-synthesis[postgres]'."


def open_warehouse(settings: Settings, address: Callable[[], str] | None = None) -> Warehouse:
    """The warehouse of the settings; nothing is opened yet. `address` gives that of PostgreSQL at each login.

    Raises:
        SettingsError: the engine's libraries are not installed.
    """
    limits = Limits(settings.query_rows, settings.query_bytes, settings.query_seconds)
    if settings.reads_lake:
        return _over_lake(settings, limits)
    sizes = limits, settings.query_concurrency, settings.query_memory_mb
    if not settings.is_postgres:
        return DuckDBWarehouse(settings.warehouse_path(), *sizes)
    try:
        from nba_mcp_synthesis.warehouse.postgres_engine import PostgresWarehouse  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise SettingsError(f"A warehouse in PostgreSQL needs {error.name}.", _EXTRA) from error
    return PostgresWarehouse(address or settings.postgres_url, *sizes)


def _over_lake(settings: Settings, limits: Limits) -> Warehouse:
    url = settings.warehouse_url or ""
    if url.startswith(SPARK):
        from nba_mcp_synthesis.warehouse.spark_engine import SparkWarehouse  # noqa: PLC0415

        _want("spark", "pyspark")
        return SparkWarehouse(spark_address(url), settings.lake_place(), limits, settings.query_concurrency)
    from nba_mcp_synthesis.warehouse.athena_engine import AthenaWarehouse, Budget  # noqa: PLC0415

    _want("aws", "pyathena")
    address = athena_address(url)
    database = address.database or settings.glue_database
    if database is None:
        raise SettingsError(
            "NBA_MCP_WAREHOUSE_URL names no database for Athena.",
            "Write it as athena:///DATABASE, or set NBA_MCP_GLUE_DATABASE.",
        )
    budget = Budget(settings.athena_scan_mb, settings.athena_usd_per_tb)
    return AthenaWarehouse(address, database, limits, settings.query_concurrency, budget)


def _want(name: str, module: str) -> None:
    """Says at the start, and not at the first query, that an engine's library lacks."""
    if find_spec(module) is None:
        raise SettingsError(
            f"The engine of NBA_MCP_WAREHOUSE_URL needs {module}.",
            f"Install it: pip install 'nba-mcp-synthesis[{name}]'.",
        )


def workshop_of(
    settings: Settings, address: Callable[[], str] | None = None
) -> contextlib.AbstractContextManager[Path]:
    """The file to load into for a warehouse in PostgreSQL; see `postgres.loading.workshop`."""
    open_warehouse(settings)  # says what is missing, where the libraries are
    from nba_mcp_synthesis.warehouse.postgres.loading import workshop  # noqa: PLC0415

    return workshop(address or settings.postgres_url, settings.home)


def migrate_postgres(settings: Settings, address: Callable[[], str]) -> None:
    """Brings a warehouse in PostgreSQL to today's layout; see `postgres.loading.migrate`."""
    open_warehouse(settings)
    from nba_mcp_synthesis.warehouse.postgres.loading import migrate  # noqa: PLC0415

    migrate(address, settings.home)


def queries_of(warehouse: Warehouse, cautions: Cautions | None = None) -> UntrustedQueries:
    """The way to a warehouse for SQL from outside."""
    known = cautions or Cautions(warehouse)
    if isinstance(warehouse, DuckDBWarehouse):
        pool = WorkerPool(warehouse, warehouse.concurrency, warehouse.memory_mb)
        return UntrustedQueries(warehouse, gate_of("duckdb"), pool, known)
    if isinstance(warehouse, OverLake):
        return UntrustedQueries(warehouse, gate_of(warehouse.engine), StreamRunner(warehouse), known)
    from nba_mcp_synthesis.warehouse.postgres.queries import PostgresRunner  # noqa: PLC0415
    from nba_mcp_synthesis.warehouse.postgres_engine import PostgresWarehouse  # noqa: PLC0415

    if not isinstance(warehouse, PostgresWarehouse):
        raise TypeError(warehouse.engine)
    return UntrustedQueries(warehouse, gate_of("postgres"), PostgresRunner(warehouse), known)


def gate_of(engine: str, relations: frozenset[str] | None = None) -> Judge:
    """The gate of an engine over `relations`, by default all tables and views.

    Raises:
        SettingsError: the engine's libraries are not installed.
    """
    if engine == "duckdb":
        return Gate(relations)
    if engine in _OVER_LAKE:
        from nba_mcp_synthesis.warehouse.guard.trees.gate import TreeGate  # noqa: PLC0415

        return TreeGate(_OVER_LAKE[engine], relations)
    try:
        from nba_mcp_synthesis.warehouse.guard.postgres import PostgresGate  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise SettingsError(f"The guard of PostgreSQL needs {error.name}.", _EXTRA) from error
    return PostgresGate(relations)
