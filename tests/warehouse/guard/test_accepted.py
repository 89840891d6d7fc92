"""What comes in, and what is said of it."""

import pytest

from nba_mcp_synthesis.errors import QueryRefused
from nba_mcp_synthesis.schema.tables import tables, views
from nba_mcp_synthesis.warehouse.guard import Checked, Gate
from nba_mcp_synthesis.warehouse.guard.statements import STATEMENTS


@pytest.mark.parametrize(
    ("sql", "relations"),
    [
        ("SELECT 1", set()),
        ("VALUES (1), (2)", set()),
        ("TABLE games", {"games"}),
        ("from Games select ID", {"games"}),
        ('SELECT * FROM nba.main.games, main.players, nba."order"', {"games", "players", "order"}),
        (
            "WITH a AS (FROM games), b AS (FROM a) SELECT (SELECT count(*) FROM b) FROM players",
            {"games", "players"},
        ),
        ("DESCRIBE games", {"games"}),
        ("SUMMARIZE SELECT id FROM players", {"players"}),
        ("PIVOT games ON season IN ('2024-25') USING count(*)", {"games"}),
        ("EXPLAIN SELECT * FROM games", {"games"}),
        ("EXPLAIN ANALYZE (SELECT name.upper() FROM players)", {"players"}),
        ("WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 5) FROM t", set()),
        ("SELECT name.lpad(20, ' ') FROM players", {"players"}),
        ("FROM generate_series(DATE '2025-01-01', DATE '2025-12-31', INTERVAL '1 month') t(d)", set()),
        ("SELECT [x * 2 FOR x IN range(-3, 3) IF x > 1]", set()),
    ],
)
def test_a_query_over_served_tables_comes_in(gate: Gate, sql: str, relations: set[str]) -> None:
    """With the served tables that it reads; names of its own are not among them."""
    checked = gate.check(sql)
    assert checked == Checked(sql, frozenset(relations), is_repeatable="ANALYZE" not in sql)


@pytest.mark.parametrize(
    "sql", ["SELECT 1;", " SELECT 1 ;; ", ";SELECT 1", "SELECT 1; -- done", "SELECT 1\n;\n/* ; */"]
)
def test_closing_semicolons_are_left_out(gate: Gate, sql: str) -> None:
    """Wherever they stand; one in a string or a comment is none."""
    assert gate.check(sql).sql == "SELECT 1"
    assert gate.check("SELECT ';' -- ;").sql == "SELECT ';' -- ;"


@pytest.mark.parametrize(
    ("sql", "runs"),
    [
        ("/* ' */; SELECT *\u00a0FROM\u00a0games", "SELECT *\u00a0FROM\u00a0games"),
        ("EXPLAIN /* ' */ SELECT *\u00a0FROM\u00a0games", "EXPLAIN SELECT *\u00a0FROM\u00a0games"),
        ("explain -- it's\nanalyse FROM games", "EXPLAIN ANALYZE FROM games"),
    ],
)
def test_the_text_that_runs_is_the_text_that_was_judged(gate: Gate, sql: str, runs: str) -> None:
    """An open quote in a comment makes the engine read a Unicode space behind it as part of a name."""
    assert gate.check(sql) == Checked(runs, frozenset({"games"}), is_repeatable="ANALYZE" not in runs)
    with pytest.raises(QueryRefused, match="no table app_secrets"):
        gate.check(sql.replace("games", "app_secrets"))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT random()",
        "SELECT uuid()",
        "SELECT now()",
        "SELECT current_date",
        "SELECT CURRENT_TIMESTAMP",
        "SELECT age(DATE '2000-01-01')",
        "FROM games USING SAMPLE 10%",
        "SELECT count(*) FROM games TABLESAMPLE reservoir(5 ROWS)",
        "SELECT (SELECT max(x.random()) FROM (SELECT id AS x FROM games))",
    ],
)
def test_a_query_that_gives_other_rows_each_time_is_known(gate: Gate, sql: str) -> None:
    """Wherever in the statement chance or the clock comes in; a word in a string is neither."""
    assert not gate.check(sql).is_repeatable
    assert gate.check("SELECT 'random() sample' AS now").is_repeatable


def test_show_tables_gives_the_served_tables_alone(gate: Gate) -> None:
    """The engine is not asked: it would also name the others."""
    assert gate.check("SHOW TABLES;").sql == "SELECT unnest(['games', 'order', 'players']) AS name"


# What follows the words that a statement may begin with, where it is not the name of a table.
BEHIND = {
    "SELECT": "1",
    "WITH": "a AS (SELECT 1) FROM a",
    "VALUES": "(1)",
    "PIVOT": "games ON season IN ('2024-25') USING count(*)",
    "UNPIVOT": "games ON season",
    "SHOW TABLES": "",
    "EXPLAIN": "FROM games",
    "EXPLAIN ANALYZE": "FROM games",
}


@pytest.mark.parametrize("first", STATEMENTS["duckdb"])
def test_every_statement_that_is_told_comes_in(gate: Gate, first: str) -> None:
    """The list is no promise that the gate breaks."""
    assert gate.check(f"{first} {BEHIND.get(first, 'games')}")


@pytest.mark.parametrize(
    ("series", "last"),
    [("range({})", 1_000_000), ("range(5, {})", 1_000_005), ("generate_series(1, {})", 1_000_000)],
)
def test_a_million_values_are_not_too_many(gate: Gate, series: str, last: int) -> None:
    """A range leaves its last bound out, generate_series does not; one more is refused."""
    assert gate.check(f"FROM {series.format(last)}")
    with pytest.raises(QueryRefused, match="at most 1,000,000 values"):
        gate.check(f"FROM {series.format(last + 1)}")


def test_all_tables_and_views_of_the_schema_are_served_by_default() -> None:
    """Each of them, and no other."""
    gate = Gate()
    for name in (*tables(), *views()):
        assert gate.check(f"FROM {name}").relations == {name}
    with pytest.raises(QueryRefused, match=r"no table internal\.info"):
        gate.check("FROM internal.info")


# Each would open a relation of the engine's catalogue if the name were taken for the statement's own.
BEFORE_OR_BESIDE = [
    "WITH a AS (FROM sqlite_master), sqlite_master AS (SELECT 1) FROM a",
    "WITH sqlite_master AS (FROM sqlite_master) FROM sqlite_master",
    "WITH RECURSIVE sqlite_master AS (SELECT 1 UNION ALL FROM main.sqlite_master) FROM sqlite_master",
    "WITH RECURSIVE sqlite_master AS (FROM sqlite_master UNION ALL SELECT 1) FROM sqlite_master",
    "SELECT (WITH sqlite_master AS (SELECT 1) SELECT 1), (SELECT 1 FROM sqlite_master)",
    "SELECT * FROM (WITH sqlite_master AS (SELECT 1) FROM sqlite_master), sqlite_master",
    "WITH sqlite_master AS (SELECT 1) FROM main.sqlite_master",
    "WITH a AS (WITH sqlite_master AS (SELECT 1) FROM sqlite_master) FROM sqlite_master",
    'WITH "pragma_database_li\u017ft" AS (SELECT 1) FROM pragma_database_list',
    'WITH "duc\u212adb_tables" AS (SELECT 1) FROM duckdb_tables',
]


@pytest.mark.parametrize("sql", BEFORE_OR_BESIDE)
def test_a_name_of_the_statement_opens_nothing_outside_its_scope(gate: Gate, sql: str) -> None:
    """Not before its WITH, not in another branch, not with a schema, not for a look-alike."""
    with pytest.raises(QueryRefused, match="There is no table"):
        gate.check(sql)
