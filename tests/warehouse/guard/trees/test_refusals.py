"""What each rule of the gate for Athena and Spark refuses, and what it lets in."""

import re
from collections import Counter

import pytest
import sqlglot
from sqlglot.tokenizer_core import TokenType

from nba_mcp_synthesis.errors import QueryRefused
from nba_mcp_synthesis.schema.tables import tables, views
from nba_mcp_synthesis.warehouse.guard.lists import load
from nba_mcp_synthesis.warehouse.guard.trees.gate import TreeGate
from nba_mcp_synthesis.warehouse.guard.trees.reader import _LISTS
from warehouse.guard.trees.calls import calls, statement
from warehouse.guard.verdicts import refusal

COUNTED = (TokenType.NUMBER, TokenType.TRUE, TokenType.FALSE, TokenType.NULL)
BOTH, TRINO, SPARK = ("trino", "spark"), ("trino",), ("spark",)
REFUSED: list[tuple[tuple[str, ...], str, str]] = [
    (BOTH, "", "no statements"),
    (BOTH, "SELECT 1; SELECT 2", "2 statements"),
    (BOTH, "DELETE FROM games", "DELETE is not accepted"),
    (BOTH, "INSERT INTO games SELECT * FROM games", "INSERT is not accepted"),
    (BOTH, "CREATE TABLE x AS SELECT 1", "CREATE is not accepted"),
    (BOTH, "DROP TABLE games", "DROP is not accepted"),
    (BOTH, "SET spark.sql.variable.substitute = true", "SET is not accepted"),
    (BOTH, "SELECT * FROM secrets", "no table secrets"),
    (BOTH, "SELECT * FROM other.games", r"form of table \(db\)"),
    (BOTH, "SELECT * FROM a.b.games", r"form of table"),
    (BOTH, "SELECT * FROM information_schema.tables", "no table tables|form of table"),
    (BOTH, "WITH games AS (SELECT 1 AS x) SELECT * FROM games", "name of a table"),
    (BOTH, "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT * FROM t", "recursive"),
    (BOTH, "SELECT nosuch(1)", "no function nosuch"),
    (BOTH, "SELECT current_user", "current_user"),
    (BOTH, "SELECT current_schema", "tells of the engine"),
    (BOTH, "SELECT CURRENT_CATALOG, pts FROM shots", "tells of the engine|not accepted"),
    (BOTH, "SELECT user FROM games", "tells of the engine|not accepted"),
    (BOTH, "SELECT season FROM games WHERE season = session_user", "tells of the engine|not accepted"),
    (BOTH, "SELECT localtimestamp", "tells of the engine|not accepted"),
    (TRINO, "SELECT current_path", "tells of the engine"),
    (SPARK, "SELECT `Current_Database`", "tells of the engine"),
    (SPARK, "SELECT grouping__id FROM games GROUP BY season", "tells of the engine"),
    (BOTH, "SELECT DECIMAL '1.5'", "DECIMAL before a text|size would get lost"),
    (BOTH, "SELECT CHAR 'abc'", "CHAR before a text|size would get lost"),
    (BOTH, "SELECT log10(1000)", r"log10 cannot be passed on.*\n?.*log\(10, x\)"),
    (BOTH, "SELECT DISTINCT ON (season) season, game_id FROM games", r"form of distinct \(on\)"),
    (BOTH, "SELECT ceiling(pts, game_date, game_date) FROM games", "game_date cannot be passed on"),
    (BOTH, "SELECT mod(pts, 2, 3) FROM shots", "3.* cannot be passed on"),
    (BOTH, "SELECT argmax(pts, 1) FROM shots", "argmax cannot be passed on"),
    (BOTH, "SELECT initcap(season), 'a' 'b' FROM games", "Two texts stand next to each other"),
    (TRINO, "SELECT initcap(season) FROM games", "initcap cannot be passed on"),
    (TRINO, "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY pts) FROM shots", "cannot be passed on"),
    (TRINO, "SELECT median(pts) FROM shots", "median cannot be passed on"),
    (TRINO, "SELECT left(season, 4) FROM games", "left cannot be passed on"),
    (TRINO, "SELECT lpad(season, 5) FROM games", "would be something else"),
    (
        TRINO,
        "SELECT * FROM games AS g LEFT SEMI JOIN teams AS t ON g.home_team_id = t.team_id",
        "something else",
    ),
    (SPARK, "SELECT percentile(pts, 0.5, made) FROM shots", "made cannot be passed on"),
    (SPARK, "SELECT 'O''Neal'", "Two texts stand next to each other"),
    (SPARK, "SELECT trunc(game_date, season) FROM games", "season cannot be passed on"),
    (SPARK, "SELECT unnest(array(1, 2))", "unnest cannot be passed on"),
    (SPARK, "SELECT regexp_replace(season, '-') FROM games", "not SQL that can be read"),
    (SPARK, "SELECT to_date(season, 'yyyy-MM-dd') FROM games", "cannot be passed on"),
    (SPARK, "SELECT date_format(game_date) FROM games", "not SQL that can be read|cannot be passed on"),
    (SPARK, "SELECT max(1, 2)", "max cannot be passed on"),
    (SPARK, "SELECT log2(pts), percentile(pts, 0.25, 2) FROM shots", "2.* cannot be passed on"),
    (SPARK, "SELECT date_sub(game_date, 3), percentile(pts, 0.25, 1) FROM shots", "1.* cannot be passed on"),
    (
        SPARK,
        "SELECT regexp_extract(season, 'x'), percentile(pts, 0.25, 1) FROM shots",
        "1.* cannot be passed on",
    ),
    (SPARK, "SELECT percentile(pts, 0.25, true) FROM shots", "true cannot be passed on"),
    (
        SPARK,
        "SELECT count(*) FROM teams a, games g RIGHT JOIN teams t ON t.team_id = g.home_team_id",
        "A comma",
    ),
    (
        SPARK,
        "SELECT count(*) FROM teams a, games g FULL JOIN teams t ON t.team_id = g.home_team_id",
        "A comma",
    ),
    (SPARK, "SELECT a.season FROM games a, games g JOIN team_game_stats s USING (season)", "A comma"),
    (SPARK, "SELECT TIMESTAMP '2024-01-31 23:00:00+02:00'", "no time without a zone"),
    (SPARK, "SELECT TIMESTAMP_NTZ '2024-01-31 23:00:00 America/New_York'", "no time without a zone"),
    (SPARK, "SELECT CAST(('2024-01-31T23:00:00Z') AS TIMESTAMP)", "no time without a zone"),
    (SPARK, "SELECT TIMESTAMP 'now'", "no time without a zone"),
    (
        TRINO,
        "SELECT TIMESTAMP '2024-01-31 10:00:00.123', mod(pts, 2, 3) FROM shots",
        "3.* cannot be passed on",
    ),
    (BOTH, "SELECT ?", "placeholder"),
    (BOTH, "SELECT CAST(1 AS json)", "data type json"),
    (BOTH, "SELECT repeat('x', 2000)", "at most 1,000"),
    (BOTH, "SELECT repeat('x', pts) FROM team_game_stats", "a number in the statement"),
    (BOTH, "SELECT repeat(repeat(repeat('x', 1000), 1000), 1000)", "at most 1,000,000"),
    (BOTH, "SELECT sequence(1, 100000000)", "a series"),
    (BOTH, "SELECT * FROM games TABLESAMPLE BERNOULLI (10)", "sample|not SQL"),
    (BOTH, "SELECT * FROM games FOR VERSION AS OF 1", "version"),
    (TRINO, 'SELECT "$path" FROM games', "no name that may stand here"),
    (TRINO, 'SELECT * FROM "games$partitions"', "no table"),
    (TRINO, "SELECT * FROM TABLE(system.query(query => 'SELECT 1'))", "no table|not SQL|table function"),
    (TRINO, "WITH FUNCTION f(x int) RETURNS int RETURN x SELECT f(1)", "udfs|no function"),
    (TRINO, "SELECT * FROM UNNEST(SEQUENCE(1, 20000)) AS t(n)", "at most 10,000"),
    (TRINO, "UNLOAD (SELECT 1) TO 's3://x' WITH (format = 'PARQUET')", "not accepted|not SQL"),
    (TRINO, "EXECUTE x USING 1", "not accepted|not SQL"),
    (SPARK, "SELECT '${env:HOME}'", "variable of its own"),
    (SPARK, "SELECT _metadata.file_path FROM games", "no name that may stand here"),
    (SPARK, "SELECT input_file_name() FROM games", "no function input_file_name"),
    (SPARK, "SELECT java_method('java.lang.System', 'getenv', 'HOME')", "no function java_method"),
    (SPARK, "SELECT reflect('java.lang.System', 'exit', 1)", "no function reflect"),
    (SPARK, "SELECT * FROM parquet.`/etc/passwd`", r"form of table \(db\)|no table"),
    (SPARK, "SELECT * FROM `parquet`.`s3a://other/x`", r"form of table \(db\)|no table"),
    (SPARK, "SELECT TRANSFORM(pts) USING 'cat' FROM team_game_stats", "query transform"),
    (SPARK, "SELECT /*+ BROADCAST(games) */ 1 FROM games", "hint"),
    (SPARK, "SELECT * FROM range(1, 100000000)", "a series"),
    (SPARK, "SELECT * FROM IDENTIFIER('games')", "table function"),
    (SPARK, "SELECT * FROM games LATERAL VIEW explode(array(1)) t AS x", "laterals|explode|lateral"),
    (SPARK, "EXPLAIN ANALYZE SELECT 1", "no EXPLAIN ANALYZE"),
    (SPARK, "EXPLAIN EXTENDED SELECT 1", "EXPLAIN is not accepted"),
    (SPARK, "ADD JAR 's3://x/y.jar'", "not accepted|not SQL"),
    (SPARK, "INSERT OVERWRITE DIRECTORY '/x' SELECT 1", "not accepted|not SQL"),
]


