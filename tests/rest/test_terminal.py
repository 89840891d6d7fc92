"""`nba-mcp ask` on a terminal says how far a question has come; elsewhere it prints the answer alone."""

import os
import pty
import subprocess
from pathlib import Path

import pytest

import small_league
from running import COMMAND
from servers.model_peers import MakePeer
from servers.models.behaviours import slow
from synthesis.conftest import KEYS, LINES, QUESTION, knowing

pytestmark = pytest.mark.system  # processes whose models are asked


@pytest.fixture
def environment(tmp_path: Path, model_peer: MakePeer) -> dict[str, str]:
    """Of a command over the small league, with a model that takes a moment."""
    path = small_league.build(tmp_path / "small.duckdb")
    models = LINES["openai"].format(peer=model_peer(slow(knowing(), 0.3)))
    named = {"NBA_MCP_WAREHOUSE_URL": f"duckdb:///{path}", "NBA_MCP_MODELS": models, "TERM": "xterm"}
    return {**os.environ, **KEYS, **named, "COLUMNS": "100"}


def asked(environment: dict[str, str]) -> tuple[str, str]:
    """(what the command prints, what a terminal shows of its stderr)."""
    reader, writer = pty.openpty()
    with subprocess.Popen(
        [COMMAND, "ask", QUESTION], stdout=subprocess.PIPE, stderr=writer, env=environment, text=True
    ) as process:
        os.close(writer)
        shown = b""
        while True:
            try:
                piece = os.read(reader, 4_096)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            shown += piece
        assert process.stdout is not None
        printed = process.stdout.read()
    os.close(reader)
    assert process.returncode == 0, shown
    return printed, shown.decode()


def test_stages_are_shown_while_models_are_asked(environment: dict[str, str]) -> None:
    """On stderr, so that what is printed is the answer alone."""
    printed, shown = asked(environment)
    assert "220" in printed
    assert "Asking openai:gpt-4.1-mini" in shown
    assert "Asking openai" not in printed


def test_without_models_there_is_nothing_to_wait_for(environment: dict[str, str]) -> None:
    """The analyst answers at once."""
    environment["NBA_MCP_MODELS"] = ""
    printed, shown = asked(environment)
    assert printed
    assert shown == ""


def test_where_no_terminal_looks_nothing_is_shown(environment: dict[str, str]) -> None:
    """A log of a script has no line that is written over."""
    done = subprocess.run(
        [COMMAND, "ask", QUESTION], capture_output=True, text=True, env=environment, timeout=60, check=True
    )
    assert done.stderr == ""
    assert "220" in done.stdout
