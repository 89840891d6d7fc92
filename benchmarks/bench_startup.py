"""Start-up times beside a bare interpreter's, and the memory of an idle server.

Whole processes, in turn, the median of several runs; ratios are what can be compared between machines.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil

RUNS = 7
COMMAND = str(Path(sys.executable).with_name("nba-mcp"))


def seconds(command: list[str]) -> float:
    """Wall time of one run; the command has to succeed."""
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def medians(commands: dict[str, list[str]]) -> dict[str, float]:
    """Median seconds of each command, run in turn so that a slow moment hits all of them."""
    runs: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(RUNS + 1):
        for name, command in commands.items():
            runs[name].append(seconds(command))
    return {name: statistics.median(found[1:]) for name, found in runs.items()}


def idle_server() -> tuple[float, float]:
    """(seconds until the server answers, MiB resident while it is idle)."""
    started = time.perf_counter()
    with subprocess.Popen([COMMAND, "serve", "--port", "18765"], stdout=subprocess.DEVNULL) as process:
        while True:
            try:
                urllib.request.urlopen("http://127.0.0.1:18765/health/live", timeout=5).close()
                break
            except urllib.error.URLError:
                time.sleep(0.02)
        ready = time.perf_counter() - started
        memory = psutil.Process(process.pid).memory_info().rss / 2**20
        process.terminate()
    return ready, memory


def main() -> None:
    """Prints one line a measurement."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["NBA_MCP_HOME"] = home
        subprocess.run([COMMAND, "data", "demo"], check=True, stdout=subprocess.DEVNULL)
        found = medians(
            {
                "python -c pass": [sys.executable, "-c", "pass"],
                "nba-mcp --help": [COMMAND, "--help"],
                "nba-mcp query": [COMMAND, "query", "SELECT 1"],
                "nba-mcp ask": [COMMAND, "ask", "who led the league in scoring"],
            }
        )
        base = found["python -c pass"]
        for name, median in found.items():
            print(f"{name:16} {median:6.3f} s  +{median - base:.3f} s  {median / base:5.1f} x")
        ready, memory = idle_server()
        print(f"{'server ready':16} {ready:6.3f} s, idle {memory:.0f} MiB")


if __name__ == "__main__":
    main()
