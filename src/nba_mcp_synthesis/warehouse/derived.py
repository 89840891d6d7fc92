"""Tables that hold what others add up to, so that readers need not add it up each time."""

from collections.abc import Iterable

import duckdb

from nba_mcp_synthesis.schema.tables import query_of, tables


def derive(connection: duckdb.DuckDBPyConnection, seasons: Iterable[tuple[str, str]]) -> None:
    """Makes the rows of these seasons and season types anew in every derived table."""
    chosen = sorted(seasons)
    for table in tables().values():
        if table.derived_from:
            for season in chosen:
                _derive(connection, table.name, season)


def changed_seasons(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Seasons whose games or events a load in progress has touched."""
    return connection.execute(
        "SELECT DISTINCT season, season_type FROM touched WHERE name IN ('games', 'play_by_play')"
    ).fetchall()


def all_seasons(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Seasons that have events."""
    return connection.execute("SELECT DISTINCT season, season_type FROM play_by_play").fetchall()


def _derive(connection: duckdb.DuckDBPyConnection, name: str, season: tuple[str, str]) -> None:
    where = "WHERE season = ? AND season_type = ?"
    connection.execute(f"DELETE FROM {name} {where}", season)
    order = ", ".join(tables()[name].key)
    connection.execute(
        f"INSERT INTO {name} BY NAME SELECT * FROM ({query_of(name)}) {where} ORDER BY {order}", season
    )
