"""A server of our own over restored databases, asked by HTTP as its users would ask it."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nba_mcp_synthesis.errors import BackupFailed

_READY_SECONDS, _ANSWER_SECONDS = 120, 120
_KEPT = ("PATH", "HOME", "LANG", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR", "PGSSLMODE", "PGSSLROOTCERT")


class Served:
    """A server that is ready."""

    def __init__(self, url: str) -> None:
        self._url = url

    def ask(self, question: str) -> dict[str, Any]:
        """An answer in its JSON shape; BackupFailed where there is none."""
        body = json.dumps({"question": question}).encode()
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{self._url}/v1/ask", body, {"content-type": "application/json", "accept": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=_ANSWER_SECONDS) as answer:  # noqa: S310 - loopback
                found: dict[str, Any] = json.load(answer)
        except (urllib.error.URLError, OSError, ValueError) as error:
            raise BackupFailed(
                f"The server over the restored databases gave no answer to {question!r}: {_told(error)}.",
                "The restored rows are the same; see whether this version reads them: `nba-mcp data status`.",
            ) from error
        return {**found, "question": question}


@contextlib.contextmanager
def serving(**settings: str) -> Iterator[Served]:
    """A server process with these settings and no others; it ends with the block."""
    with tempfile.TemporaryDirectory(prefix="nba-mcp-drill-") as home, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        log = Path(home) / "server.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [_command(), "serve", "--port", str(port)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=_environment(home, settings),
                cwd=home,
            )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url, process, log)
            yield Served(url)
        finally:
            process.terminate()
            try:
                process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _command() -> str:
    beside = Path(sys.executable).with_name("nba-mcp")
    return str(beside) if beside.is_file() else shutil.which("nba-mcp") or "nba-mcp"


def _environment(home: str, settings: dict[str, str]) -> dict[str, str]:
    """No model, no cache of others, nobody but us: the environment has what a server cannot do without."""
    kept = {name: value for name in _KEPT if (value := os.environ.get(name)) is not None}
    ours = {"HOME": home, "CONTEXT": "development", "ASKS_MINUTE": "0", "CALLS_MINUTE": "0", **settings}
    return {**kept, **{f"NBA_MCP_{name}": value for name, value in ours.items()}}


def _wait(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    told = "it did not get ready in time"
    while process.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{url}/health/ready", timeout=10).close()  # noqa: S310 - loopback
        except (urllib.error.URLError, OSError) as error:
            told = _told(error)
            time.sleep(0.1)
        else:
            return
    if process.poll() is not None:
        told = _last_words(log)
    raise BackupFailed(
        f"The server over the restored databases does not run: {told}.",
        "If this version has a newer layout than the backup, restore it and run `nba-mcp data migrate` and "
        "`nba-mcp state migrate`.",
    )


def _told(error: Exception) -> str:
    return f"HTTP {error.code}" if isinstance(error, urllib.error.HTTPError) else type(error).__name__


def _last_words(log: Path) -> str:
    lines = [line for line in log.read_text("utf-8", "replace").splitlines() if line.startswith("nba-mcp: ")]
    return lines[-1].removeprefix("nba-mcp: ").rstrip(".") if lines else "it ended without a word"