@pytest.mark.parametrize(
    ("dialect", "sql", "told"), [(d, sql, told) for dialects, sql, told in REFUSED for d in dialects]
)
def test_what_no_list_has_is_refused(dialect: str, sql: str, told: str) -> None:
    """With what is wrong and what to send instead."""
    with pytest.raises(QueryRefused, match=told) as refused:
        TreeGate(dialect).check(sql)
    assert refused.value.hint


ACCEPTED = [
    "SELECT full_name, count(*) AS n FROM players GROUP BY full_name HAVING count(*) > 1 ORDER BY n LIMIT 5",
    "WITH a AS (SELECT season, sum(pts) AS p FROM shots GROUP BY season) SELECT * FROM a WHERE p > 1",
    "SELECT a.team_id, rank() OVER (PARTITION BY season ORDER BY a.pts DESC) AS r FROM team_game_stats AS a",
    "SELECT CASE WHEN won THEN 'W' ELSE 'L' END FROM team_game_stats UNION ALL SELECT 'x'",
    "SELECT g.game_id FROM games AS g LEFT JOIN team_game_stats AS s ON s.game_id = g.game_id AND s.is_home",
    "SELECT season FROM standings WHERE team_id IN (SELECT team_id FROM teams WHERE conference = 'East')",
    "SELECT CAST(avg(pts) AS DECIMAL(6, 2)), coalesce(max(pts), 0) FROM player_game_stats",
    "SELECT EXTRACT(YEAR FROM game_date), count(*) FILTER (WHERE won) FROM team_game_stats GROUP BY 1",
    "SELECT g.user, current_streak FROM (SELECT season AS user, 1 AS current_streak FROM games) AS g",
    "SELECT TIMESTAMP '2024-01-31 23:00:00.5', TIMESTAMP '2024-01-31', CAST('2024' AS TIMESTAMP)",
    "SELECT count(*) FROM teams a, games g LEFT JOIN teams t ON t.team_id = g.home_team_id",
    "SELECT count(*) FROM teams a CROSS JOIN games g RIGHT JOIN teams t ON t.team_id = g.home_team_id",
    "SELECT * FROM games",
    "SHOW TABLES",
    "EXPLAIN SELECT * FROM games;",
]


