"""The clients that lines can be given for: where each keeps its servers, and in what form.

A client starts a server of its own (`Start`), or reaches one that runs elsewhere (`Remote`). Of a key, only
the name of the environment variable that holds it is ever written, in the way in which the client reads it.
"""

import json
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_NAME = "nba"
_REMOTE_BRIDGE = "mcp-remote"  # for clients that start programs only


@dataclass(frozen=True)
class Start:
    """A server that the client starts: its command, and the settings that it is to have."""

    command: tuple[str, ...]
    settings: Mapping[str, str]

    @property
    def entry(self) -> dict[str, object]:
        """As most clients' files have it."""
        program, *arguments = self.command
        settings = {"env": dict(self.settings)} if self.settings else {}
        return {"command": program, "args": arguments, **settings}


@dataclass(frozen=True)
class Remote:
    """A server that is reached by HTTP; `key` names the variable with the caller's key, if one is wanted."""

    url: str
    key: str | None = None

    def entry(self, reference: str = "", address: str = "url", **more: object) -> dict[str, object]:
        """As most clients' files have it; `reference` is how the client reads a variable."""
        headers = {"headers": {"Authorization": f"Bearer {reference.format(self.key)}"}} if self.key else {}
        return {**more, address: self.url, **headers}


@dataclass(frozen=True)
class Client:
    """A client, and the forms of its lines; None for what it cannot do, with a key or without."""

    name: str
    title: str
    where: str
    start: Callable[[Start], str] | None
    remote: Callable[[Remote], str] | None
    takes_key: bool = True


def _file(root: str, entry: dict[str, object], **more: object) -> str:
    return json.dumps({**more, root: {_NAME: entry}}, indent=2)


def _servers(start: Start) -> str:
    return _file("mcpServers", start.entry)


def _claude_desktop(remote: Remote) -> str:
    header = ["--header", f"Authorization: Bearer ${{{remote.key}}}"] if remote.key else []
    return _file("mcpServers", {"command": "npx", "args": ["-y", _REMOTE_BRIDGE, remote.url, *header]})


def _claude_code(start: Start) -> str:
    named = "".join(f"-e {shlex.quote(f'{k}={v}')} " for k, v in start.settings.items())
    return f"claude mcp add {_NAME} {named}-- {shlex.join(start.command)}"


def _claude_code_remote(remote: Remote) -> str:
    """In the project's `.mcp.json`, where variables are read; the shell must leave the reference alone."""
    header = ["--header", f"Authorization: Bearer ${{{remote.key}}}"] if remote.key else []
    scope = ["--scope", "project"] if remote.key else []
    return shlex.join(["claude", "mcp", "add", "--transport", "http", *scope, _NAME, remote.url, *header])


def _vscode_remote(remote: Remote) -> str:
    """VS Code asks for the key once, and keeps it where it keeps secrets."""
    asked = {"type": "promptString", "id": "nba-mcp-key", "description": "NBA MCP key", "password": True}
    inputs = {"inputs": [asked]} if remote.key else {}
    return _file("servers", remote.entry("${{input:nba-mcp-key}}", type="http"), **inputs)


def _inspector(start: Start) -> str:
    named = "".join(f"-e {shlex.quote(f'{k}={v}')} " for k, v in start.settings.items())
    return f"npx @modelcontextprotocol/inspector {named}-- {shlex.join(start.command)}"


def _inspector_remote(remote: Remote) -> str:
    """The shell puts the key in."""
    header = f' --header "Authorization: Bearer ${{{remote.key}}}"' if remote.key else ""
    url = shlex.quote(remote.url)
    return f"npx @modelcontextprotocol/inspector --transport http --server-url {url}{header}"


def _codex(start: Start) -> str:
    entry = start.entry
    lines = [f"command = {json.dumps(entry['command'])}", f"args = {json.dumps(entry['args'])}"]
    settings = [f"{name} = {json.dumps(value)}" for name, value in start.settings.items()]
    more = [f"\n[mcp_servers.{_NAME}.env]", *settings] if settings else []
    return "\n".join([f"[mcp_servers.{_NAME}]", *lines, *more])


def _codex_remote(remote: Remote) -> str:
    key = [f"bearer_token_env_var = {json.dumps(remote.key)}"] if remote.key else []
    return "\n".join([f"[mcp_servers.{_NAME}]", f"url = {json.dumps(remote.url)}", *key])


CLIENTS = (
    Client("claude-desktop", "Claude Desktop", "claude_desktop_config.json", _servers, _claude_desktop),
    Client("claude-code", "Claude Code", "in a terminal", _claude_code, _claude_code_remote),
    Client(
        "cursor",
        "Cursor",
        "~/.cursor/mcp.json",
        _servers,
        lambda remote: _file("mcpServers", remote.entry("${{env:{}}}")),
    ),
    Client(
        "vscode",
        "VS Code",
        ".vscode/mcp.json",
        lambda start: _file("servers", {"type": "stdio", **start.entry}),
        _vscode_remote,
    ),
    Client("inspector", "MCP Inspector", "in a terminal", _inspector, _inspector_remote),
    Client("codex", "Codex", "~/.codex/config.toml", _codex, _codex_remote),
    Client(
        "gemini-cli",
        "Gemini CLI",
        "~/.gemini/settings.json",
        _servers,
        lambda remote: _file("mcpServers", remote.entry("${}", address="httpUrl")),
    ),
    Client(
        "windsurf",
        "Windsurf",
        "~/.codeium/windsurf/mcp_config.json",
        _servers,
        lambda remote: _file("mcpServers", remote.entry("${{env:{}}}", address="serverUrl")),
    ),
    Client(
        "zed",
        "Zed",
        "settings.json",
        lambda start: _file("context_servers", start.entry),
        lambda remote: _file("context_servers", remote.entry()),
        takes_key=False,
    ),
    Client(
        "chatgpt",
        "ChatGPT",
        "as the address of a new connector, in developer mode",
        None,
        lambda remote: remote.url,
        takes_key=False,
    ),
)
