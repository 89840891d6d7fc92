"""Models by the command line: what is printed is the answer, whatever goes on beside it."""

import json
import os
import subprocess
from pathlib import Path

import pytest

import small_league
from running import COMMAND
from servers.model_peers import MakePeer
from synthesis.conftest import KEYS, LINES, QUESTION, knowing


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Of a command over the small league."""
    path = small_league.build(tmp_path / "small.duckdb")
    given = {"NBA_MCP_WAREHOUSE_URL": f"duckdb:///{path}", "NBA_MCP_HOME": str(tmp_path)}
    return {**os.environ, **given}


def run(environment: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    """A command, ended."""
    return subprocess.run(
        [COMMAND, *arguments], env=environment, capture_output=True, text=True, timeout=100, check=False
    )


def test_an_answer_of_models_is_json_and_stays_in_the_ledger(
    environment: dict[str, str], model_peer: MakePeer
) -> None:
    """Asked, shown with what was said to the model, and replayed."""
    line = LINES["openai"].format(peer=model_peer(knowing()))
    asked = run({**environment, **KEYS}, "ask", QUESTION, "--models", line, "--json")
    answer = json.loads(asked.stdout)
    assert (answer["status"], answer["values"][0]["value"]) == ("answered", 220), asked.stderr
    assert asked.stderr == ""
    shown = json.loads(run(environment, "answers", "show", answer["id"], "--json").stdout)
    assert [(one["outcome"], one["model"]) for one in shown["requests"]] == [("ok", "gpt-4.1-mini")] * 2
    assert QUESTION in shown["requests"][0]["prompt"]
    assert sum(one["cost_usd"] for one in shown["requests"]) == pytest.approx(answer["cost_usd"])
    replayed = json.loads(run(environment, "answers", "replay", answer["id"], "--json").stdout)
    assert replayed["same"] is True
    assert replayed["values"] == [{"entity": "Cid Sample", "measure": "pts", "then": 220, "now": 220}]


def test_without_a_key_the_refusal_is_json_too(environment: dict[str, str]) -> None:
    """Whatever is logged about secrets goes elsewhere."""
    done = run(environment, "ask", QUESTION, "--models", "openai:gpt-4.1-mini", "--json")
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["status"]) == (0, "refused")
    assert answer["voices"][1]["outcome"].startswith("failed: no_key")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--models", "gpt-4"), "PROVIDER:MODEL"),
        (("--models", "openai:no-such-model"), "No price is known"),
        (("--strategy", "vote"), "NBA_MCP_STRATEGY"),
        (("--strategy", "single"), "names none"),
    ],
)
def test_what_cannot_be_used_is_refused(
    options: tuple[str, ...], told: str, environment: dict[str, str]
) -> None:
    """Before anything is asked or paid."""
    done = run(environment, "ask", QUESTION, *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
