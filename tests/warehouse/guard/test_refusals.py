"""Each reason for a refusal, in the words that its reader gets."""

import pytest

from nba_mcp_synthesis.errors import QueryRefused
from nba_mcp_synthesis.warehouse.guard import Gate
from nba_mcp_synthesis.warehouse.guard.precheck import MAX_DEPTH, MAX_LENGTH

REFUSED = {
    "SELEC 1": "It goes wrong at “SELEC 1”",
    "SELECT FROM WHERE": "It goes wrong at “WHERE”",
    "SELECT (": "It is incomplete",
    "-- nothing": "There are no statements",
    "SELECT 1; SELECT 2": "There are 2 statements",
    "SELECT '" + "x" * MAX_LENGTH + "'": "the limit is 20,000",
    "SELECT " + "(" * (MAX_DEPTH + 1) + "1" + ")" * (MAX_DEPTH + 1): "more than 100 brackets deep",
    "/*" * 9_000: "or has as many comments",
    "SELECT 1" + "+1" * 900: "nested too deeply",
    "SELECT 1\0": "holds a NUL",
    "SELECT '\ud800'": "half a character",
    "DELETE FROM games": "DELETE statements are not accepted",
    "INSTALL httpfs": "INSTALL statements are not accepted",
    "PRAGMA database_list": "PRAGMA statements are not accepted",
    "CALL range(3)": "CALL statements are not accepted",
    "SET threads = 1": "SET statements are not accepted",
    "EXPLAIN\u00a0DELETE FROM games": "no plain space",
    "EXPLAIN ANALYZE\u00a0DELETE FROM games": "no plain space",
    "SELECT 1;\u2003DROP\u3000TABLE\u3000games": "There are 2 statements",
    "EXPLAIN DELETE FROM games": "DELETE statements are not accepted",
    "WITH x AS (SELECT 1) UPDATE games SET id = 1": "UPDATE statements are not accepted",
    "SHOW ALL TABLES": "Send SHOW TABLES for the tables",
    "DESCRIBE": "Send SHOW TABLES for the tables",
    "SELECT * FROM gmaes": "There is no table gmaes to query. Did you mean games?",
    "FROM 'secret.csv'": "There is no table secret.csv to query",
    "FROM app_secrets": "There is no table app_secrets to query",
    "FROM information_schema.tables": "There is no table information_schema.tables to query",
    "FROM memory.main.games": "There is no table memory.main.games to query",
    "FROM read_csv('x.csv')": "The table function read_csv is not allowed: it reads files",
    "FROM query('SELECT 1')": "turns text into a query",
    "FROM repeat_row(1, num_rows = 9)": "can make more rows than anyone needs",
    "SELECT lisst_avg([1])": "There is no function lisst_avg here. Did you mean list_avg",
    "SELECT json_structure('{}')": "can end the server's process",
    "SELECT pg_sleep(1)": "holds a place for queries",
    "SELECT nextval('s')": "changes something on the server",
    "SELECT 'threads'.current_setting()": "It goes wrong at",
    "SELECT name.current_setting() FROM players": "The function current_setting is not allowed",
    "SELECT current_user": "current_user is not allowed: it tells about the server",
    'SELECT "Current_User" FROM games': "current_user is not allowed",
    "SELECT list_aggregate([1], 'current_setting')": "The function current_setting is not allowed",
    "SELECT list_aggregate([1], name) FROM games": "has to stand there as text",
    "SELECT [x.getvariable() FOR x IN ['a']]": "The function getvariable is not allowed",
    "SELECT list_transform([1], lambda x: pg_sleep(x))": "The function pg_sleep is not allowed",
    "SELECT sum(id) OVER (ORDER BY setseed(0.5)) FROM games": "The function setseed is not allowed",
    "SELECT COLUMNS(c -> getvariable(c) = 1) FROM games": "The function getvariable is not allowed",
    "SELECT 1 LIMIT (SELECT nextval('s'))": "The function nextval is not allowed",
    "SELECT count(*) FROM games TABLESAMPLE 10% ORDER BY pg_sleep(1)": "The function pg_sleep is not allowed",
    "SELECT repeat('x', 5000)": "Argument 2 of repeat decides how much memory the call takes",
    "SELECT repeat('x', id) FROM games": "it has to be a number in the statement",
    "SELECT name.repeat(5000) FROM games": "at most 1,000",
    "SELECT main.repeat('x', 5)": "called by its bare name",
    "SELECT repeat(*COLUMNS(*)) FROM games": "every argument written out",
    "SELECT range(id) FROM games": "so they have to be numbers, or dates with an INTERVAL",
    "FROM range(1000000000)": "at most 1,000,000 values",
    "FROM range(DATE '0001-01-01', DATE '9999-01-01', INTERVAL 1 HOUR)": "at most 1,000,000 values",
    "SELECT printf('%*d', 5, 3)": "The pattern of printf",
    "SELECT printf('%99999d', 3)": "widths of at most 1,000",
    "SELECT printf('%" + "9" * 5_000 + "d', 3)": "widths of at most 1,000",
    "FROM range(DATE '2000-01-01', DATE '2020-01-01', to_seconds(CAST(99999999 AS BOOLEAN)::INTEGER))": (
        "so they have to be numbers"
    ),
    "SELECT format('{:{}}', 5, 3)": "The pattern of format",
    "SELECT NULL::INTEGER[5000]": "at most 1,000 elements",
    "SELECT '{}'::JSON::VARIANT": "The data type VARIANT is not accepted",
    "SELECT 1::mood": "The data type mood is not accepted",
    "SELECT 'a' COLLATE klingon": "no collation klingon",
    "SELECT $1": "has a placeholder",
    "SELECT * FROM games AT (VERSION => 1)": "only the newest one is kept",
    "SELECT sum(id) EXPORT_STATE FROM games": "inner state",
    "PIVOT games ON season IN some_type USING count(*)": "the name of a type",
}


