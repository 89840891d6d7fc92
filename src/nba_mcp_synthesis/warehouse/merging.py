"""From what each source said to one row a key: the first source in precedence that has a value wins."""

import tomllib
from functools import cache
from importlib.resources import files

import duckdb

from nba_mcp_synthesis.schema.tables import Table


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
    source = _of_one_source(table, f"(SELECT * FROM staged.{table.name} {where})")
    if _keys_are_unique(connection, table, source):
        select = f"SELECT {names} FROM {source}"
    else:
        select = _merged(table, source)
    order = ", ".join(table.key)
    connection.execute(f"INSERT INTO main.{table.name} ({names}) {select} ORDER BY {order}")


def comes_whole(table: Table) -> bool:
    """True for tables whose rows each source numbers in its own way, so that they cannot be matched."""
    return "whole" in _precedence().get(table.name, {})


def _of_one_source(table: Table, source: str) -> str:
    """The rows of the first source for each thing that has to come from one source as a whole."""
    if not comes_whole(table):
        return source
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
        f"SELECT {values} FROM (SELECT s.*, {places} FROM {source} s "
        f"JOIN main.load_history h ON h.load_id = s.load_id) GROUP BY {key}"
    )


def _place(order: list[str]) -> str:
    """The place of a source in an order; within one source the newest load comes first."""
    return f"(coalesce(list_position({order}::VARCHAR[], h.source), {len(order) + 1}), -s.load_id)"


def clear_neutral_sites(connection: duckdb.DuckDBPyConnection) -> None:
    """Nobody is at home at a neutral site, whatever a source that does not know of it says."""
    for table in ("team_game_stats", "player_game_stats"):
        connection.execute(
            f"UPDATE {table} SET is_home = NULL WHERE is_home IS NOT NULL "
            "AND game_id IN (SELECT game_id FROM games WHERE is_neutral)"
        )
