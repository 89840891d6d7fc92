"""Values are the same from every engine: their types, nulls, decimals, dates, accents and their order."""

import datetime as dt
from typing import Any

import pytest

from nba_mcp_synthesis.shapes import json_rows
from nba_mcp_synthesis.warehouse.dialect import written
from nba_mcp_synthesis.warehouse.engine import Warehouse
from warehouse.conformance.dialects import said

# Statements that DuckDB and PostgreSQL read as they are, and the one row that they give.
VALUES: list[tuple[str, tuple[Any, ...]]] = [
    ("SELECT 1, -5, 2147483647, 9223372036854775807", (1, -5, 2**31 - 1, 2**63 - 1)),
    ("SELECT NULL, CAST(NULL AS INTEGER), CAST(NULL AS DATE)", (None, None, None)),
    ("SELECT TRUE, FALSE, NULL AND FALSE", (True, False, False)),
    ("SELECT CAST(0.1 AS DOUBLE PRECISION), CAST(1e300 AS DOUBLE PRECISION)", (0.1, 1e300)),
    ("SELECT CAST('2025-12-25' AS DATE), CAST('2024-02-29' AS DATE)",
     (dt.date(2025, 12, 25), dt.date(2024, 2, 29))),
    ("SELECT CAST('2025-12-25 19:30:01.25' AS TIMESTAMP)",
     (dt.datetime(2025, 12, 25, 19, 30, 1, 250000),)),  # noqa: DTZ001 - as the tables have them
    ("SELECT INTERVAL '3' DAY", (dt.timedelta(days=3),)),
    ("SELECT 'Nikola Jokić', 'Dāvis Bertāns', '', 'O''Neal', '日本', '🏀'",
     ("Nikola Jokić", "Dāvis Bertāns", "", "O'Neal", "日本", "🏀")),
    ("SELECT upper('jokić'), lower('ĆĐ'), length('Jokić'), 'é' = 'e'", ("JOKIĆ", "ćđ", 5, False)),
    ("SELECT sum(pts), count(*), min(pts), max(pts) FROM team_game_stats", (645, 6, 95, 120)),
    ("SELECT sum(CAST(pts AS BIGINT)) FROM team_game_stats", (645,)),
    ("SELECT sum(team_id) FROM team_game_stats", (3 * 1610612747 + 3 * 1610612738,)),
    ("SELECT count(*), sum(pts), max(full_name) FROM players LEFT JOIN team_game_stats ON FALSE WHERE FALSE",
     (0, None, None)),
    ("SELECT count(fga), count(DISTINCT team_id), count(*) FILTER (WHERE won) FROM team_game_stats",
     (0, 2, 3)),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "row"), VALUES, ids=[sql for sql, _ in VALUES])
def test_a_value_has_the_same_type_everywhere(small: Warehouse, sql: str, row: tuple[Any, ...]) -> None:
    """An integer is an int, a null None, a date a date, and a text what it was."""
    (found,) = small.query(said(small, sql)).rows
    assert found == row
    assert [type(value) for value in found] == [type(value) for value in row]


