"""The lines that connect each MCP client to this installation."""

import json
import shlex
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from nba_mcp_synthesis.errors import UnknownName


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
    """Connection lines for one client, or for all; UnknownName for one we have no lines for."""
    all_of_them = _connections(_command())
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


def _connections(command: list[str]) -> tuple[Connection, ...]:
    program, *arguments = command
    entry = {"command": program, "args": arguments}
    servers = json.dumps({"mcpServers": {"nba": entry}}, indent=2)
    typed = shlex.join(command)
    return (
        Connection("claude-desktop", "Claude Desktop", "claude_desktop_config.json", servers),
        Connection("claude-code", "Claude Code", "in a terminal", f"claude mcp add nba -- {typed}"),
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
            f"npx @modelcontextprotocol/inspector -- {typed}",
        ),
    )
