"""The canonical tables as data: each is explained, and the warehouse is what they say."""

import pytest

from nba_mcp_synthesis.schema.expected import expected_games
from nba_mcp_synthesis.schema.tables import tables, views
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse

ALL = {**tables(), **views()}


@pytest.mark.parametrize("name", ALL)
def test_every_table_and_column_is_explained(name: str) -> None:
    """Comments are sentences; keys are columns."""
    table = ALL[name]
    assert table.comment.endswith(".")
    assert all(column.comment.endswith(".") for column in table.columns)
    assert set(table.key) <= set(table.column_names())
    assert len(set(table.column_names())) == len(table.columns)


@pytest.mark.parametrize("name", ALL)
def test_the_warehouse_has_the_columns_that_are_described(
    small_warehouse: DuckDBWarehouse, name: str
) -> None:
    """Names and types; of views the names."""
    types = {"text": "VARCHAR"}
    described = [(c.name, types.get(c.type, c.type.upper())) for c in ALL[name].columns]
    found = small_warehouse.query(f"SELECT column_name, column_type FROM (DESCRIBE {name})").rows
    if name in views():
        assert sorted(column for column, _ in found) == sorted(column for column, _ in described)
    else:
        assert sorted(found) == sorted(described)


@pytest.mark.parametrize(
    ("season", "kind", "games"),
    [
        ("2025-26", "Regular Season", 1230),
        ("2011-12", "Regular Season", 990),
        ("2019-20", "Regular Season", 1059),
        ("1998-99", "Regular Season", None),
        ("2025-26", "Playoffs", None),
    ],
)
def test_the_games_of_a_whole_season_are_known_where_they_are(
    season: str, kind: str, games: int | None
) -> None:
    """Shortened seasons have their own number; what is not known is not guessed."""
    assert expected_games(season, kind) == games
