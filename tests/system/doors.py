"""The doors through which SQL from strangers comes in, each as one function from SQL to what was told."""

import contextlib
import json
import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Protocol

import httpx

from running import COMMAND, running

_PREFIX = "io.modelcontextprotocol/"
_META = {
    f"{_PREFIX}protocolVersion": "2026-07-28",
    f"{_PREFIX}clientInfo": {"name": "test", "version": "1"},
    f"{_PREFIX}clientCapabilities": {},
}
_HEADERS = {
    "accept": "application/json, text/event-stream",
    "content-type": "application/json",
    "mcp-protocol-version": "2026-07-28",
    "mcp-method": "tools/call",
    "mcp-name": "query_sql",
}


@dataclass(frozen=True)
class Told:
    """What one statement brought: its rows as text, or the words of its error."""

    is_error: bool
    text: str


class Door(Protocol):
    """A way in; several threads may go through it. `pid` is the server's, `log` what it writes."""

    pid: int
    log: Path

    def ask(self, sql: str) -> Told:
        """Sends one statement."""


class Http:
    """Over HTTP: plain calls take the server's short way, those with a header of their own the whole way."""

    def __init__(self, url: str, pid: int, log: Path, headers: dict[str, str]) -> None:
        self.pid, self.log = pid, log
        self._client = httpx.Client(base_url=url, headers=_HEADERS | headers, timeout=60)

    def close(self) -> None:
        """Lets go of the connections."""
        self._client.close()

    def ask(self, sql: str) -> Told:
        """One call; an answer that is no JSON-RPC at all is an error, too."""
        return _told(self._client.post("/mcp", content=json.dumps(_call(1, sql))).json())


class Stdio:
    """Over the standard streams of a server of our own."""

    def __init__(self, process: "subprocess.Popen[str]", log: Path) -> None:
        self.pid, self.log = process.pid, log
        self._process = process
        self._lock = threading.Lock()
        self._waiting: dict[int, SimpleQueue[Any]] = {}
        threading.Thread(target=self._hand_out, daemon=True).start()

    def ask(self, sql: str) -> Told:
        """One call; other threads' calls may be under way."""
        answer: SimpleQueue[Any] = SimpleQueue()
        assert self._process.stdin is not None
        with self._lock:
            number = len(self._waiting)
            self._waiting[number] = answer
            self._process.stdin.write(json.dumps(_call(number, sql)) + "\n")
            self._process.stdin.flush()
        return _told(answer.get(timeout=60))

    def _hand_out(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            message = json.loads(line)
            self._waiting[message["id"]].put(message)


@contextlib.contextmanager
def http(folder: Path, headers: dict[str, str], environment: dict[str, str]) -> Iterator[Door]:
    """A server that listens, and a client of it that sends `headers`."""
    with running(folder, **environment) as server:
        door = Http(server.url, server.process.pid, server.log, headers)
        with contextlib.closing(door):
            yield door


@contextlib.contextmanager
def stdio(folder: Path, environment: dict[str, str]) -> Iterator[Door]:
    """A server for one client."""
    log = folder / "stdio.log"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            [COMMAND, "serve", "--transport", "stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**os.environ, **environment},
        ) as process,
    ):
        yield Stdio(process, log)
        process.terminate()


def command(sql: str, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """The command line with one statement."""
    return subprocess.run(
        [COMMAND, "query", "--json", "--", sql],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, **environment},
    )


def _call(number: int, sql: str) -> dict[str, Any]:
    params = {"name": "query_sql", "arguments": {"sql": sql}, "_meta": _META}
    return {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}


def _told(answer: dict[str, Any]) -> Told:
    result = answer.get("result", {"isError": True})
    return Told(bool(result["isError"]), json.dumps(answer, ensure_ascii=False))