@pytest.mark.parametrize("dialect", BOTH)
@pytest.mark.parametrize("sql", ACCEPTED)
def test_ordinary_statements_come_in(sql: str, dialect: str) -> None:
    """In both dialects."""
    assert refusal(TreeGate(dialect), sql) is None


@pytest.mark.parametrize(
    ("sql", "sent"),
    [
        (
            "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY pts) AS x FROM shots",
            "SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY pts) AS x FROM shots",
        ),
        (
            "SELECT percentile_disc(0.9) WITHIN GROUP (ORDER BY pts DESC) AS x FROM shots",
            "SELECT PERCENTILE_DISC(0.9) WITHIN GROUP (ORDER BY pts DESC) AS x FROM shots",
        ),
        (
            (
                "SELECT a.x FROM (WITH u AS (SELECT 1 AS x) SELECT x FROM u) AS a CROSS JOIN "
                "(WITH u AS (SELECT 2 AS x) SELECT x FROM u) AS b"
            ),
            (
                "SELECT a.x FROM (WITH u AS (SELECT 1 AS x) SELECT x FROM u) AS a CROSS JOIN "
                "(WITH u AS (SELECT 2 AS x) SELECT x FROM u) AS b"
            ),
        ),
        (
            "SELECT max(regexp_extract(season, '([0-9]+)', 1)) AS x FROM games WHERE .5 < 1L",
            "SELECT MAX(REGEXP_EXTRACT(season, '([0-9]+)')) AS x FROM games WHERE 0.5 < CAST(1 AS BIGINT)",
        ),
        (
            "SELECT TRY_CAST(season AS INT) + CAST(DATE '2024-01-31' AS INT) AS x FROM games",
            "SELECT TRY_CAST(season AS INT) + CAST(CAST('2024-01-31' AS DATE) AS INT) AS x FROM games",
        ),
        (
            "SELECT regexp_like(season, '2') = true AS x, season NOT RLIKE ('2') AS y FROM games",
            "SELECT REGEXP_LIKE(season, '2') = TRUE AS x, NOT REGEXP_LIKE(season, ('2')) AS y FROM games",
        ),
        (
            "SELECT log2(pts) AS x, regexp_extract(season, 'x', 1) AS y FROM shots WHERE made IS UNKNOWN",
            "SELECT LOG(2, pts) AS x, REGEXP_EXTRACT(season, 'x') AS y FROM shots WHERE made IS NULL",
        ),
        (
            "SELECT date_sub(game_date, 1 + 2) AS x FROM games",
            "SELECT DATE_ADD(game_date, (1 + 2) * -1) AS x FROM games",
        ),
    ],
)
def test_what_is_sent_says_what_the_caller_wrote(sql: str, sent: str) -> None:
    """In Spark's words: no function is approximate that was not, and no WITH is moved."""
    assert TreeGate("spark").check(sql).sql.partition(" ORDER BY 1 NULLS LAST")[0] == sent


