"""What the gate for PostgreSQL refuses, beyond the corpus, and what it says then."""

import pytest

from nba_mcp_synthesis.errors import QueryRefused
from nba_mcp_synthesis.warehouse.guard.lists import load
from nba_mcp_synthesis.warehouse.guard.postgres import PostgresGate
from servers.postgres import PostgresServer
from warehouse.guard.verdicts import refusal

GATE = PostgresGate()

REFUSED = [
    # names: each catalogue, and what WITH defines only elsewhere
    ("SELECT * FROM pg_class", "no table pg_class"),
    ("SELECT * FROM information_schema.tables", "no table information_schema.tables"),
    ("SELECT * FROM nba_staged.games", "no table nba_staged.games"),
    ("SELECT * FROM nba_internal.info", "no table nba_internal.info"),
    ("SELECT * FROM other.nba.games", "only one"),
    ("SELECT * FROM game", "no table game to query"),
    ("SELECT * FROM (WITH pg_class AS (SELECT 1) SELECT * FROM pg_class) a, pg_class", "no table pg_class"),
    ("WITH a AS (SELECT * FROM pg_authid), pg_authid AS (SELECT 1) SELECT * FROM a", "no table pg_authid"),
    ("WITH games AS (SELECT 1) SELECT * FROM nba_internal.games", "no table nba_internal.games"),
    # functions, wherever they hide
    ("SELECT pg_sleep(1)", "holds a place"),
    ("SELECT pg_catalog.pg_read_file('x')", "reads files"),
    ("SELECT public.lower('x')", "not one of PostgreSQL's own"),
    ("SELECT ('x'::text).pg_read_file", "could call a function"),
    ("SELECT g.pg_column_size FROM games AS g", "tells about the server"),
    ("SELECT t.regrole FROM generate_series(10, 30000) AS t", "could call a function"),
    ("SELECT t.regclass FROM unnest(ARRAY['pg_catalog.pg_authid']) AS t", "could call a function"),
    ("SELECT generate_series.regproc FROM generate_series(1, 9)", "could call a function"),
    (
        "SELECT t.regclass FROM generate_series(1, 9) AS t, (SELECT 1 AS regclass) AS z",
        "could call a function",
    ),
    ("SELECT t.random_normal FROM generate_series(1, 2) AS t", "could call a function"),
    ("SELECT * FROM games ORDER BY set_config('work_mem', '1', false)", "changes something"),
    ("SELECT current_user", "tells about the server"),
    ("SELECT session_user", "tells about the server"),
    ("SELECT 'pg_class'::regclass", "data type regclass"),
    ("SELECT NULL::nba.games", "data type nba.games"),
    ("SELECT 1 OPERATOR(public.+) 1", "no operator +"),
    ("SELECT 'a' COLLATE \"en-x-icu\"", "no collation"),
    ("SELECT * FROM games ORDER BY 1 USING <", "USING"),
    # forms
    ("SELECT $1", "placeholder"),
    ("SELECT * FROM games FOR SHARE", "lock rows"),
    ("SELECT 1 INTO x", "makes a table"),
    ("EXPLAIN (SETTINGS) SELECT 1", "option settings"),
    ("EXPLAIN ANALYZE EXECUTE x", "EXECUTE statements"),
    ("SHOW data_directory", "VARIABLE SHOW"),
    ("TABLE games; TABLE games", "2 statements"),
    ("-- nothing", "no statements"),
    ("SELECT", None),
    ("SELECT * FROM games WHERE", "It is incomplete"),
    ("SELEKT 1", "goes wrong at “SELEKT 1”"),
    ("SELECT " + "1+" * 5_000 + "1", "nested too deeply"),
    # sizes
    ("SELECT repeat('x', 1001)", "at most 1,000"),
    ("SELECT repeat('x', pts) FROM team_game_stats", "has to be a number"),
    ("SELECT repeat(repeat(repeat('x', 900), 900), 900)", "multiply"),
    ("WITH a AS (SELECT repeat('x', 1000) x) SELECT repeat(repeat(x, 1000), 1000) FROM a", "multiply"),
    ("SELECT lpad(VARIADIC ARRAY['x', '9'])", "every argument written out"),
    ("SELECT * FROM generate_series(1, 10000000)", "generate_series"),
    ("SELECT * FROM generate_series(1, (SELECT count(*) FROM games))", "have to be numbers"),
    ("SELECT generate_series(TIMESTAMP '0001-01-01', TIMESTAMP '9999-01-01', INTERVAL '1 second')", "series"),
    ("SELECT format('%1000000s', 1)", "widths"),
    ("SELECT format('%*s', 1000000, 1)", "widths"),
    ("SELECT '1'::bit(100000)", "at most 1,000 places"),
    ("SELECT array_fill(0, ARRAY[10000, 10000])", "as large as its arguments"),
]  # fmt: skip
ACCEPTED = [
    "SELECT * FROM nba.games",
    "SELECT g.season, (ROW(1, 2)).f1 FROM games AS g",
    "WITH RECURSIVE b(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM b WHERE n < 3) SELECT * FROM b",
    "WITH a AS (SELECT 1 AS x), b AS (SELECT x FROM a) SELECT * FROM (SELECT * FROM b) AS c",
    "SELECT generate_series(DATE '2025-10-01', DATE '2026-04-30', INTERVAL '1 day')::date",
    "SELECT generate_series(10, 0, -1)",
    "SELECT repeat('x', 3) || lpad('y', 10) || format('%-10s', 'z')",
    "SELECT full_name FROM players WHERE full_name ILIKE '%ć' AND full_name ~ '^N'",
    "SELECT season FROM standings GROUP BY ROLLUP (season)",
    "EXPLAIN (ANALYZE, FORMAT JSON) SELECT count(*) FROM shots",
]


