"""Questions to the built-in analyst: time beyond their SQL, and from the start of `ask` to its answer.

On a simulated season, on one core; medians, so that a slow moment of the machine does not count.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from nba_mcp_synthesis.app import App
from nba_mcp_synthesis.facts import Answer
from nba_mcp_synthesis.settings import load_settings

COMMAND = str(Path(sys.executable).with_name("nba-mcp"))
RUNS = 5
MOST_MS_BEYOND_SQL = 30.0
MOST_SECONDS_TO_ANSWER = 1.5
QUESTIONS = (
    "who led the league in scoring",
    "top 5 in rebounds per game on the road",
    "celtics record against the west since january",
    "lakers points per game by month",
    "how many 120 point games did the bulls have",
    "players averaging 20+ points and 5+ rebounds",
    "nuggets longest win streak",
    "most points by a team over any 5 game span",
    "heat vs knicks head to head",
    "which team had the best road record in the east",
    "west standings",
    "score of the suns last game",
    "best true shooting by a guard under 25",
    "what is effective field goal percentage",
    "how many points did the mvp score under water",
)


def beyond_sql(app: App, question: str) -> tuple[float, Answer]:
    """Median milliseconds of a question besides the time that its queries took."""
    spent: list[float] = []
    for _ in range(RUNS):
        started = time.perf_counter()
        answer = app.ask(question)
        total = (time.perf_counter() - started) * 1e3
        # Each query runs twice: for the answer, and to prove it.
        spent.append(total - 2 * sum(evidence.result.elapsed_ms for evidence in answer.evidence))
    return statistics.median(spent), answer


def seconds_to_answer() -> float:
    """Median seconds of a whole process that answers one question."""
    found = []
    for _ in range(RUNS):
        started = time.perf_counter()
        subprocess.run([COMMAND, "ask", QUESTIONS[0]], check=True, stdout=subprocess.DEVNULL)
        found.append(time.perf_counter() - started)
    return statistics.median(found)


def main() -> int:
    """Prints one line a measurement; 1 when a median is above its limit."""
    psutil.Process().cpu_affinity([min(os.sched_getaffinity(0))])
    with tempfile.TemporaryDirectory() as home:
        os.environ["NBA_MCP_HOME"] = home
        subprocess.run([COMMAND, "data", "demo"], check=True, stdout=subprocess.DEVNULL)
        app = App(load_settings({"NBA_MCP_HOME": home}))
        app.ask(QUESTIONS[0])
        found = {question: beyond_sql(app, question) for question in QUESTIONS}
        app.warehouse.close()
        for question, (milliseconds, answer) in found.items():
            print(f"{milliseconds:7.1f} ms  {answer.status:10} {question}")
        median = statistics.median(milliseconds for milliseconds, _ in found.values())
        whole = seconds_to_answer()
    print(f"{median:7.1f} ms  median beyond SQL (at most {MOST_MS_BEYOND_SQL:g} ms)")
    print(f"{whole:7.2f} s   start of `nba-mcp ask` to its answer (at most {MOST_SECONDS_TO_ANSWER:g} s)")
    return int(median > MOST_MS_BEYOND_SQL or whole > MOST_SECONDS_TO_ANSWER)


if __name__ == "__main__":
    sys.exit(main())