@pytest.mark.parametrize("dialect", BOTH)
def test_what_the_writer_adds_is_known(dialect: str) -> None:
    """Else a number that it adds to one function would hide that another one has lost it."""
    for sql in map(statement, calls(dialect)):
        if "TIMESTAMP '" in sql:
            continue  # it becomes a time of so many digits as its text has
        given, sent = (
            Counter(
                token.text.casefold()
                for token in sqlglot.tokenize(text, read=dialect)
                if token.token_type in COUNTED
            )
            for text in (sql, TreeGate(dialect).check(sql).sql.partition(" ORDER BY 1")[0])
        )
        name = sql.removeprefix("SELECT ").partition("(")[0]
        known = load("trees/kept.toml")["added"][dialect].get(name)
        assert list((sent - given).elements()) == ([known] if known else []), sql


@pytest.mark.parametrize("dialect", BOTH)
def test_what_is_sent_is_accepted_again(dialect: str) -> None:
    """As it is, with the same relations: what was judged is what is sent."""
    gate = TreeGate(dialect)
    for sql in (*ACCEPTED, *map(statement, calls(dialect))):
        sent = gate.check(sql)
        again = TreeGate(dialect).check(sent.sql)
        assert again.relations == sent.relations
        assert sent.is_repeatable or again.sql == sent.sql


