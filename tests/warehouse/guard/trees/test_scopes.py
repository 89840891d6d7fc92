"""A name that WITH defines counts where it is in scope; elsewhere it is the catalogue's, and refused."""

import pytest
import sqlglot
from sqlglot import exp

from nba_mcp_synthesis.warehouse.guard.trees.gate import TreeGate
from nba_mcp_synthesis.warehouse.published import runnable
from warehouse.guard.verdicts import refusal

DIALECTS = pytest.mark.parametrize("dialect", ["trino", "spark"])

OUTSIDE = [
    # in its own definition
    "WITH secret AS (SELECT * FROM secret) SELECT * FROM secret",
    "WITH secret AS (SELECT * FROM SECRET) SELECT * FROM Secret",
    "WITH secret AS (SELECT 1 AS x WHERE EXISTS (SELECT 1 FROM secret)) SELECT * FROM secret",
    "WITH secret(x) AS (SELECT x FROM (SELECT * FROM secret) AS t) SELECT x FROM secret",
    # before it is defined
    "WITH a AS (SELECT * FROM secret), secret AS (SELECT 1 AS x) SELECT * FROM a",
    "WITH a AS (SELECT 1 AS x UNION ALL SELECT x FROM secret), secret AS (SELECT 1 AS x) SELECT * FROM a",
    # beside the query that it is of
    "SELECT * FROM (WITH secret AS (SELECT 1 AS x) SELECT * FROM secret) AS a CROSS JOIN secret",
    "SELECT * FROM secret AS s CROSS JOIN (WITH secret AS (SELECT 1 AS x) SELECT * FROM secret) AS a",
    "SELECT (WITH secret AS (SELECT 1 AS x) SELECT x FROM secret), x FROM secret",
    "SELECT 1 WHERE 1 IN (WITH secret AS (SELECT 1) SELECT * FROM secret) AND 1 IN (SELECT x FROM secret)",
    "(WITH secret AS (SELECT 1 AS x) SELECT x FROM secret) UNION ALL SELECT x FROM secret",
    "SELECT x FROM secret UNION ALL (WITH secret AS (SELECT 1 AS x) SELECT x FROM secret)",
    # in the definition of another
    "WITH a AS (WITH secret AS (SELECT 1 AS x) SELECT * FROM secret) SELECT * FROM a CROSS JOIN secret",
    "WITH a AS (WITH secret AS (SELECT 1) SELECT * FROM secret), b AS (SELECT x FROM secret) SELECT x FROM b",
    "WITH a AS (WITH secret AS (SELECT * FROM secret) SELECT * FROM secret) SELECT * FROM a",
    # what a view reads, under its name in the catalogue
    "WITH staged_games AS (SELECT * FROM staged_games) SELECT * FROM staged_games",
    "WITH staged_games AS (SELECT 1 AS game_id, 'x' AS load_id) SELECT * FROM provenance",
    # a look-alike: the sign of kelvin
    "WITH \N{KELVIN SIGN}ecret AS (SELECT 1 AS x) SELECT * FROM kecret",
]


@DIALECTS
@pytest.mark.parametrize("sql", OUTSIDE)
def test_a_name_out_of_scope_is_no_table(sql: str, dialect: str) -> None:
    """Whoever else has defined it."""
    error = refusal(TreeGate(dialect), sql)
    assert error is not None
    assert "no table" in error.message or "name of a table" in error.message


INSIDE = [
    ("WITH a AS (SELECT 1 AS x), b AS (SELECT * FROM a) SELECT * FROM b JOIN a ON a.x = b.x", set()),
    ("WITH a AS (SELECT season FROM games) SELECT * FROM A WHERE season = (SELECT 1 FROM a)", {"games"}),
    ("WITH a AS (SELECT 1 AS x) SELECT x FROM a UNION ALL SELECT x FROM a", set()),
    ("WITH a AS (SELECT 1 AS x) SELECT * FROM (SELECT * FROM (SELECT x FROM a) AS b) AS c", set()),
    ("WITH a AS (WITH b AS (SELECT pts FROM shots) SELECT * FROM b) SELECT * FROM a", {"shots"}),
    ("WITH a AS (SELECT 1 AS x) SELECT * FROM (WITH a AS (SELECT x FROM a) SELECT x FROM a) AS b", set()),
    ("WITH a AS (SELECT 1 AS x), b AS (WITH c AS (SELECT x FROM a) SELECT x FROM c) SELECT * FROM b", set()),
    ("SELECT * FROM (WITH a AS (SELECT team_id FROM teams) SELECT * FROM a) AS b", {"teams"}),
    ("WITH leader AS (SELECT team_id FROM standings) SELECT * FROM leader", {"standings"}),
]  # fmt: skip


@DIALECTS
@pytest.mark.parametrize(("sql", "relations"), INSIDE)
def test_a_name_in_scope_is_the_callers(sql: str, relations: set[str], dialect: str) -> None:
    """And only the other names are relations."""
    assert TreeGate(dialect).check(sql).relations == relations


@DIALECTS
@pytest.mark.parametrize(("sql", "relations"), INSIDE)
def test_what_runs_names_the_tables_of_the_lake_and_what_is_in_scope(
    sql: str, relations: set[str], dialect: str
) -> None:
    """Each table has the engine's name, views are queries, and the rest is defined where it stands."""
    text = runnable(TreeGate(dialect).check(sql).sql, dialect, lambda name: f"lake_{name}", 10)
    tree = sqlglot.parse_one(text, dialect=dialect)
    own = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    named = {table.name.lower() for table in tree.find_all(exp.Table)}
    lake = {name.removeprefix("lake_") for name in named if name.startswith("lake_")}
    assert {name for name in named if not name.startswith("lake_")} <= own
    assert relations - {"standings"} <= lake


@DIALECTS
def test_a_table_behind_the_name_of_another_branch_is_the_lakes(dialect: str) -> None:
    """As in the product's own statements, which no gate reads."""
    sql = "SELECT * FROM (WITH games AS (SELECT 1 AS x) SELECT x FROM games) AS a CROSS JOIN games"
    tree = sqlglot.parse_one(runnable(sql, dialect, lambda name: f"lake_{name}", 10), dialect=dialect)
    assert sorted(table.name for table in tree.find_all(exp.Table)) == ["games", "lake_games"]
