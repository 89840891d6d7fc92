"""Connection lines: each in the form that its client reads, with the name of a key and never a key."""

import json
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest

from nba_mcp_synthesis.errors import UnknownName, UsageError
from nba_mcp_synthesis.server import clients
from nba_mcp_synthesis.server.client_lines import CLIENTS

URL, KEY = "https://nba.example.com/mcp", "NBA_MCP_KEY"
KEYLESS = {"zed", "chatgpt"}
HTTP_ONLY = {"chatgpt"}


@pytest.fixture(autouse=True)
def a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key is in the environment, as it is where clients run, among settings of this installation."""
    monkeypatch.setenv(KEY, "hunter2-the-key")
    monkeypatch.setenv("NBA_MCP_METRICS_TOKEN", "hunter2-the-token")
    monkeypatch.setenv("NBA_MCP_STRATEGY", "panel")


def lines(client: str, url: str | None = None, key: str | None = None) -> str:
    """The lines of one client."""
    (found,) = clients.instructions(client, url, key)
    return found.lines


def entry(client: str, root: str, url: str | None = None, key: str | None = None) -> dict[str, Any]:
    """The server's entry in a JSON file."""
    found: dict[str, Any] = json.loads(lines(client, url, key))[root]["nba"]
    return found


STARTED = {
    "claude-desktop": "mcpServers",
    "cursor": "mcpServers",
    "gemini-cli": "mcpServers",
    "windsurf": "mcpServers",
    "vscode": "servers",
    "zed": "context_servers",
}


@pytest.mark.parametrize(("client", "root"), STARTED.items())
def test_a_file_starts_this_installation(client: str, root: str) -> None:
    """The command exists, and has the settings in force here, without secrets."""
    found = entry(client, root)
    assert Path(found["command"]).exists()
    assert found["args"] == ["serve", "--transport", "stdio"]
    assert found["env"]["NBA_MCP_STRATEGY"] == "panel"
    assert not set(found["env"]) & {KEY, "NBA_MCP_METRICS_TOKEN"}


def test_codex_starts_this_installation() -> None:
    """In TOML."""
    found = tomllib.loads(lines("codex"))["mcp_servers"]["nba"]
    assert Path(found["command"]).exists()
    assert (found["args"], found["env"]["NBA_MCP_STRATEGY"]) == (["serve", "--transport", "stdio"], "panel")


@pytest.mark.parametrize("client", ["claude-code", "inspector"])
def test_a_command_starts_this_installation(client: str) -> None:
    """As a shell reads it."""
    words = shlex.split(lines(client))
    assert words[-4:][1:] == ["serve", "--transport", "stdio"]
    assert "NBA_MCP_STRATEGY=panel" in words
    assert words[words.index("--") + 1] == words[-4]


@pytest.mark.parametrize(
    ("client", "root", "address", "header"),
    [
        ("cursor", "mcpServers", "url", "Bearer ${env:NBA_MCP_KEY}"),
        ("vscode", "servers", "url", "Bearer ${input:nba-mcp-key}"),
        ("gemini-cli", "mcpServers", "httpUrl", "Bearer $NBA_MCP_KEY"),
        ("windsurf", "mcpServers", "serverUrl", "Bearer ${env:NBA_MCP_KEY}"),
    ],
)
def test_a_file_reaches_a_server(client: str, root: str, address: str, header: str) -> None:
    """With the key as the client reads it from elsewhere, and no header where none is wanted."""
    assert entry(client, root, URL)[address] == URL
    assert "headers" not in entry(client, root, URL)
    assert entry(client, root, URL, KEY)["headers"] == {"Authorization": header}


def test_vscode_asks_for_the_key_and_hides_it() -> None:
    """The input that the header refers to."""
    (asked,) = json.loads(lines("vscode", URL, KEY))["inputs"]
    assert (asked["type"], asked["id"], asked["password"]) == ("promptString", "nba-mcp-key", True)
    assert entry("vscode", "servers", URL)["type"] == "http"
    assert "inputs" not in json.loads(lines("vscode", URL))


def test_claude_desktop_reaches_a_server_by_a_bridge() -> None:
    """Its file starts programs only; the bridge reads the variable."""
    assert entry("claude-desktop", "mcpServers", URL, KEY) == {
        "command": "npx",
        "args": ["-y", "mcp-remote", URL, "--header", "Authorization: Bearer ${NBA_MCP_KEY}"],
    }


