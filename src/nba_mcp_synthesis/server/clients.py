"""The lines that connect each MCP client to this installation, or to a server elsewhere."""

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from nba_mcp_synthesis.errors import UnknownName, UsageError
from nba_mcp_synthesis.server.client_lines import CLIENTS, Client, Remote, Start
from nba_mcp_synthesis.settings import PREFIX, Settings

_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,63}")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


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


def instructions(
    client: str | None = None, url: str | None = None, key_from_env: str | None = None
) -> tuple[Connection, ...]:
    """Connection lines for one client, or for all that can connect so.

    Without `url` the client starts a server of this installation, with the settings in force here, since it
    has an environment of its own. With it, the client reaches that server by HTTP; `key_from_env` names the
    environment variable with the caller's key.

    Raises:
        UnknownName: there are no lines for a client of this name.
        UsageError: the client cannot connect so, or the address or the name of the variable is none.
    """
    if url is None and key_from_env is not None:
        raise UsageError("A key is sent over HTTP only.", "Give --url as well, or leave the key out.")
    target = _start() if url is None else Remote(_checked_url(url), _checked_variable(key_from_env))
    if client is None:
        return tuple(_connection(one, target) for one in CLIENTS if not _why_not(one, target))
    found = next((one for one in CLIENTS if one.name == client), None)
    if found is None:
        raise UnknownName("client", client, [one.name for one in CLIENTS])
    if reason := _why_not(found, target):
        raise UsageError(*reason)
    return (_connection(found, target),)


def _connection(client: Client, target: Start | Remote) -> Connection:
    write = client.start if isinstance(target, Start) else client.remote
    return Connection(client.name, client.title, client.where, write(target) if write else "")  # type: ignore[arg-type]


def _why_not(client: Client, target: Start | Remote) -> tuple[str, str] | None:
    """What a client cannot do, and what to do instead."""
    if isinstance(target, Start):
        return None if client.start else (f"{client.title} starts no servers.", "Give --url.")
    if target.key and not client.takes_key:
        return (
            f"{client.title} cannot read a key from the environment.",
            "Leave --key-from-env out, and let callers sign in (NBA_MCP_AUTH=oauth).",
        )
    return None


def _checked_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        loopback, _ = parts.hostname in _LOOPBACK, parts.port
    except ValueError:
        raise UsageError(f"{text!r} is no address.", "Write https://HOST/mcp.") from None
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise UsageError(
            "The address has more in it than host and path.", "Write https://HOST/mcp, without secrets."
        )
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and loopback)):
        raise UsageError(f"{text!r} is no address that a key may go to.", "Write https://HOST/mcp.")
    if not text.isascii() or any(c.isspace() or c in "\"'\\<>`{}$" for c in text):
        raise UsageError("The address has signs that no address can have.", "Write https://HOST/mcp.")
    return text


def _checked_variable(name: str | None) -> str | None:
    """The name; what is no name may be the key itself, and is not repeated."""
    if name is not None and not _VARIABLE.fullmatch(name):
        raise UsageError(
            "--key-from-env wants the name of an environment variable, never the key.",
            "Write for instance --key-from-env NBA_MCP_KEY.",
        )
    return name


def _start() -> Start:
    """This installation's command, as a client that knows nothing of our environment can start it."""
    beside = Path(sys.executable).with_name("nba-mcp")
    command = (str(beside if beside.exists() else "nba-mcp"), "serve", "--transport", "stdio")
    return Start(command, _settings(os.environ))


def _settings(environ: Mapping[str, str]) -> dict[str, str]:
    """The settings that the environment names, without secrets: those are for the HTTP server only."""
    told = {
        PREFIX + name.upper()
        for name, f in Settings.model_fields.items()
        if "Secret" not in str(f.annotation)
    }
    return {k: v for k, v in sorted(environ.items()) if k in told}