@pytest.mark.parametrize(("sql", "told"), REFUSED, ids=[sql[:60] for sql, _ in REFUSED])
def test_what_is_refused_says_why_and_what_to_send_instead(sql: str, told: str | None) -> None:
    """One sentence and one hint; an empty SELECT is a query that gives nothing."""
    error = refusal(GATE, sql)
    if told is None:
        assert error is None
        return
    assert error is not None
    assert told in error.message
    assert error.hint


@pytest.mark.parametrize("sql", ACCEPTED)
def test_honest_forms_come_in(sql: str) -> None:
    """They stand beside a refused form of the same kind."""
    assert refusal(GATE, sql) is None


def test_what_runs_is_what_was_judged() -> None:
    """Comments and semicolons around a statement are cut before the judgement, and inside nothing is."""
    checked = GATE.check("/* a; */ ; SELECT ';' AS é -- b;\n ; -- c")
    assert checked.sql == "SELECT ';' AS é"
    assert GATE.check("SHOW TABLES").sql.startswith("SELECT unnest(ARRAY['games'")


@pytest.mark.parametrize(
    ("sql", "repeatable"),
    [
        ("SELECT * FROM games", True),
        ("SELECT random()", False),
        ("SELECT current_date", False),
        ("SELECT * FROM games TABLESAMPLE system (5)", False),
        ("SELECT * FROM games TABLESAMPLE system (5) REPEATABLE (1)", True),
        ("EXPLAIN ANALYZE SELECT 1", False),
    ],
)
def test_what_gives_other_rows_each_time_has_no_pages(sql: str, repeatable: bool) -> None:
    """A second page of it would not follow the first."""
    assert GATE.check(sql).is_repeatable is repeatable


def test_relations_are_told() -> None:
    """Cautions are about what a statement reads."""
    assert GATE.check("SELECT 1 FROM games, (SELECT * FROM Teams) t").relations == {"games", "teams"}


def test_every_allowed_function_is_one_of_the_server(postgres_server: PostgresServer) -> None:
    """A name that the engine does not have is a slip of the list."""
    with postgres_server.connect() as admin:
        rows = admin.execute(
            "SELECT proname::text FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace"
        ).fetchall()
    listed = {name for names in load("postgres/functions.toml")["allowed"].values() for name in names}
    assert listed - {row[0] for row in rows} == set()


def test_no_allowed_function_writes_or_waits(postgres_server: PostgresServer) -> None:
    """Of the volatile ones only those are listed that give another value each time and do nothing else."""
    with postgres_server.connect() as admin:
        rows = admin.execute(
            "SELECT DISTINCT proname::text FROM pg_proc "
            "WHERE pronamespace = 'pg_catalog'::regnamespace AND provolatile = 'v'"
        ).fetchall()
    listed = {name for names in load("postgres/functions.toml")["allowed"].values() for name in names}
    assert listed & {row[0] for row in rows} == {"clock_timestamp", "gen_random_uuid", "random"}


def test_a_verdict_is_remembered_as_it_was() -> None:
    """The second time, the same error."""
    for _ in range(2):
        with pytest.raises(QueryRefused, match="no table secrets"):
            GATE.check("SELECT * FROM secrets")
