"""SQL from outside: pages, cautions, plans and refusals are the same with every engine."""

from collections.abc import Iterator

import pytest

from nba_mcp_synthesis.errors import LimitExceeded, QueryFailed, QueryRefused, UsageError
from nba_mcp_synthesis.warehouse.engine import Warehouse
from nba_mcp_synthesis.warehouse.opening import queries_of
from nba_mcp_synthesis.warehouse.untrusted import UntrustedQueries
from warehouse.conformance.dialects import long_text, series


def counting(queries: UntrustedQueries, count: int = 250) -> str:
    """Numbers, and a text of each."""
    return f"SELECT n, concat('value ', CAST(n AS VARCHAR(9))) AS text FROM ({series(queries, count)}) AS t"


@pytest.fixture
def queries(small: Warehouse) -> Iterator[UntrustedQueries]:
    """The way that SQL from outside takes."""
    found = queries_of(small)
    yield found
    found.close()


def test_pages_follow_one_another_without_gap_or_overlap(queries: UntrustedQueries) -> None:
    """Each cursor fetches the next page, and the last one has none."""
    numbers, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        page = queries.run(counting(queries), 100, cursor)
        numbers += [row[0] for row in page.rows()]
        cursor, pages = page.next_cursor, pages + 1
    assert numbers == list(range(1, 251))
    assert pages == 3


def test_a_page_says_what_it_speaks_about(queries: UntrustedQueries, small: Warehouse) -> None:
    """Columns, snapshot, newest date, and whether anything was cut."""
    page = queries.run("SELECT full_name, player_id FROM players ORDER BY 2", 3)
    assert page.result.columns == ("full_name", "player_id")
    assert page.rows() == [["Ada Test", 1], ["Ben Test", 2], ["Cid Sample", 3]]
    assert (page.head.snapshot, page.head.data_as_of) == (small.state().snapshot, "2025-11-03")
    assert (page.head.truncated, page.head.engine) == (True, small.engine)


def test_a_cursor_of_another_query_is_refused(queries: UntrustedQueries) -> None:
    """It says how many rows were read of that one."""
    cursor = queries.run(counting(queries), 100).next_cursor
    with pytest.raises(UsageError, match="another query"):
        queries.run(counting(queries, 260), 100, cursor)


def test_what_gives_other_rows_each_time_has_no_second_page(queries: UntrustedQueries) -> None:
    """And says so."""
    page = queries.run(f"SELECT random() FROM ({series(queries, 10)}) AS t", 3)
    assert page.next_cursor is None
    assert any("no next page" in note for note in page.head.notes)


def test_a_table_that_is_not_whole_is_told(queries: UntrustedQueries) -> None:
    """The small league has three games of a season."""
    page = queries.run("SELECT count(*) FROM games", 10)
    assert page.rows() == [[3]]
    assert any("is not complete" in note for note in page.head.notes)


def test_a_plan_can_be_asked_for(queries: UntrustedQueries) -> None:
    """With what it took, where that is asked."""
    assert queries.run("EXPLAIN SELECT * FROM games", 100).count
    if queries.engine == "spark":
        with pytest.raises(QueryRefused, match="no EXPLAIN ANALYZE"):
            queries.run("EXPLAIN ANALYZE SELECT count(*) FROM games", 100)
    else:
        assert queries.run("EXPLAIN ANALYZE SELECT count(*) FROM games", 100).count


def test_tables_can_be_listed(queries: UntrustedQueries) -> None:
    """As the refusals advise."""
    names = [str(row[0]) for row in queries.run("SHOW TABLES", 100).rows()]
    assert "games" in names
    assert "standings" in names
    assert names == sorted(names)


@pytest.mark.parametrize(
    "sql",
    ["DELETE FROM games", "SELECT 1; SELECT 2", "SELECT * FROM secrets", "SELECT nosuch(1)", "SELEKT", ""],
)
def test_what_is_no_query_over_the_tables_is_refused(queries: UntrustedQueries, sql: str) -> None:
    """With what to send instead."""
    with pytest.raises(QueryRefused) as refused:
        queries.run(sql, 10)
    assert refused.value.hint


def test_a_value_that_is_too_large_is_told(queries: UntrustedQueries) -> None:
    """More than all that one page may have."""
    joined = {"athena": "array_join(array_agg({}), '')", "spark": "array_join(collect_list({}), '')"}
    text = joined.get(queries.engine, "string_agg({}, '')").format(long_text(queries, 1_000))
    sql = f"SELECT {text} FROM ({series(queries, 10_000)}) AS t"
    with pytest.raises(LimitExceeded, match="One row alone"):
        queries.run(sql, 10)


def test_what_fails_while_it_runs_says_why(queries: UntrustedQueries) -> None:
    """Without a value."""
    with pytest.raises(QueryFailed) as failed:
        queries.run("SELECT CAST(full_name AS INTEGER) FROM players", 10)
    assert "Ada" not in str(failed.value)