@pytest.mark.parametrize("sql", REFUSED)
def test_a_refusal_says_why(gate: Gate, sql: str) -> None:
    """The message has the reason, the hint says what to send instead."""
    with pytest.raises(QueryRefused) as refused:
        gate.check(sql)
    assert REFUSED[sql] in str(refused.value)
    assert refused.value.hint


PIVOTS = {
    "PIVOT games ON season USING count(*) GROUP BY id;": (
        "PIVOT games ON season IN ('2024-25', '2025-26') USING count(*) GROUP BY id"
    ),
    "WITH p AS (PIVOT games ON name, season USING count(*)) FROM p": (
        "WITH p AS (PIVOT games ON name IN ('first value', 'second value'), "
        "season IN ('2024-25', '2025-26') USING count(*)) FROM p"
    ),
    "EXPLAIN PIVOT (SELECT * FROM games WHERE id IN (1)) ON season": (
        "EXPLAIN PIVOT (SELECT * FROM games WHERE id IN (1)) ON season IN ('2024-25', '2025-26')"
    ),
}


@pytest.mark.parametrize("sql", PIVOTS)
def test_a_pivot_without_values_is_shown_with_them(gate: Gate, sql: str) -> None:
    """The statement in the hint is one that the gate lets through."""
    with pytest.raises(QueryRefused) as refused:
        gate.check(sql)
    assert refused.value.hint == f"List them with IN and your own values: {PIVOTS[sql]}"
    gate.check(PIVOTS[sql])


def test_a_pivot_that_is_not_served_is_not_offered(gate: Gate) -> None:
    """With values it would be refused as well, so that reason is told."""
    with pytest.raises(QueryRefused, match="no table app_secrets"):
        gate.check("PIVOT app_secrets ON name USING count(*)")


def test_a_refusal_is_remembered_and_told_anew(gate: Gate) -> None:
    """The same words each time, in an error of its own."""
    errors = []
    for _ in range(2):
        with pytest.raises(QueryRefused) as refused:
            gate.check("FROM app_secrets")
        errors.append(refused.value)
    assert str(errors[0]) == str(errors[1])
    assert errors[0] is not errors[1]
