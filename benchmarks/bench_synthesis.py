"""Several models and one answer: what asking them costs us, beside what the models themselves take.

The models are peers on loopback that speak the providers' wire formats, in a process of their own, and the
providers' own libraries talk to them. Each voice runs a query and answers with what it returned; no two
agree, so that all are heard. The machine's load moves all times, so what is compared runs in turn. The name
of a demo warehouse that is already there may be given; otherwise a season is simulated.
"""

import asyncio
import gc
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psutil
from benchmarks.model_calls import calls
from benchmarks.model_peers import KEYS, LINES, Peers, peers_apart
from pydantic import SecretStr
from pydantic_ai.models import Model

from nba_mcp_synthesis.answering import Answering
from nba_mcp_synthesis.app import App
from nba_mcp_synthesis.facts import Question
from nba_mcp_synthesis.settings import load_settings
from nba_mcp_synthesis.sources.demo.league import simulate_season
from nba_mcp_synthesis.state.entries import Rows
from nba_mcp_synthesis.synthesis.voices.desk import Desk, Sources
from nba_mcp_synthesis.synthesis.voices.providers import model_of
from nba_mcp_synthesis.synthesis.voices.relevant import briefing
from nba_mcp_synthesis.synthesis.voices.speech import speaker
from nba_mcp_synthesis.telemetry.logs import configure_logs
from nba_mcp_synthesis.warehouse.loading import load_demo

QUESTION = "whose scoring carries the heaviest load for a losing side"
PANELS, RUNS, COUNCILS = (1, 3, 5), 40, 5
TOGETHER, BATCHES = 200, 5
VOICE_SECONDS = 0.3
MOST_MS_A_VOICE = 40.0


@dataclass
class Times:
    """Milliseconds of many runs: on the clock, of our processor time, of the peers' processor time."""

    whole: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)
    peers: list[float] = field(default_factory=list)

    async def take(self, work: Callable[[], Awaitable[object]], peers: Peers) -> None:
        """Measures one run."""
        theirs, used, started = peers.seconds(), time.process_time(), time.perf_counter()
        await work()
        self.whole.append((time.perf_counter() - started) * 1e3)
        self.ours.append((time.process_time() - used) * 1e3)
        self.peers.append((peers.seconds() - theirs) * 1e3)


class Nobody:
    """Records nothing."""

    def record(self, rows: Rows) -> None:
        """See `answering.Recorder`."""


def app_of(warehouse: Path, home: Path, urls: list[str], strategy: str = "panel") -> App:
    """The product with a model at each address, and money enough."""
    models = ",".join(line.format(url) for line, url in zip(LINES, urls, strict=False))
    return App(load_settings({
        "NBA_MCP_HOME": str(home), "NBA_MCP_WAREHOUSE_URL": f"duckdb:///{warehouse}",
        "NBA_MCP_MODELS": models, "NBA_MCP_STRATEGY": strategy, "NBA_MCP_ANSWER_CACHE_SECONDS": "0",
        "NBA_MCP_BUDGET_USD": "1000", "NBA_MCP_BUDGET_DAY_USD": "1000000",
    }))  # fmt: skip


def asking(app: App) -> Callable[[], Awaitable[None]]:
    """Asks the question, and makes sure that every voice had its say."""
    answering = Answering(app.questions(), Nobody(), "bench")

    async def ask() -> None:
        answer = await answering.serve(QUESTION)
        fates = [voice["outcome"] for voice in answer["voices"]]
        assert answer["status"] == "answered", answer["text"]
        assert not any(fate.startswith(("failed", "withheld", "abstained")) for fate in fates), fates

    return ask


async def overhead(apps: dict[int, App], peers: Peers) -> float:
    """Times of whole questions, peers at 0 ms; gives the worst p95 a voice."""
    askers, times = {number: asking(app) for number, app in apps.items()}, {n: Times() for n in apps}
    one, plain = alone(apps[1]), Times()
    for run in range(RUNS + 3):
        for number, ask in askers.items():
            await (times[number].take(ask, peers) if run >= 3 else ask())
        await (plain.take(one, peers) if run >= 3 else one())
    spent = sorted(a - b for a, b in zip(plain.whole, plain.peers, strict=True))
    print(
        f"the agent library alone, its query included: p50 {statistics.median(spent):5.1f} ms, "
        f"p95 {spent[int(len(spent) * 0.95)]:5.1f} ms a voice"
    )
    worst = 0.0
    for number, took in times.items():
        spent = sorted((a - b) / number for a, b in zip(took.whole, took.peers, strict=True))
        p95 = spent[int(len(spent) * 0.95)]
        worst = max(worst, p95)
        used = statistics.median(took.ours) / number
        print(
            f"{number} voices: {statistics.median(took.whole):6.1f} ms a question, "
            f"{statistics.median(took.peers):4.1f} ms of them the peers'; a voice p50 "
            f"{statistics.median(spent):5.1f} ms, p95 {p95:5.1f} ms, {used:5.1f} ms of it processor time"
        )
    return worst


