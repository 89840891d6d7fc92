"""An answer is of one state of the warehouse, also while data are loaded."""

from pathlib import Path
from typing import Any

import pytest

import small_league
from nba_mcp_synthesis.app import App
from nba_mcp_synthesis.errors import Busy
from nba_mcp_synthesis.facts import Result
from nba_mcp_synthesis.settings import load_settings
from nba_mcp_synthesis.warehouse.loading import load_demo

QUESTION = "who led the lakers in total points and total rebounds"


@pytest.fixture
def app(tmp_path: Path) -> App:
    """The product over the small league."""
    path = small_league.build(tmp_path / "small.duckdb")
    return App(load_settings({"NBA_MCP_WAREHOUSE_URL": f"duckdb:///{path}", "NBA_MCP_HOME": str(tmp_path)}))


def load_in_between(app: App, monkeypatch: pytest.MonkeyPatch, times: int) -> list[int]:
    """Loads the league under another name before some of the queries, so often; gives where."""
    query = app.warehouse.query
    loads: list[int] = []
    count = 0

    def loading(sql: str, *args: Any, **options: Any) -> Result:
        nonlocal count
        count += "AS reb" in sql
        if "AS reb" in sql and len(loads) < times:
            loads.append(count)
            load_demo(Path(app.warehouse.place), [(f"again {count}", small_league.reading())])
        return query(sql, *args, **options)

    monkeypatch.setattr(app.warehouse, "query", loading)
    return loads


def test_a_load_in_between_is_asked_again(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """The points would be of the old state and the rebounds of the new one: both are asked anew."""
    loads = load_in_between(app, monkeypatch, times=1)
    answer = app.ask(QUESTION)
    assert loads
    assert len(answer.evidence) > 1
    assert {e.result.snapshot for e in answer.evidence} == {app.warehouse.state().snapshot}


def test_loads_without_end_are_told(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer is mixed of two states, however often data are loaded."""
    load_in_between(app, monkeypatch, times=1_000)
    with pytest.raises(Busy, match="New data were loaded"):
        app.ask(QUESTION)
