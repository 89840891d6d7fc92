"""Teams are meant, and named, as in the season that is asked about."""

from pathlib import Path

import pytest

from nba_mcp_synthesis.facts import Question
from nba_mcp_synthesis.sources.door import find_files
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.loading import load_files
from small_league import analyst_of


@pytest.fixture(scope="module")
def earlier(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> DuckDBWarehouse:
    """The games of the seasons from 2010-11 on."""
    path = tmp_path_factory.mktemp("earlier") / "w.duckdb"
    load_files(path, find_files([real_data / "team_games_2010_2024"]))
    return DuckDBWarehouse(path)


@pytest.mark.parametrize(
    ("text", "record", "named"),
    [
        ("hornets record 2012-13", "27-55", "The New Orleans Pelicans were the New Orleans Hornets then."),
        ("hornets record 2014-15", "33-49", "The Charlotte Hornets went"),
        ("bobcats record 2012-13", "21-61", "The Charlotte Hornets were the Charlotte Bobcats then."),
        ("nets record 2010-11", "24-58", "The Brooklyn Nets were the New Jersey Nets then."),
        ("nets record 2013-14", "44-38", "The Brooklyn Nets went"),
    ],
)
def test_a_nickname_means_who_bore_it_then(
    earlier: DuckDBWarehouse, text: str, record: str, named: str
) -> None:
    """The Hornets of 2012-13 played in New Orleans; the records are those of the league's history."""
    answer = analyst_of(earlier).propose(Question("q", text))
    assert record in answer.text
    assert named in answer.text


def test_this_season_needs_no_history(real_warehouse: DuckDBWarehouse) -> None:
    """No former name is told where nobody bears one."""
    answer = analyst_of(real_warehouse).propose(Question("q", "hornets record"))
    assert answer.status == "answered"
    assert "then" not in answer.text
