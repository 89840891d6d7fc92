"""`query_sql` over HTTP beside the raw engine, an empty tool of the protocol library, and another server.

Everything is measured in one run, in turn, on one simulated season; ratios are what can be compared between
machines. The other server, mcp-server-motherduck, is installed into a temporary environment; where that fails
it is left out, with a line that says so.
"""

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import venv
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import duckdb

from running import NO_LIMITS

ROUNDS, CALLS, SECONDS, CALLERS = 5, 60, 1.5, 8
COMMAND = str(Path(sys.executable).with_name("nba-mcp"))
VERSION = "2026-07-28"
EMPTY = """
import sys
from fastmcp import FastMCP
server = FastMCP("empty")
@server.tool
def nothing() -> str:
    "Does nothing."
    return "ok"
@server.tool
def nothing_with(sql: str) -> str:
    "Does nothing."
    return "ok"
server.run(transport="http", host="127.0.0.1", port=int(sys.argv[1]), show_banner=False, log_level="error")
"""
ONE = "SELECT 1"
FETCH = (
    "SELECT game_id, player_id, team_id, game_date, opponent_team_id, is_home, won, started, position, "
    "minutes, plus_minus, season, season_type, fgm, fga, fg3m, fg3a, ftm, fta, oreb, dreb, reb "
    "FROM player_game_stats LIMIT 1000"
)
TOP = (
    "SELECT player_id, count(*) AS n FROM play_by_play WHERE player_id IS NOT NULL "
    "GROUP BY ALL ORDER BY n DESC, player_id LIMIT 10"
)


