"""The page while models are asked: their stages, their voices, and how a question is stopped."""

import json
from pathlib import Path
from typing import Any

import pytest

import small_league
from browser import Browser
from page_steps import WIDE, ask, check_accessible, check_clean, text
from running import running
from servers.model_peers import MakePeer
from servers.models import Call, Seen, hangs
from servers.models.behaviours import right, slow
from synthesis.conftest import BY_HAND, KEYS, LINES, QUESTION, knowing

pytestmark = pytest.mark.system

BY_GAME = {"measures": ["pts_per_game"], "by": ["player"], "order_by": ["-pts_per_game"]}
PER_GAME = Call("query_stats", {**BY_GAME, "limit": 1, "qualifier": False})


def averaged(seen: Seen) -> dict[str, Any]:
    """The points per game of the first, where the others give points."""
    result = json.loads(seen.results[-1].text)["result"]
    row = dict(zip(result["columns"], result["rows"][0], strict=True))
    value = round(row["pts_per_game"], 1)
    of = {"entity": row["player"], "measure": "pts_per_game", "evidence": result["evidence"]}
    return {"answer": f"{row['player']}: {value} a game.", "figures": [{**of, "value": value}]}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Of a server over the small league, with keys of providers."""
    path = small_league.build(tmp_path / "small.duckdb")
    return {**KEYS, "NBA_MCP_WAREHOUSE_URL": f"duckdb:///{path}", "NBA_MCP_HOME": str(tmp_path)}


@pytest.mark.parametrize("how", ["button", "Escape"])
def test_stop_leaves_no_call_at_a_peer(
    browser: Browser, environment: dict[str, str], tmp_path: Path, model_peer: MakePeer, how: str
) -> None:
    """While a model thinks its stage is shown; whoever stops pays no more, and may ask again."""
    peer = model_peer(hangs())
    with running(tmp_path, **environment, NBA_MCP_MODELS=LINES["openai"].format(peer=peer)) as server:
        browser.do("open", url=server.url, **WIDE)
        browser.do("fill", selector="#question", text=QUESTION)
        browser.do("press", key="Enter")
        assert peer.wait_busy(within=40)
        browser.do("wait", selector="#stages li[data-stage=voices][data-state=now]")
        assert text(browser, "#stage-text")
        if how == "button":
            browser.do("click", selector="#stop")
        else:
            browser.do("press", key="Escape")
        browser.do("wait", selector="#answer.failed")
        assert "You stopped" in text(browser, "#answer")
        assert peer.wait_idle(within=5)
        assert peer.left == 1
        check_accessible(browser)
        check_clean(browser, server)


def test_voices_their_fates_and_their_dissent_are_told(
    browser: Browser, environment: dict[str, str], tmp_path: Path, model_peer: MakePeer
) -> None:
    """Two voices agree, one has another value: each is named with its cost, and the dissent is shown."""
    peers = {
        "openai": model_peer(right(PER_GAME, answer=averaged), name="openai"),
        "anthropic": model_peer(knowing(BY_HAND), name="anthropic"),
        # last of all: whoever differs is not waited for once the others agree
        "google": model_peer(slow(knowing(BY_HAND), 2), name="google"),
    }
    lines = ",".join(LINES[provider].format(peer=peer) for provider, peer in peers.items())
    with running(tmp_path, **environment, NBA_MCP_MODELS=lines, NBA_MCP_STRATEGY="panel") as server:
        browser.do("open", url=server.url, **WIDE)
        ask(browser, QUESTION)
        voices = text(browser, ".voices")
        for name in ("openai:gpt-4.1-mini", "anthropic:claude-haiku-4-5", "google:gemini-2.5-flash"):
            assert name in voices
        assert "tokens" in voices
        assert "$" in voices
        assert "220" in text(browser, "button.figure")
        assert "Dissent" in text(browser, ".weighty")
        check_accessible(browser)
        check_clean(browser, server)
