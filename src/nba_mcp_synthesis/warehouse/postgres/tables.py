"""How the canonical tables lie in PostgreSQL: types, keys, indexes and comments, as statements.

The schema `nba` has what is read, `nba_staged` the rows of each source as they came, `nba_internal` what the
warehouse says of itself. Rows come from a DuckDB file that has been through all checks, as
docs/decisions/0012-postgres.md tells.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlglot import exp, parse_one

from nba_mcp_synthesis.schema.tables import Column, ColumnType, Table, query_of, tables, views
from nba_mcp_synthesis.warehouse import layout
from nba_mcp_synthesis.warehouse.dialect import written

SCHEMA, STAGED, INTERNAL = "nba", "nba_staged", "nba_internal"
_TYPES: dict[ColumnType, str] = {
    "text": "text COLLATE {collation}",
    "integer": "integer",
    "bigint": "bigint",
    "double": "double precision",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
}
# What the tools look for beside the key and the season, whose indexes every table has.
_INDEXES: dict[str, tuple[str, ...]] = {
    "games": ("game_date",),
    "team_game_stats": ("team_id, season, season_type", "game_date"),
    "player_game_stats": ("player_id, season, season_type", "team_id, season, season_type", "game_date"),
    "player_season_stats": ("player_id",),
    "team_season_stats": ("team_id",),
    "play_by_play": ("game_id",),
    "shots": ("player_id, season, season_type", "game_id"),
    "player_period_stats": ("player_id, season, season_type",),
    "team_period_stats": ("team_id, season, season_type",),
    "quality_results": ("game_id",),
}


def statements(collation: str) -> Iterator[str]:
    """Everything that makes the tables; each may be run again."""
    for schema in (SCHEMA, STAGED, INTERNAL):
        yield f"CREATE SCHEMA IF NOT EXISTS {schema}"
    yield f"CREATE TABLE IF NOT EXISTS {INTERNAL}.info (name text PRIMARY KEY, value text)"
    yield (
        f"CREATE TABLE IF NOT EXISTS {INTERNAL}.parts (relation text, part text, digest text, "
        "PRIMARY KEY (relation, part))"
    )
    yield f"CREATE TABLE IF NOT EXISTS {INTERNAL}.kept (query text PRIMARY KEY, result text)"
    for table in tables().values():
        yield from _table(f"{SCHEMA}.{table.name}", table, collation)
        yield from _indexes(table)
        yield from _comments(table)
    for table in layout.merged_tables():
        yield from _table(f"{STAGED}.{table.name}", table, collation, "load_id integer NOT NULL, ")
        yield f"CREATE INDEX IF NOT EXISTS {table.name}_load ON {STAGED}.{table.name} (load_id)"


def view_statements() -> Iterator[tuple[str, str]]:
    """(name, statements that make it anew) of every view."""
    for view in views().values():
        body = _open_to_conditions(written(_query(view.name), "postgres"))
        made = [f"DROP VIEW IF EXISTS {SCHEMA}.{view.name}", f"CREATE VIEW {SCHEMA}.{view.name} AS {body}"]
        comments = [_comment("VIEW", f"{SCHEMA}.{view.name}", view.comment)]
        comments += [_column_comment(view, column) for column in view.columns]
        yield view.name, ";\n".join([*made, *comments])


def _open_to_conditions(sql: str) -> str:
    """The same, but what is named in it is not made whole before a condition on the season is looked at."""
    tree = parse_one(sql, dialect="postgres")
    for named in tree.find_all(exp.CTE):
        named.set("materialized", value=False)
    return tree.sql(dialect="postgres")


def views_digest() -> str:
    """A name for the present text of all views."""
    return _digest(list(view_statements()))


def digest() -> str:
    """A name for all that makes the tables and views."""
    return _digest([*statements(""), *view_statements()])


def _digest(found: list[Any]) -> str:
    return hashlib.sha256(repr(found).encode()).hexdigest()[:12]


def _query(view: str) -> str:
    return layout.provenance(staged=STAGED) if view == "provenance" else query_of(view)


def _table(name: str, table: Table, collation: str, extra: str = "") -> Iterator[str]:
    columns = ", ".join(f"{column.name} {_type(column, collation)}" for column in table.columns)
    yield f"CREATE TABLE IF NOT EXISTS {name} ({extra}{columns})"
    added = ", ".join(
        f"ADD COLUMN IF NOT EXISTS {c.name} {_type(c, collation, added=True)}" for c in table.columns
    )
    yield f"ALTER TABLE {name} {added}"


def _type(column: Column, collation: str, *, added: bool = False) -> str:
    needed = not added and column.name in ("season", "season_type")
    return _TYPES[column.type].format(collation=collation) + (" NOT NULL" if needed else "")


def _indexes(table: Table) -> Iterator[str]:
    keys = [", ".join(table.key), *_INDEXES.get(table.name, ())]
    if table.has_season and table.key[:2] != ("season", "season_type"):
        keys.append("season, season_type")
    for key in keys:
        name = f"{table.name}_{key.replace(', ', '_')}"[:63]
        unique = "UNIQUE " if key == ", ".join(table.key) and table.name not in layout.RECORDS else ""
        same = " NULLS NOT DISTINCT" if unique else ""
        yield f"CREATE {unique}INDEX IF NOT EXISTS {name} ON {SCHEMA}.{table.name} ({key}){same}"


def _comments(table: Table) -> Iterator[str]:
    yield _comment("TABLE", f"{SCHEMA}.{table.name}", table.comment)
    yield from (_column_comment(table, column) for column in table.columns)


def _column_comment(table: Table, column: Column) -> str:
    return _comment("COLUMN", f"{SCHEMA}.{table.name}.{column.name}", column.comment)


def _comment(kind: str, name: str, text: str) -> str:
    quoted = text.replace("'", "''")
    return f"COMMENT ON {kind} {name} IS '{quoted}'"