def request(port: int, tool: str, arguments: dict[str, object]) -> bytes:
    """The bytes of one stateless call."""
    prefix = "io.modelcontextprotocol/"
    meta = {
        f"{prefix}protocolVersion": VERSION,
        f"{prefix}clientInfo": {"name": "bench", "version": "1"},
        f"{prefix}clientCapabilities": {},
    }
    params = {"name": tool, "arguments": arguments, "_meta": meta}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params})
    head = (
        f"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: application/json, text/event-stream\r\n"
        f"Content-Type: application/json\r\nMCP-Protocol-Version: {VERSION}\r\nMcp-Method: tools/call\r\n"
        f"Mcp-Name: {tool}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return (head + body).encode()


class Caller:
    """One connection that is kept open; it reads answers and does not parse them."""

    def __init__(self, port: int, sent: bytes) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sent = sent

    def __call__(self) -> bytes:
        """Sends the request and returns the body of its answer, which has to be a good one."""
        self._socket.sendall(self._sent)
        found = b""
        while b"\r\n\r\n" not in found:
            found += self._socket.recv(1 << 20)
        head, _, body = found.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        pieces, missing = [body], length - len(body)
        while missing > 0:
            pieces.append(self._socket.recv(1 << 20))
            missing -= len(pieces[-1])
        answer = b"".join(pieces)
        assert b" 200 " in head, head
        assert b'"isError":false' in answer, answer[:500]
        return answer


def milliseconds(work: Callable[[], object], calls: int) -> float:
    """Median of several calls."""
    took = []
    for _ in range(calls):
        started = time.perf_counter()
        work()
        took.append(time.perf_counter() - started)
    return statistics.median(took) * 1000


def per_second(port: int, sent: bytes) -> float:
    """Calls a second of several callers at once."""
    counts: list[int] = []
    stop = time.perf_counter() + SECONDS

    def call() -> None:
        caller, done = Caller(port, sent), 0
        while time.perf_counter() < stop:
            caller()
            done += 1
        counts.append(done)

    threads = [threading.Thread(target=call) for _ in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS


@contextmanager
def serving(command: list[str], port: int) -> Iterator[None]:
    """A server process that listens."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while True:
                assert process.poll() is None, command
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                except ConnectionRefusedError:
                    time.sleep(0.05)
            yield
        finally:
            process.terminate()


def motherduck(folder: Path, database: Path, port: int) -> list[str] | None:
    """The command of the other server, or None where it cannot be installed."""
    venv.create(folder / "other", with_pip=True)
    program = folder / "other" / "bin" / "mcp-server-motherduck"
    install = [str(program.with_name("pip")), "install", "--quiet", "mcp-server-motherduck"]
    if subprocess.run(install, check=False, capture_output=True).returncode:
        return None
    options = ["--transport", "http", "--stateless-http", "--port", str(port), "--db-path", str(database)]
    return [str(program), *options, "--max-rows", "1000", "--max-chars", "4000000"]


def main() -> None:
    """Prints one line a measurement."""
    os.environ.update(NO_LIMITS)
    with tempfile.TemporaryDirectory() as name, ExitStack() as servers:
        folder = Path(name)
        os.environ["NBA_MCP_HOME"] = name
        subprocess.run([COMMAND, "data", "demo"], check=True, stdout=subprocess.DEVNULL)
        database = folder / "demo.duckdb"
        servers.enter_context(serving([sys.executable, "-c", EMPTY, "18801"], 18_801))
        servers.enter_context(serving([COMMAND, "serve", "--port", "18802"], 18_802))
        calls = {
            "empty tool": (18_801, request(18_801, "nothing", {})),
            "empty tool, one argument": (18_801, request(18_801, "nothing_with", {"sql": ONE})),
            "query_sql": (18_802, request(18_802, "query_sql", {"sql": ONE})),
        }
        queries = {
            "query_sql": {
                q: Caller(18_802, request(18_802, "query_sql", {"sql": q, "limit": 1000}))
                for q in (FETCH, TOP)
            }
        }
        other = motherduck(folder, database, 18_803)
        if other:
            servers.enter_context(serving(other, 18_803))
            calls["motherduck"] = (18_803, request(18_803, "execute_query", {"sql": ONE}))
            queries["motherduck"] = {
                q: Caller(18_803, request(18_803, "execute_query", {"sql": q})) for q in (FETCH, TOP)
            }
        else:
            print("mcp-server-motherduck could not be installed: it is left out.")
        report_calls(calls)
        report_queries(database, queries)


def report_calls(calls: dict[str, tuple[int, bytes]]) -> None:
    """SELECT 1, or nothing at all, by one caller and by several."""
    single: dict[str, list[float]] = {name: [] for name in calls}
    several: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(ROUNDS):
        for name, (port, sent) in calls.items():
            single[name].append(milliseconds(Caller(port, sent), CALLS))
            several[name].append(per_second(port, sent))
    base = statistics.median(single["empty tool"]), statistics.median(several["empty tool"])
    for name in calls:
        one, many = statistics.median(single[name]), statistics.median(several[name])
        print(
            f"{name:26} 1 caller {one:6.2f} ms ({base[0] / one:4.2f} x)   "
            f"{CALLERS} callers {many:6.0f}/s ({many / base[1]:4.2f} x)"
        )


def report_queries(database: Path, queries: dict[str, dict[str, Caller]]) -> None:
    """A fetch of many values and a top-10, by the raw engine and over HTTP."""
    connection = duckdb.connect(str(database), read_only=True, config={"threads": 1})
    for title, sql in (("1,000 x 22", FETCH), ("top-10 of 0.5 million", TOP)):
        found: dict[str, list[float]] = {"raw": [], **{name: [] for name in queries}}
        for _ in range(ROUNDS):
            found["raw"].append(milliseconds(lambda sql=sql: connection.execute(sql).fetchall(), 20))  # type: ignore[misc]
            for name, callers in queries.items():
                found[name].append(milliseconds(callers[sql], 20))
        base = statistics.median(found["raw"])
        for name, took in found.items():
            median = statistics.median(took)
            print(f"{title:22} {name:12} {median:7.2f} ms  {median / base:5.2f} x the raw time")


if __name__ == "__main__":
    main()
