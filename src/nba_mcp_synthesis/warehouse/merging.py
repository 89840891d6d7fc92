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
    source = f"(SELECT * FROM staged.{table.name} {where})"
    if _keys_are_unique(connection, table, source):
        select = f"SELECT {names} FROM {source}"
    else:
        select = _merged(table, source)
    order = ", ".join(table.key)
    connection.execute(f"INSERT INTO main.{table.name} ({names}) {select} ORDER BY {order}")


def _keys_are_unique(connection: duckdb.DuckDBPyConnection, table: Table, source: str) -> bool:
    key = ", ".join(table.key)
    found = connection.execute(
        f"SELECT 1 FROM {source} GROUP BY {key} HAVING count(*) > 1 LIMIT 1"
    ).fetchone()
    return found is None


def _merged(table: Table, source: str) -> str:
    order = _precedence().get(table.name, {}).get("order", [])
    key = ", ".join(table.key)
    values = ", ".join(
        f"arg_min({c}, place) AS {c}" if c not in table.key else c for c in table.column_names()
    )
    place = f"coalesce(list_position({order}::VARCHAR[], h.source), {len(order) + 1})"
    # Within one source the newest load wins: that is how a corrected file takes effect.
    return (
        f"SELECT {values} FROM (SELECT s.*, ({place}, -s.load_id) AS place FROM {source} s "
        f"JOIN main.load_history h ON h.load_id = s.load_id) GROUP BY {key}"
    )