# Statements of the product's own, which `written` makes the same of in each dialect.
OWN: list[tuple[str, list[tuple[Any, ...]]]] = [
    ("SELECT 7 / 2, -7 / 2, 1 * 1.0 / 3", [(3.5, -3.5, 1 / 3)]),
    ("SELECT sum(pts) * 1.0 / count(*), avg(pts) FROM team_game_stats", [(107.5, 107.5)]),
    ("SELECT avg(CASE WHEN won THEN 1.0 ELSE 0.0 END) FROM team_game_stats", [(0.5,)]),
    ("SELECT round(CAST(2.25 AS DOUBLE), 1), round(CAST(-2.25 AS DOUBLE), 1), round(34.35::DOUBLE, 1)",
     [(2.3, -2.3, 34.4)]),
    ("SELECT round(CAST(2.5 AS DOUBLE)), round(CAST(-2.5 AS DOUBLE)), round(CAST(25 AS DOUBLE), -1)",
     [(3.0, -3.0, 30.0)]),
    ("SELECT EXTRACT(year FROM DATE '2025-12-25'), EXTRACT(isodow FROM DATE '2025-12-25')", [(2025, 4)]),
    ("SELECT STRFTIME(DATE '2025-03-07', '%Y-%m'), STRFTIME(DATE '2025-03-07', '%m%d')",
     [("2025-03", "0307")]),
    ("SELECT DATE '2025-03-07' - DATE '2025-02-27', (DATE '2025-03-07')::VARCHAR", [(8, "2025-03-07")]),
    ("SELECT contains(lower('Đoković'), 'đok'), contains('a', 'b')", [(True, False)]),
    ("SELECT 'player ' || player_id FROM players ORDER BY 1 LIMIT 1", [("player 1",)]),
    ("SELECT (pts >= 100)::INT + (pts >= 110)::INT FROM team_game_stats ORDER BY game_id, team_id LIMIT 2",
     [(1,), (2,)]),
    ("SELECT v FROM (VALUES (2), (NULL), (1)) AS t(v) ORDER BY v", [(1,), (2,), (None,)]),
    ("SELECT v FROM (VALUES (2), (NULL), (1)) AS t(v) ORDER BY v DESC", [(2,), (1,), (None,)]),
    ("SELECT v, RANK() OVER (ORDER BY v DESC) AS rank FROM (VALUES (1), (3), (NULL)) AS t(v) ORDER BY rank",
     [(3, 1), (1, 2), (None, 3)]),
    ("SELECT full_name, player_id FROM players QUALIFY RANK() OVER (ORDER BY player_id DESC) <= 2 ORDER BY 2",
     [("Cid Sample", 3), ("Dag Sample", 4)]),
    ("SELECT full_name, RANK() OVER (ORDER BY player_id) AS r FROM players QUALIFY r > 2 ORDER BY 2 DESC",
     [("Dag Sample", 4), ("Cid Sample", 3)]),
    ("SELECT RANK() OVER (ORDER BY player_id) AS r FROM players p QUALIFY r > 2 ORDER BY p.full_name DESC",
     [(4,), (3,)]),
    ("WITH a AS (SELECT 1 AS b FROM players QUALIFY RANK() OVER (ORDER BY player_id) = 1) SELECT b FROM a",
     [(1,)]),
    ("SELECT CASE WHEN REGEXP_MATCHES('12', '^[0-9]+$') THEN CAST('12' AS INTEGER) END", [(12,)]),
    ("SELECT LIST(player_id) FROM (SELECT player_id FROM players ORDER BY 1) AS p", [([1, 2, 3, 4],)]),
    ("SELECT season || '/' || season_type FROM games GROUP BY season, season_type",
     [("2025-26/Regular Season",)]),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "rows"), OWN, ids=[sql for sql, _ in OWN])
def test_the_products_own_sql_gives_the_same_everywhere(
    small: Warehouse, sql: str, rows: list[tuple[Any, ...]]
) -> None:
    """Quotients, averages, rounding, parts of dates, places of nulls, QUALIFY: as the product writes them."""
    found = small.read(sql).rows
    assert list(found) == rows
    assert [[type(v) for v in row] for row in found] == [[type(v) for v in row] for row in rows]


def test_a_tree_is_written_as_its_text_is() -> None:
    """Statements that are built and those that are read come out alike."""
    from sqlglot import parse_one  # noqa: PLC0415 - slow to import, needed here only

    for sql, _ in OWN:
        for dialect in ("postgres", "trino", "spark"):
            assert written(parse_one(sql, dialect="duckdb"), dialect) == written(sql, dialect)


def test_texts_are_ordered_by_their_code_points(small: Warehouse) -> None:
    """Whatever the language of the machine: capitals before small letters, accents behind all of ASCII."""
    names = ["Zed", "adam", "Ćor", "Cor", "cor", "Álex", "Alex", "_x", "1x", "Đ", "D", "éa", "eb"]
    values = ", ".join(f"('{name}')" for name in names)
    sql = (
        f"SELECT n FROM (SELECT season AS n FROM games WHERE FALSE UNION ALL VALUES {values}) AS t ORDER BY n"
    )
    assert [row[0] for row in small.query(said(small, sql)).rows] == sorted(names)


def test_rows_come_out_as_the_same_json(small: Warehouse) -> None:
    """What other programs read has no sign of the engine."""
    sql = (
        "SELECT game_id, game_date, home_pts, is_neutral, NULL AS nothing, 9007199254740993 AS n FROM games "
        "ORDER BY 1"
    )
    assert json_rows(small.query(said(small, sql)).rows)[0] == [
        "0022500001", "2025-11-01", 110, False, None, "9007199254740993",
    ]  # fmt: skip
