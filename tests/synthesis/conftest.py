"""A product over the small league whose models are peers on loopback."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import small_league
from nba_mcp_synthesis.app import App
from nba_mcp_synthesis.basketball.names import Names
from nba_mcp_synthesis.basketball.stats.stats import Stats
from nba_mcp_synthesis.settings import load_settings
from nba_mcp_synthesis.sources.demo.league import simulate
from nba_mcp_synthesis.warehouse.cautions import Cautions
from nba_mcp_synthesis.warehouse.duckdb_engine import DuckDBWarehouse
from nba_mcp_synthesis.warehouse.loading import load_demo
from servers.models import Call, Peer, Seen
from servers.models.behaviours import Behaviour, right

# Who asks it needs models: the analyst does not understand it.
QUESTION = "whose scoring made the fish happiest"
# A line for each provider; the peer's address is put in.
LINES = {
    "anthropic": "anthropic:claude-haiku-4-5@{peer.url}",
    "openai": "openai:gpt-4.1-mini@{peer.openai_url}",
    "google": "google:gemini-2.5-flash@{peer.url}",
    "deepseek": "deepseek:deepseek-chat@{peer.url}",
    "ollama": "ollama:qwen3@{peer.openai_url}",
    "compatible": "compatible:llama@{peer.openai_url}=0.2/0.8",
    "bedrock": "bedrock:anthropic.claude-3-5-sonnet-20240620-v1:0@{peer.url}",
}
KEYS = {
    "ANTHROPIC_API_KEY": "sk-ant-of-the-tests-of-synthesis",
    "OPENAI_API_KEY": "sk-openai-of-the-tests-of-synthesis",
    "GOOGLE_API_KEY": "google-key-of-the-tests-of-synthesis",
    "DEEPSEEK_API_KEY": "sk-deepseek-of-the-tests-of-synthesis",
    "COMPATIBLE_API_KEY": "compatible-key-of-the-tests-of-synthesis",
    "AWS_ACCESS_KEY_ID": "a-key",
    "AWS_SECRET_ACCESS_KEY": "a-secret",
}
BOARD = Call(
    "query_stats",
    {"measures": ["pts"], "by": ["player"], "order_by": ["-pts"], "limit": 2, "qualifier": False},
)
BY_HAND = Call(
    "query_sql",
    {
        "sql": "SELECT full_name AS player, pts FROM player_season_stats JOIN players USING (player_id) "
        "ORDER BY pts DESC LIMIT 2"
    },
)


@pytest.fixture(scope="session")
def demo_stats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stats]:
    """The semantic layer over one simulated season, whose tables all come from the same games."""
    path = tmp_path_factory.mktemp("demo") / "demo.duckdb"
    load_demo(path, [("season", reading) for reading in simulate(1, 1, processes=2)])
    warehouse = DuckDBWarehouse(path)
    yield Stats(warehouse, lambda: Names.of(warehouse), Cautions(warehouse))
    warehouse.close()


MakeApp = Callable[..., App]


def said(seen: Seen) -> dict[str, Any]:
    """The right final output, read off the newest result: who is first, and with how much."""
    result = json.loads(seen.results[-1].text)["result"]
    row = dict(zip(result["columns"], result["rows"][0], strict=True))
    figure = {"entity": row["player"], "measure": "pts", "value": row["pts"], "evidence": result["evidence"]}
    return {
        "answer": f"{row['player']} scored most, with {row['pts']} points.",
        "figures": [figure],
        "assumptions": ["This season was meant."],
    }


def knowing(step: Call = BOARD) -> Behaviour:
    """A model that queries and says what came out."""
    return right(step, answer=said)


@pytest.fixture
def panel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeApp]:
    """Makes the product with these peers as its models, by provider; other arguments are settings."""
    path = small_league.build(tmp_path / "small.duckdb")
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    made: list[App] = []

    def make(peers: dict[str, Peer], **settings: object) -> App:
        lines = ",".join(LINES[provider].format(peer=peer) for provider, peer in peers.items())
        given = {
            "warehouse_url": f"duckdb:///{path}",
            "home": tmp_path,
            "models": lines,
            "voice_seconds": 20,
            **settings,
        }
        found = App(load_settings({f"NBA_MCP_{name.upper()}": str(value) for name, value in given.items()}))
        choir = found.questions().choir
        assert choir is not None
        choir.warm()  # no deadline of a test pays for imports
        made.append(found)
        return found

    yield make
    for one in made:
        one.questions().close()
        one.queries.close()
        one.warehouse.close()
