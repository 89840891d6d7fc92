"""`postgres-mcp`, the peer, beside our own server: both over MCP's stdio, with the same statements.

It needs Python 3.12, which PYTHON312 names or `python3.12` is, and older libraries than this product has: so
it gets an environment of its own in .cache/postgres-mcp.
"""

import json
import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from running import COMMAND

FOLDER = Path(__file__).resolve().parents[1] / ".cache" / "postgres-mcp"
VERSION = "0.3.0"
# It asks for a pglast that Python 3.12 has to build; what it uses is the same in this one.
LIBRARIES = (
    "attrs",
    "humanize",
    "instructor",
    "mcp[cli]<2",
    "pglast>=8,<9",
    "psycopg[binary]",
    "psycopg-pool",
)
CALLS = 100


class Server:
    """A server that is spoken to by lines."""

    def __init__(self, process: "subprocess.Popen[str]", tool: str) -> None:
        self._process, self._tool, self._number = process, tool, 0
        about = {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "b", "version": "1"},
        }
        self._ask("initialize", about)
        self._send({"method": "notifications/initialized"})

    def query(self, sql: str) -> int:
        """How many bytes the tool gave for a statement."""
        result = self._ask("tools/call", {"name": self._tool, "arguments": {"sql": sql}})["result"]
        assert not result.get("isError"), result
        return len(str(result["content"]))

    def _ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        assert self._process.stdout
        for line in self._process.stdout:
            found: dict[str, Any] = json.loads(line)
            if found.get("id") == self._number:
                return found
        raise AssertionError("the server ended")

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        self._process.stdin.flush()


@contextmanager
def serving(command: Sequence[str], tool: str, **environment: str) -> Iterator[Server]:
    """A server for the length of a block."""
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **environment},
    ) as process:
        try:
            yield Server(process, tool)
        finally:
            process.terminate()


def compare(url: str, home: Path, queries: dict[str, str]) -> None:
    """Calls a second of both, one call after another."""
    peer = _installed()
    if peer is None:
        print("postgres-mcp: not measured: needs Python 3.12")
        return
    here = {"NBA_MCP_WAREHOUSE_URL": url, "NBA_MCP_HOME": str(home)}
    restricted = [str(peer), url, "--access-mode=restricted"]
    with (
        serving([COMMAND, "serve", "--transport", "stdio"], "query_sql", **here) as ours,
        serving(restricted, "execute_sql") as theirs,
    ):
        for name, sql in queries.items():
            own, other = _milliseconds(ours, sql), _milliseconds(theirs, sql)
            print(
                f"{name:22} {1_000 / own:8.0f} calls/s  postgres-mcp {1_000 / other:8.0f} calls/s"
                f"  {other / own:5.2f} x"
            )


def _milliseconds(server: Server, sql: str) -> float:
    found = []
    for _ in range(CALLS):
        started = time.perf_counter()
        server.query(sql)
        found.append(1_000 * (time.perf_counter() - started))
    return statistics.median(found)


def _installed() -> Path | None:
    """The peer's command, installed where it is not; None without Python 3.12."""
    command = FOLDER / "bin" / "postgres-mcp"
    python = _python312()
    if python is None or command.exists():
        return command if command.exists() else None
    subprocess.run([python, "-m", "venv", "--clear", str(FOLDER)], check=True)
    pip = [str(FOLDER / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *LIBRARIES], check=True)
    subprocess.run([*pip, "--no-deps", f"postgres-mcp=={VERSION}"], check=True)
    return command


def _python312() -> str | None:
    """A Python 3.12 that runs: a shim of that name may stand for nothing."""
    for python in filter(None, (os.environ.get("PYTHON312"), shutil.which("python3.12"))):
        asked = subprocess.run(
            [python, "-c", "import sys; print(sys.executable)"], capture_output=True, text=True, check=False
        )
        if asked.returncode == 0:
            return asked.stdout.strip()
    return None
