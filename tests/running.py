"""A real server process for tests: started on a free port, ready when it answers."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# For tests and benchmarks that make more calls than one caller may.
NO_LIMITS = {"NBA_MCP_CALLS_MINUTE": "0", "NBA_MCP_ASKS_MINUTE": "0", "NBA_MCP_SQL_MINUTE": "0"}
COMMAND = str(Path(sys.executable).with_name("nba-mcp"))


@dataclass(frozen=True)
class Running:
    """A server process, its address and the file that its standard output goes to."""

    process: "subprocess.Popen[bytes]"
    url: str
    log: Path


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def running(folder: Path, **environment: str) -> Iterator[Running]:
    """A server over the warehouse that the environment names; stopped at the end of the block."""
    port = free_port()
    log = folder / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [COMMAND, "serve", "--port", str(port)],
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
        )
    server = Running(process, f"http://127.0.0.1:{port}", log)
    try:
        _wait(server)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait(server: Running) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert server.process.poll() is None, server.log.read_text()
        try:
            urllib.request.urlopen(f"{server.url}/health/live", timeout=5).close()
        except urllib.error.URLError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"no answer within a minute: {server.log.read_text()}")
