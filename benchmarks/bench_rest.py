"""/v1/stats beside routes of the same framework that do nothing.

All are asked in turn over connections that are kept open; the ratio is what can be compared between machines.
`empty` is a bare application of the framework with nothing around it, `/health/live` an empty route of the
server itself, with its request id, log line and counters. `again` asks the same, as dashboards do;
`unchanged` sends the ETag along; `first` asks each time what was not asked before, so that it is computed.
"""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count
from pathlib import Path

from benchmarks.bench_query import COMMAND, serving

from running import NO_LIMITS

ROUNDS, SECONDS, CALLERS = 5, 2.0, 4
EMPTY_PORT, PORT = 18_811, 18_812
EMPTY = """
import sys
import uvicorn
from fastapi import FastAPI
app = FastAPI()
@app.get("/empty")
async def empty() -> dict[str, str]:
    return {"status": "ok"}
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), http="h11", access_log=False, log_level="error")
"""
STATS = "/v1/stats?measures=pts_per_game,ts_pct&by=player&limit=10"
Request = Callable[[], bytes]


def get(path: str, **headers: str) -> bytes:
    """The bytes of a request."""
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{more}\r\n".encode()


def post(path: str, body: bytes) -> bytes:
    """The same with a body."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


class Connection:
    """One connection that is kept open; it reads responses and does not parse them."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __call__(self, request: bytes) -> bytes:
        """Sends a request; gives the head of its response, which has to be a good one."""
        self._socket.sendall(request)
        found = b""
        while b"\r\n\r\n" not in found:
            found += self._socket.recv(1 << 18)
        head, _, body = found.partition(b"\r\n\r\n")
        assert head[9:12] in (b"200", b"304"), found
        length = head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]
        missing = int(length or 0) - len(body)
        while missing > 0:
            missing -= len(self._socket.recv(1 << 18))
        return head


def load(port: int, request: Request) -> tuple[float, float]:
    """(calls a second of several callers at once, milliseconds of all but the slowest hundredth)."""
    took: list[float] = []
    stop = time.perf_counter() + SECONDS

    def call() -> None:
        connection, mine = Connection(port), []
        while (started := time.perf_counter()) < stop:
            connection(request())
            mine.append(time.perf_counter() - started)
        took.extend(mine)

    threads = [threading.Thread(target=call) for _ in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(took) / SECONDS, sorted(took)[int(len(took) * 0.99)] * 1000


def tag_of(head: bytes) -> str:
    """The ETag of a response."""
    return head.lower().partition(b"etag: ")[2].split(b"\r\n", 1)[0].decode().replace("w/", "W/")


def report(requests: dict[str, tuple[int, Request]]) -> None:
    """One line a request, beside the empty route."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in requests}
    for _ in range(ROUNDS):
        for name, (port, request) in requests.items():
            found[name].append(load(port, request))
    base = statistics.median(rate for rate, _ in found["empty"])
    for name, rounds in found.items():
        rate, p99 = (statistics.median(one[n] for one in rounds) for n in (0, 1))
        print(f"{name:26} {rate:7.0f}/s  {rate / base:5.2f} x the empty route  p99 {p99:6.2f} ms")


def main() -> None:
    """Prints one line a measurement."""
    os.environ.update(NO_LIMITS)
    with tempfile.TemporaryDirectory() as name, ExitStack() as servers:
        os.environ["NBA_MCP_HOME"] = os.environ.get("BENCH_HOME", name)
        if not (Path(os.environ["NBA_MCP_HOME"]) / "demo.duckdb").exists():
            subprocess.run([COMMAND, "data", "demo"], check=True, stdout=subprocess.DEVNULL)
        servers.enter_context(serving([sys.executable, "-c", EMPTY, str(EMPTY_PORT)], EMPTY_PORT))
        servers.enter_context(serving([COMMAND, "serve", "--port", str(PORT)], PORT))
        tag = tag_of(Connection(PORT)(get(STATS)))
        body = b'{"measures":["pts_per_game","ts_pct"],"by":["player"],"limit":10}'
        numbers = count()
        report(
            {
                "empty": (EMPTY_PORT, lambda: get("/empty")),
                "/health/live": (PORT, lambda: get("/health/live")),
                "/v1/stats again": (PORT, lambda: get(STATS)),
                "/v1/stats again, by body": (PORT, lambda: post("/v1/stats", body)),
                "/v1/stats unchanged": (PORT, lambda: get(STATS, If_None_Match=tag)),
                "/v1/stats first": (PORT, lambda: get(f"{STATS}&having=gp%3E%3D{next(numbers) / 1e6:f}")),
            }
        )


if __name__ == "__main__":
    main()
