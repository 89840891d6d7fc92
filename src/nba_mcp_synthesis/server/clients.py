"""The lines that connect each MCP client to this installation."""

import json
import os
import shlex
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from nba_mcp_synthesis.errors import UnknownName
from nba_mcp_synthesis.settings import PREFIX, RESERVED, Settings


@dataclass(frozen=True)
class Connection:
    """How to connect one client: where the lines go, and the lines."""

    client: str
    title: str
    where: str
    lines: str

    def as_dict(self) -> dict[str, str]:
        """The fields by name."""
        return asdict(self)


def instructions(client: str | None = None) -> tuple[Connection, ...]:
    """Connection lines for one client, or for all; UnknownName for one we have no lines for.

    Clients start servers with an environment of their own, so the lines carry the settings in force here.
    """
    all_of_them = _connections(_command(), _settings(os.environ))
    if client is None:
        return all_of_them
    found = tuple(c for c in all_of_them if c.client == client)
    if not found:
        raise UnknownName("client", client, [c.client for c in all_of_them])
    return found


def _command() -> list[str]:
    """This installation's command, as a client that knows nothing of our environment can start it."""
    beside = Path(sys.executable).with_name("nba-mcp")
    return [str(beside if beside.exists() else "nba-mcp"), "serve", "--transport", "stdio"]


def _settings(environ: Mapping[str, str]) -> dict[str, str]:
    """The settings that the environment names, without secrets: those are for the HTTP server only."""
    secret = {
        PREFIX + name.upper() for name, f in Settings.model_fields.items() if "Secret" in str(f.annotation)
    }
    return {k: v for k, v in sorted(environ.items()) if k.startswith(PREFIX) and k not in secret | RESERVED}


def _connections(command: list[str], settings: dict[str, str]) -> tuple[Connection, ...]:
    program, *arguments = command
    entry: dict[str, object] = {"command": program, "args": arguments}
    if settings:
        entry["env"] = settings
    servers = json.dumps({"mcpServers": {"nba": entry}}, indent=2)
    typed = shlex.join(command)
    named = "".join(f"-e {shlex.quote(f'{k}={v}')} " for k, v in settings.items())
    return (
        Connection("claude-desktop", "Claude Desktop", "claude_desktop_config.json", servers),
        Connection("claude-code", "Claude Code", "in a terminal", f"claude mcp add nba {named}-- {typed}"),
        Connection("cursor", "Cursor", "~/.cursor/mcp.json", servers),
        Connection(
            "vscode",
            "VS Code",
            ".vscode/mcp.json",
            json.dumps({"servers": {"nba": {"type": "stdio", **entry}}}, indent=2),
        ),
        Connection(
            "inspector",
            "MCP Inspector",
            "in a terminal",
            f"npx @modelcontextprotocol/inspector {named}-- {typed}",
        ),
    )