@pytest.mark.parametrize("dialect", BOTH)
def test_comments_do_not_run(dialect: str) -> None:
    """What is run is written from the tree, and that has none."""
    checked = TreeGate(dialect).check("/* a */ SELECT 1 AS x -- b\n; -- c")
    assert checked.sql.startswith("SELECT 1 AS x ORDER BY 1")


@pytest.mark.parametrize(
    ("sql", "ordered"),
    [
        ("SELECT full_name, player_id FROM players", "ORDER BY 1, 2"),
        ("SELECT full_name, player_id FROM players ORDER BY full_name DESC", "ORDER BY full_name DESC, 1, 2"),
        ("SELECT season, sum(pts) FROM team_game_stats GROUP BY season", "ORDER BY 1, 2"),
        ("WITH a AS (SELECT 1 AS x, 2 AS y) SELECT a.*, 3 FROM a", "ORDER BY 1, 2, 3"),
        ("SELECT 1 AS x UNION ALL SELECT 2", "ORDER BY 1"),
        ("SELECT quarantined_games.*, 3 FROM quarantined_games", "ORDER BY 1, 2, 3, 4, 5, 6, 7"),
    ],
)
def test_pages_have_a_total_order(sql: str, ordered: str) -> None:
    """By all columns, behind the order that was asked for."""
    checked = TreeGate("trino").check(sql)
    assert checked.is_repeatable
    assert checked.sql.endswith(ordered)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT row_number() OVER (ORDER BY pts) FROM team_game_stats",
        "SELECT array_agg(pts) FROM team_game_stats",
        "SELECT * FROM games JOIN team_game_stats USING (game_id)",
        "SELECT * FROM (SELECT pts FROM team_game_stats LIMIT 3) AS t",
        "SELECT random()",
        "EXPLAIN SELECT 1",
    ],
)
def test_what_may_differ_the_next_time_has_one_page(sql: str) -> None:
    """Rather than pages with gaps."""
    assert not TreeGate("trino").check(sql).is_repeatable


@pytest.mark.parametrize("join", ["LEFT SEMI", "LEFT ANTI", "SEMI", "ANTI"])
def test_a_join_that_only_chooses_rows_has_no_columns(join: str) -> None:
    """A star is what is before it."""
    sql = f"SELECT * FROM quarantined_games AS q {join} JOIN teams AS t ON q.home_team_id = t.team_id"
    checked = TreeGate("spark").check(sql)
    assert checked.sql.endswith("5 NULLS LAST, 6 NULLS LAST")


def test_a_star_has_the_columns_of_the_schema() -> None:
    """Counted, since a page of all columns is what people ask for first."""
    checked = TreeGate("spark").check("SELECT * FROM quarantined_games")
    assert ", ".join(f"{n} NULLS LAST" for n in range(1, 7)) in checked.sql or checked.sql.endswith(
        "ORDER BY 1, 2, 3, 4, 5, 6"
    )


def test_no_column_has_a_name_that_is_refused() -> None:
    """Of those that are served."""
    bare = re.compile(_LISTS["bare"])
    assert not [
        c for table in (tables() | views()).values() for c in table.column_names() if bare.fullmatch(c)
    ]


def test_a_length_of_varchar_is_of_no_effect_in_spark_and_kept_in_trino() -> None:
    """Spark takes any VARCHAR in a cast for STRING; a number beside it hides no other that is lost."""
    sql = "SELECT CAST(season AS VARCHAR(9)) AS s FROM games"
    assert "STRING" in TreeGate("spark").check(sql).sql
    assert "VARCHAR(9)" in TreeGate("trino").check(sql).sql
    with pytest.raises(QueryRefused, match="cannot be passed on"):
        TreeGate("spark").check("SELECT CAST(season AS CHAR(3)) AS s FROM games")
