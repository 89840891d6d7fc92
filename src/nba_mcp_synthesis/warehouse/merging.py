"""From what each source said to one row a key: the first source in precedence that has a value wins."""

import tomllib
from functools import cache
from importlib.resources import files

import duckdb

from nba_mcp_synthesis.schema.tables import Table

_LOADS = 2**31  # more than there can be: load ids are integers of 32 bits


@cache
def _precedence() -> dict[str, dict[str, list[str]]]:
    text = files("nba_mcp_synthesis.sources").joinpath("precedence.toml").read_text("utf-8")
    return tomllib.loads(text)


def merge(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Rebuilds what loads touched of `table`: the seasons noted in `touched`, or all when it has none."""
    touched = f"(SELECT season, season_type FROM touched WHERE name = '{table.name}')"
    where = f"WHERE (season, season_type) IN {touched}" if table.has_season else ""
    connection.execute(f"DELETE FROM main.{table.name} {where}")
    names = ", ".join(table.column_names())
    source = f"(SELECT * FROM staged.{table.name} {where})"
    if comes_whole(table) and has_several_sources(connection, table):
        source = _of_one_source(table, source)
    if _keys_are_unique(connection, table, source):
        select = f"SELECT {names} FROM {source}"
    else:
        select = _merged(table, source)
    order = ", ".join(table.key)
    connection.execute(f"INSERT INTO main.{table.name} ({names}) {select} ORDER BY {order}")


def sources_of(table: Table) -> list[str]:
    """The sources of a table that precedence knows, the first to be heard first."""
    return _precedence().get(table.name, {}).get("order", [])


def has_several_sources(connection: duckdb.DuckDBPyConnection, table: Table) -> bool:
    """False where all staged rows are of one source, or there are none."""
    (sources,) = connection.execute(
        f"SELECT count(DISTINCT source) FROM load_history SEMI JOIN staged.{table.name} USING (load_id)"
    ).fetchall()[0]
    return bool(sources > 1)


def comes_whole(table: Table) -> bool:
    """True for tables whose rows each source numbers in its own way, so that they cannot be matched."""
    return "whole" in _precedence().get(table.name, {})


def _of_one_source(table: Table, source: str) -> str:
    """The rows of the first source for each thing that has to come from one source as a whole."""
    precedence = _precedence()[table.name]
    things = ", ".join(f"s.{column}" for column in precedence["whole"])
    return (
        f"(SELECT s.* FROM {source} s JOIN main.load_history h ON h.load_id = s.load_id "
        f"QUALIFY h.source = first_value(h.source) OVER (PARTITION BY {things} "
        f"ORDER BY list_position({precedence['order']}::VARCHAR[], h.source) NULLS LAST, h.source))"
    )


def _keys_are_unique(connection: duckdb.DuckDBPyConnection, table: Table, source: str) -> bool:
    key = ", ".join(table.key)
    found = connection.execute(
        f"SELECT 1 FROM {source} GROUP BY {key} HAVING count(*) > 1 LIMIT 1"
    ).fetchone()
    return found is None


def _merged(table: Table, source: str) -> str:
    precedence = _precedence().get(table.name, {})
    order = precedence.get("order", [])
    own = {c: sources for c, sources in precedence.items() if c not in ("order", "whole")}
    key = ", ".join(table.key)
    values = ", ".join(
        c if c in table.key else f"arg_min({c}, {'place_' + c if c in own else 'place'}) AS {c}"
        for c in table.column_names()
    )
    places = ", ".join(
        [f"{_place(order)} AS place", *(f"{_place(sources)} AS place_{c}" for c, sources in own.items())]
    )
    return (
        f"SELECT {values} FROM {source} "
        f"JOIN (SELECT load_id, {places} FROM main.load_history) USING (load_id) GROUP BY {key}"
    )


def _place(order: list[str]) -> str:
    """The place of a load: of its source in an order, and within one source the newest load first."""
    place = f"coalesce(list_position({order}::VARCHAR[], source), {len(order) + 1})"
    return f"{place}::BIGINT * {_LOADS} - load_id"


def clear_neutral_sites(connection: duckdb.DuckDBPyConnection) -> None:
    """Nobody is at home at a neutral site, whatever a source that does not know of it says."""
    for table in ("team_game_stats", "player_game_stats"):
        connection.execute(
            f"UPDATE {table} SET is_home = NULL WHERE is_home IS NOT NULL "
            "AND game_id IN (SELECT game_id FROM games WHERE is_neutral)"
        )
