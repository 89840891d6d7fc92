"""The product's own SQL for other engines: nothing is moved, and nothing becomes approximate."""

import pytest

from nba_mcp_synthesis.errors import QueryFailed
from nba_mcp_synthesis.warehouse.dialect import written

_PERCENTILES = [
    "percentile_cont(0.5) WITHIN GROUP (ORDER BY pts)",
    "percentile_disc(0.9) WITHIN GROUP (ORDER BY pts DESC)",
]


@pytest.mark.parametrize("percentile", _PERCENTILES)
def test_spark_gets_percentiles_as_they_are(percentile: str) -> None:
    """It has both; sqlglot writes approximate ones, without the order."""
    text = written(f"SELECT {percentile} AS x FROM shots", "spark")
    assert percentile.partition("(")[0].upper() + "(" in text
    assert "APPROX" not in text
    assert ("DESC" in text) == ("DESC" in percentile)


@pytest.mark.parametrize("percentile", [*_PERCENTILES, "median(pts)", "quantile(pts, 0.5)"])
def test_trino_has_no_percentile_that_is_exact(percentile: str) -> None:
    """So that nobody is told an approximate one for it."""
    with pytest.raises(QueryFailed, match="no function that gives what"):
        written(f"SELECT {percentile} AS x FROM shots", "trino")


def test_with_stays_where_it_is_written() -> None:
    """At the top, equal names of two of them would meet."""
    query = "(WITH u AS (SELECT {} AS x) SELECT x FROM u)"
    text = written(f"SELECT * FROM {query.format(1)} AS a CROSS JOIN {query.format(2)} AS b", "spark")
    assert not text.startswith("WITH")
    assert text.count("WITH u AS (") == 2