async def together(app: App, batches: int = BATCHES) -> int:
    """Many questions at once through what a server asks with, its ledger included; gives how many failed."""
    services, failed, process = app.services("http"), 0, psutil.Process()
    for companion in services.companions:
        companion.start()
    memory: list[float] = []
    for batch in range(batches):
        started = time.perf_counter()
        asked = (services.ask(QUESTION, None) for _ in range(TOGETHER))
        found = await asyncio.gather(*asked, return_exceptions=True)
        seconds = time.perf_counter() - started
        wrong = [one for one in found if isinstance(one, BaseException) or one["status"] != "answered"]
        failed += len(wrong)
        del found
        gc.collect()
        memory.append(process.memory_info().rss / 2**20)
        rate = TOGETHER / seconds
        told = f"{len(wrong)} failed, {memory[-1]:.0f} MiB"
        print(f"{len(app.settings.models)} voices, batch {batch + 1}: {rate:5.1f} questions/s, {told}")
        for text in {fates_of(one) for one in wrong}:
            print(f"  {text}")
    for companion in services.companions:
        companion.stop()
    print(f"memory grew by {memory[-1] - memory[0]:.0f} MiB from the first batch to the last")
    return failed


def fates_of(found: dict[str, Any] | BaseException) -> str:
    """Why there is no answer: the error, or what became of the voices."""
    if isinstance(found, BaseException):
        return repr(found)
    return "; ".join(f"{voice['name']} {voice['outcome']}" for voice in found["voices"])


async def council(models: Sequence[Model], asked: str, sources: Sources) -> None:
    """The same agent without any of our orchestration: one model after the other."""
    for model in models:
        await speaker().run(asked, model=model, deps=Desk(sources, []))


def alone(app: App) -> Callable[[], Awaitable[None]]:
    """The app's models asked one after the other, by the agent library alone."""
    sources = Sources(app.warehouse, app.queries, app.stats, app.names)
    models = [model_of(line, SecretStr("sk-none")) for line in app.settings.models]
    return partial(council, models, briefing(Question("bench", QUESTION), sources), sources)


async def slow_voices(apps: dict[int, App]) -> None:
    """Voices that take a while, all at once and one after the other."""
    for number, app in apps.items():
        ways = [asking(app), alone(app)]
        took: tuple[list[float], list[float]] = [], []
        for _ in range(COUNCILS + 1):
            for work, seconds in zip(ways, took, strict=True):
                started = time.perf_counter()
                await work()
                seconds.append(time.perf_counter() - started)
        ours, theirs = (statistics.median(seconds[1:]) / VOICE_SECONDS for seconds in took)
        print(f"{number} voices of {VOICE_SECONDS:g} s take {ours:.2f} x one, in sequence {theirs:.2f} x one")


async def measured(warehouse: Path, home: Path, peers: Peers) -> bool:
    """Prints all; True when something fell short."""
    quick, slow = peers.urls(), peers.urls(VOICE_SECONDS)
    worst = await overhead({n: app_of(warehouse, home, quick[:n]) for n in PANELS}, peers)
    print(f"{worst:.1f} ms at the most for a voice at p95 (aim: {MOST_MS_A_VOICE:g} ms)")
    failed = await together(app_of(warehouse, home, quick[:1], "cascade"))
    failed += await together(app_of(warehouse, home, quick), batches=2)
    await slow_voices({n: app_of(warehouse, home, slow[:n]) for n in PANELS})
    await calls(peers.talker(), LINES[0])
    return bool(failed)


def main() -> int:
    """Prints one part after the other; 1 when a question failed."""
    os.environ.update(KEYS)
    configure_logs(sys.stderr, "error")
    with tempfile.TemporaryDirectory() as folder, peers_apart() as peers:
        given = sys.argv[1:]
        warehouse = Path(given[0]) if given else Path(folder) / "demo.duckdb"
        if not given:
            load_demo(warehouse, [("season", simulate_season(seed=1))])
        return int(asyncio.run(measured(warehouse, Path(folder), peers)))


if __name__ == "__main__":
    sys.exit(main())
