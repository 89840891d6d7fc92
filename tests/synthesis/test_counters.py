"""Counters of models begin with 0: Prometheus does not see what a series is born with."""

from pathlib import Path

import pytest

import small_league
from nba_mcp_synthesis.app import App
from nba_mcp_synthesis.settings import load_settings
from nba_mcp_synthesis.synthesis.voices.faults import KINDS, fault_of

MODELS = "openai:gpt-4.1-mini,anthropic:claude-haiku-4-5"


@pytest.fixture
def told(tmp_path: Path) -> dict[str, float]:
    """The requests to models by series, of a server that nobody has asked yet."""
    given = {
        "NBA_MCP_WAREHOUSE_URL": f"duckdb:///{small_league.build(tmp_path / 'small.duckdb')}",
        "NBA_MCP_HOME": str(tmp_path / "home"),
        "NBA_MCP_MODELS": MODELS,
    }
    metrics = App(load_settings(given)).services("stdio").metrics
    lines = metrics.exposition().decode().splitlines()
    found = (line.rsplit(" ", 1) for line in lines if line.startswith("nba_mcp_model_requests_total{"))
    return {series: float(value) for series, value in found}


def test_requests_to_models_are_counted_from_nothing(told: dict[str, float]) -> None:
    """Each voice with each way to end."""
    wanted = {
        f'nba_mcp_model_requests_total{{outcome="{kind}",voice="{voice}"}}'
        for voice in MODELS.split(",")
        for kind in ("ok", *KINDS)
    }
    assert set(told) == wanted
    assert set(told.values()) == {0.0}


@pytest.mark.parametrize("error", [ValueError("?"), TimeoutError()])
def test_every_fault_is_of_a_known_kind(error: BaseException) -> None:
    """Also one that nobody thought of."""
    assert fault_of(error).kind in KINDS
