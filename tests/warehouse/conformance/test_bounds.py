"""Limits, deadlines, places and errors are the same with every engine."""

import threading

import pytest

from nba_mcp_synthesis.errors import Busy, LimitExceeded, QueryFailed
from nba_mcp_synthesis.warehouse.engine import Warehouse
from nba_mcp_synthesis.warehouse.limits import Limits
from warehouse.conformance.dialects import endless, long_text, series


def test_rows_are_cut_with_a_notice(small: Warehouse) -> None:
    """The row limit cuts, and says so."""
    result = small.query(series(small, 10), Limits(rows=3))
    assert [row[0] for row in result.rows] == [1, 2, 3]
    assert result.truncated
    assert "first 3 rows" in result.notes[0]


def test_a_result_of_exactly_the_limit_is_not_called_cut(small: Warehouse) -> None:
    """Nothing is missing, so nothing is said to be."""
    assert not small.query(series(small, 3), Limits(rows=3)).truncated


def test_rows_are_left_out_at_the_front(small: Warehouse) -> None:
    """`skip` and the limit together give any page, and nothing behind the end."""
    assert [row[0] for row in small.query(series(small, 1_000), Limits(rows=3), skip=700).rows] == [
        701,
        702,
        703,
    ]
    assert small.query(series(small, 10), Limits(rows=3), skip=10).rows == ()
    assert small.query(series(small, 10), Limits(rows=3), skip=1_000_000).rows == ()


def test_bytes_are_cut_with_a_notice(small: Warehouse) -> None:
    """The byte limit cuts before the row limit where values are large."""
    result = small.query(
        f"SELECT {long_text(small, 1_000)} FROM ({series(small, 100)}) AS t", Limits(bytes=5_500)
    )
    assert len(result.rows) == 5
    assert "5,500 bytes" in result.notes[0]


def test_a_row_that_is_too_large_is_told(small: Warehouse) -> None:
    """There is nothing smaller to cut to."""
    with pytest.raises(LimitExceeded, match="One row alone"):
        small.query(f"SELECT {long_text(small, 10_000)}", Limits(bytes=5_500))


def test_a_query_is_stopped_at_its_deadline_and_the_next_one_runs(small: Warehouse) -> None:
    """An endless query ends as an error that names the limit; the warehouse goes on working."""
    with pytest.raises(LimitExceeded, match=r"deadline of 0\.3 s"):
        small.query(endless(small), Limits(seconds=0.3))
    assert small.query("SELECT 1").rows == ((1,),)


def test_callers_beside_each_other_get_their_own_rows(small: Warehouse) -> None:
    """Sixteen threads, each with its own question."""
    found: dict[int, object] = {}

    def ask(n: int) -> None:
        for _ in range(5):
            found[n] = small.query(f"SELECT {n} + count(*) FROM players").rows[0][0]

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {n: n + 4 for n in range(16)}


def test_too_many_callers_are_turned_away(small: Warehouse) -> None:
    """While as many as can wait do wait, one more is told to come back."""
    turned_away = []

    def ask() -> None:
        try:
            small.query(endless(small), Limits(seconds=0.5))
        except Busy:
            turned_away.append(1)
        except LimitExceeded:
            return

    threads = [threading.Thread(target=ask) for _ in range(small.concurrency * 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert turned_away
    assert small.query("SELECT 1").rows == ((1,),)


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELECT nosuch FROM players", "nosuch"),
        ("SELECT * FROM nosuch", "nosuch"),
        ("SELECT nosuch(1)", "nosuch"),
        ("SELECT 1 +", "syntax error"),
    ],
)
def test_a_failing_query_tells_the_engines_reason(small: Warehouse, sql: str, told: str) -> None:
    """The author of the SQL learns what was wrong with it."""
    with pytest.raises(QueryFailed, match=told):
        small.query(sql)


@pytest.mark.parametrize(
    "sql", ["SELECT CAST(full_name AS INTEGER) FROM players", "SELECT CAST(full_name AS DATE) FROM players"]
)
def test_no_error_quotes_a_value(small: Warehouse, sql: str) -> None:
    """A value may be text that came with the data, and an error is read as the server's own words."""
    with pytest.raises(QueryFailed) as failed:
        small.query(sql)
    assert "Test" not in str(failed.value)
    assert "Sample" not in str(failed.value)


def test_an_internal_query_is_never_cut(small: Warehouse) -> None:
    """What the product adds up itself must be whole."""
    with pytest.raises(LimitExceeded, match="internal query"):
        small.read("SELECT a.team_id FROM teams AS a, teams AS b, teams AS c, teams AS d")
