"""The gate over the tables of a small warehouse, and the corpus of attacks where there is one."""

import json
from pathlib import Path
from typing import Any

import pytest

from nba_mcp_synthesis.warehouse.guard import Gate

SERVED = frozenset({"games", "players", "order"})


@pytest.fixture(scope="session")
def gate() -> Gate:
    """A gate that serves three tables."""
    return Gate(SERVED)


@pytest.fixture(scope="session")
def corpus(real_data: Path) -> dict[str, list[dict[str, Any]]]:
    """`attacks` and `honest`: statements with an id, over the tables of `corpus_gate`; skips without them."""
    folder = real_data.parent / "guard"
    if not folder.is_dir():
        pytest.skip("no corpus of attacks beside the real data")
    return {
        "attacks": _lines(folder / "attacks_duckdb.jsonl"),
        "honest": _lines(folder / "legit_duckdb.jsonl"),
    }


@pytest.fixture(scope="session")
def corpus_gate() -> Gate:
    """A gate that serves the analytical tables of the corpus, and none of its secret ones."""
    named = "teams players games player_game_stats team_game_stats play_by_play shots order"
    return Gate(frozenset(named.split()))


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]