def test_claude_code_is_told_where_the_key_is() -> None:
    """The shell leaves the reference alone, for Claude Code to read."""
    words = shlex.split(lines("claude-code", URL, KEY))
    assert words[:5] == ["claude", "mcp", "add", "--transport", "http"]
    assert words[-2:] == ["--header", "Authorization: Bearer ${NBA_MCP_KEY}"]
    assert "'Authorization: Bearer ${NBA_MCP_KEY}'" in lines("claude-code", URL, KEY)
    assert shlex.split(lines("claude-code", URL))[-2:] == ["nba", URL]


def test_codex_is_told_the_name_of_the_variable() -> None:
    """It reads the key itself."""
    found = tomllib.loads(lines("codex", URL, KEY))["mcp_servers"]["nba"]
    assert found == {"url": URL, "bearer_token_env_var": KEY}
    assert tomllib.loads(lines("codex", URL))["mcp_servers"]["nba"] == {"url": URL}


def test_the_inspector_gets_the_key_from_the_shell() -> None:
    """In double quotes, in which a shell reads variables."""
    assert lines("inspector", URL, KEY).endswith(' --header "Authorization: Bearer ${NBA_MCP_KEY}"')
    assert shlex.split(lines("inspector", URL))[-2:] == ["--server-url", URL]


def test_all_clients_that_can_are_told() -> None:
    """With a key, those that read one; without a server, those that start one."""
    names = {one.name for one in CLIENTS}
    assert {c.client for c in clients.instructions()} == names - HTTP_ONLY
    assert {c.client for c in clients.instructions(url=URL)} == names
    assert {c.client for c in clients.instructions(url=URL, key_from_env=KEY)} == names - KEYLESS
    for told in (clients.instructions(), clients.instructions(url=URL, key_from_env=KEY)):
        assert "hunter2" not in repr(told)


@pytest.mark.parametrize("client", sorted(KEYLESS))
def test_a_client_that_reads_no_key_is_not_given_one(client: str) -> None:
    """It says so; without a key there are lines."""
    with pytest.raises(UsageError, match="cannot read a key"):
        lines(client, URL, KEY)
    assert URL in lines(client, URL)


@pytest.mark.parametrize(
    ("url", "key", "reason"),
    [
        (None, KEY, "Give --url"),
        ("nba.example.com/mcp", None, "Write https://HOST/mcp"),
        ("http://nba.example.com/mcp", None, "Write https://HOST/mcp"),
        ("ftp://nba.example.com/mcp", None, "Write https://HOST/mcp"),
        ("https:///mcp", None, "Write https://HOST/mcp"),
        ("https://user:hunter2@nba.example.com/mcp", None, "without secrets"),
        ("https://nba.example.com/mcp?key=hunter2", None, "without secrets"),
        ("https://nba.example.com/mcp#hunter2", None, "without secrets"),
        ("https://[::1/mcp", None, "is no address"),
        ("https://nba.example.com:port/mcp", None, "is no address"),
        ("https://nba.example.com/$(rm -rf)", None, "no address can have"),
        ("https://nba.example.com/m cp", None, "no address can have"),
        (URL, "hunter2-the-key", "never the key"),
        (URL, "", "never the key"),
        (URL, "NBA MCP", "never the key"),
    ],
)
def test_what_cannot_be_connected_is_said(url: str | None, key: str | None, reason: str) -> None:
    """And a secret that was given by mistake is not repeated."""
    with pytest.raises(UsageError) as refused:
        clients.instructions("cursor", url, key)
    assert reason in str(refused.value)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000/mcp", "http://localhost:8000/mcp", "http://[::1]:8000/mcp"]
)
def test_a_server_on_this_machine_needs_no_tls(url: str) -> None:
    """Nobody listens in between."""
    assert entry("cursor", "mcpServers", url, KEY)["url"] == url


def test_there_are_no_lines_for_any_other_client() -> None:
    """The ones that there are, are named; ChatGPT starts no servers."""
    with pytest.raises(UnknownName, match="claude-code"):
        clients.instructions("netscape")
    with pytest.raises(UsageError, match="Give --url"):
        clients.instructions("chatgpt")
