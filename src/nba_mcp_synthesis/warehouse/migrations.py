"""Steps that bring an older warehouse to today's layout.

New tables and columns need no step: `layout.create` adds them. A step is for what cannot be told
from tables.toml alone, such as a renamed column. Steps run on a copy of the file, never in place.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb

from nba_mcp_synthesis.errors import WarehouseOutdated
from nba_mcp_synthesis.warehouse import derived, layout

Step = Callable[[duckdb.DuckDBPyConnection], None]


def _read_events_again(connection: duckdb.DuckDBPyConnection) -> None:
    """Version 2 has the NBA's numbers of events, which only the files can tell.

    Without the checksum of its content a file counts as changed, so that the next load of it replaces
    the rows that have no numbers; until then they stay as they are.
    """
    connection.execute("UPDATE load_history SET sha256 = NULL WHERE starts_with(source, 'play_by_play_')")


def _nothing(connection: duckdb.DuckDBPyConnection) -> None:
    """Version 3 has derived tables, which every migration makes anew."""


# STEPS[n] brings version n to version n + 1.
STEPS: Mapping[int, Step] = {1: _read_events_again, 2: _nothing}


def version_of(connection: duckdb.DuckDBPyConnection, schema: str = "internal") -> int:
    """Layout version of an open warehouse; 0 when it is no warehouse of ours."""
    try:
        found = connection.execute(
            f"SELECT value FROM {schema}.info WHERE name = 'layout_version'"
        ).fetchone()
    except duckdb.CatalogException:
        return 0
    return int(found[0]) if found else 0


def check(version: int, path: Path | str) -> None:
    """Raises WarehouseOutdated unless a warehouse of this version can be read as it is."""
    check_known(version, path)
    if version < layout.LAYOUT_VERSION:
        raise WarehouseOutdated(
            f"{path} has the older layout {version} (now {layout.LAYOUT_VERSION}).",
            "Run `nba-mcp data migrate`: it keeps all rows.",
        )


def check_known(version: int, path: Path | str) -> None:
    """Raises WarehouseOutdated unless a warehouse of this version can be read or migrated."""
    if version > layout.LAYOUT_VERSION:
        raise WarehouseOutdated(
            f"{path} was written by a newer version of this program "
            f"(layout {version}, this program knows {layout.LAYOUT_VERSION}).",
            "Update nba-mcp-synthesis.",
        )
    if version == 0:
        raise WarehouseOutdated(
            f"{path} is a database, but not a warehouse of this program.",
            "Name another file in NBA_MCP_WAREHOUSE_URL.",
        )


def migrate(connection: duckdb.DuckDBPyConnection, steps: Mapping[int, Step] | None = None) -> None:
    """Applies all steps that are due, adds what is new, and writes down the version."""
    version = version_of(connection)
    for due in range(version or layout.LAYOUT_VERSION, layout.LAYOUT_VERSION):  # none in a new file
        (STEPS if steps is None else steps)[due](connection)
    layout.create(connection)
    if version and version < layout.LAYOUT_VERSION:
        derived.derive(connection, derived.all_seasons(connection))
    set_info(connection, "layout_version", str(layout.LAYOUT_VERSION))


def info_of(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    """One fact about the warehouse as a whole; an empty text where it is not known."""
    found = connection.execute("SELECT value FROM internal.info WHERE name = ?", [name]).fetchone()
    return str(found[0]) if found else ""


def set_info(connection: duckdb.DuckDBPyConnection, name: str, value: str) -> None:
    """Writes down one fact about the warehouse as a whole."""
    connection.execute("DELETE FROM internal.info WHERE name = ?", [name])
    connection.execute("INSERT INTO internal.info VALUES (?, ?)", [name, value])
