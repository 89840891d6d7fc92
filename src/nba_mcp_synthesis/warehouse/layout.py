"""How the canonical tables lie in the warehouse: tables to read, and beside them what was loaded.

Every source's rows are kept as they came in the schema `staged`; the tables of the schema `main`
are merged from them. So the order of loading does not matter, a row always has a known origin,
and loading a file again can replace exactly its own rows.
"""

import duckdb

from nba_mcp_synthesis.schema.tables import RECORDS, ColumnType, Table, merged_tables, query_of, tables, views

LAYOUT_VERSION = 3

__all__ = ["LAYOUT_VERSION", "RECORDS", "create", "merged_tables", "provenance"]

_SQL_TYPES: dict[ColumnType, str] = {
    "text": "VARCHAR",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Creates whatever table, column or view is not there yet; keeps all rows."""
    connection.execute("CREATE SCHEMA IF NOT EXISTS staged")
    connection.execute("CREATE SCHEMA IF NOT EXISTS internal")
    connection.execute("CREATE TABLE IF NOT EXISTS internal.info (name VARCHAR, value VARCHAR)")
    connection.execute("CREATE TABLE IF NOT EXISTS internal.kept (query VARCHAR, result VARCHAR)")
    for table in tables().values():
        _create_table(connection, f"main.{table.name}", table, extra="")
    for table in merged_tables():
        _create_table(connection, f"staged.{table.name}", table, extra="load_id INTEGER, ")
    for view in views():
        sql = provenance() if view == "provenance" else query_of(view)
        connection.execute(f"CREATE OR REPLACE VIEW main.{view} AS {sql}")


def provenance(staged: str = "staged") -> str:
    """The query of the view that says which load each row came with."""
    rows = " UNION ALL ".join(
        f"SELECT '{t.name}' AS table_name, concat_ws(' ', {', '.join(t.key)}) AS row_key, load_id "
        f"FROM {staged}.{t.name}"
        for t in merged_tables()
    )
    return (
        "SELECT s.table_name, s.row_key, s.load_id, h.source, h.path, h.sha256, h.loaded_at "
        f"FROM ({rows}) s JOIN load_history h ON h.load_id = s.load_id"
    )


def _create_table(connection: duckdb.DuckDBPyConnection, name: str, table: Table, extra: str) -> None:
    columns = ", ".join(
        # A row without its season would be lost in the merge: better the load fails.
        f"{c.name} {_SQL_TYPES[c.type]}{' NOT NULL' if c.name in ('season', 'season_type') else ''}"
        for c in table.columns
    )
    connection.execute(f"CREATE TABLE IF NOT EXISTS {name} ({extra}{columns})")
    there = {row[0] for row in connection.execute(f"DESCRIBE {name}").fetchall()}
    for column in table.columns:
        if column.name not in there:
            connection.execute(f"ALTER TABLE {name} ADD COLUMN {column.name} {_SQL_TYPES[column.type]}")
