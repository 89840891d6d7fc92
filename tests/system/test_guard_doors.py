"""The corpus of attacks at every door of a real server: nothing comes in or gets out, and nobody waits."""

import contextlib
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from time import perf_counter
from typing import Any, Self

import psutil
import pytest

from nba_mcp_synthesis.warehouse.workers.confinement import OVERHEAD_MB
from running import NO_LIMITS
from system import doors
from system.canaries import SECRET, SERVED, Ground, ground, statements
from system.doors import Door, Told

pytestmark = [pytest.mark.system, pytest.mark.timeout(900)]

SECONDS, MEMORY_MB = 2, 128
# What a worker may hold: the engine's memory, what confinement allows beside it, an empty interpreter.
WORKER_MB = MEMORY_MB + OVERHEAD_MB + 150
SERVER_MB = 500
# Two interpreters and the product, before the command runs anything.
TO_START = 20
INNOCENT = "SELECT count(*) FROM teams"
# An argument of a command can hold no NUL and no more bytes than this.
MOST_ARGUMENT = 100_000
# What may be told of an attack of class `reject`; None where the protocol did not let it through.
REJECTED = ("query_refused", "wrong_arguments", None)
# No warehouse here has the macro per36 or the table "order"; PIVOT needs IN (docs/decisions/0007-guard.md).
NOT_SERVED = {
    "duckdb-legit-duck_syntax-055",
    "duckdb-legit-duck_syntax-063",
    "duckdb-legit-pivot_describe-001",
    "duckdb-legit-pivot_describe-007",
}
OPEN: dict[str, Callable[..., AbstractContextManager[Door]]] = {
    "http": lambda folder, settings: doors.http(folder, {}, settings),
    "http, the whole way": lambda folder, settings: doors.http(folder, {"x-goes": "the whole way"}, settings),
    "stdio": doors.stdio,
}


@pytest.fixture(scope="module")
def corpus(real_data: Path) -> Path:
    """The folder of the corpus; skips without it."""
    folder = real_data.parent / "guard"
    if not folder.is_dir():
        pytest.skip("no corpus of attacks beside the real data")
    return folder


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, corpus: Path) -> Iterator[Ground]:
    """One ground for all doors."""
    with ground(tmp_path_factory.mktemp("ground"), corpus) as found:
        yield found


@pytest.fixture
def settings(place: Ground) -> dict[str, str]:
    """The environment of a server, or of the command, over the ground."""
    return {
        **NO_LIMITS,
        "NBA_MCP_WAREHOUSE_URL": f"duckdb:///{place.warehouse}",
        "NBA_MCP_QUERY_SECONDS": str(SECONDS),
        "NBA_MCP_QUERY_MEMORY_MB": str(MEMORY_MB),
    }


class Bystander:
    """Another caller of the same server, who also looks at its memory."""

    def __init__(self, door: Door) -> None:
        self.answers: list[Told] = []
        self.seconds: list[float] = []
        self.server_mb = self.worker_mb = 0.0
        self._door, self._server = door, psutil.Process(door.pid)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._ask)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def was_served(self) -> None:
        """Asserts that every answer came, in time, and that no process grew beyond its bound."""
        assert not [answer for answer in self.answers if answer.is_error]
        assert max(self.seconds) < SECONDS
        assert self.server_mb < SERVER_MB
        assert self.worker_mb < WORKER_MB

    def _ask(self) -> None:
        while not self._over.wait(0.05):
            started = perf_counter()
            self.answers.append(self._door.ask(INNOCENT))
            self.seconds.append(perf_counter() - started)
            self.server_mb = max(self.server_mb, _mb(self._server))
            self.worker_mb = max([self.worker_mb, *map(_mb, self._server.children())])


def _mb(process: psutil.Process) -> float:
    with contextlib.suppress(psutil.NoSuchProcess):
        return float(process.memory_info().rss / 2**20)
    return 0.0


def _outcomes(door: Door) -> dict[str, str]:
    """How each statement ended, by the digest of its text, from the log."""
    lines = [json.loads(line) for line in door.log.read_text("utf-8").splitlines()]
    return {line["sql_digest"]: line["outcome"] for line in lines if line["event"] == "query"}


def _digest(sql: str) -> str:
    return hashlib.sha256(sql.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _timed(ask: Callable[[str], Any], sql: str) -> tuple[Any, float]:
    started = perf_counter()
    return ask(sql), perf_counter() - started


@pytest.mark.parametrize("name", OPEN)
def test_the_corpus_at_the_servers_door(
    name: str, place: Ground, corpus: Path, settings: dict[str, str], tmp_path: Path
) -> None:
    """Attacks are refused or bounded, honest queries come in, and another caller is answered all along."""
    attacks, honest = statements(corpus, "attacks"), statements(corpus, "legit")
    sent = {line["id"]: place.filled(line["sql"]) for line in [*attacks, *honest]}
    with OPEN[name](tmp_path, settings) as door:
        door.ask(INNOCENT)
        with Bystander(door) as other:
            found = {key: _timed(door.ask, sql) for key, sql in sent.items()}
        assert psutil.Process(door.pid).is_running()
    outcomes = _outcomes(door)
    ended = {key: outcomes.get(_digest(sql)) for key, sql in sent.items()}
    rejected = [a["id"] for a in attacks if a["expect"] == "reject"]
    assert [key for key in rejected if not found[key][0].is_error or ended[key] not in REJECTED] == []
    assert {key: seconds for key, (_, seconds) in found.items() if seconds > SECONDS + 2} == {}
    assert {h["id"] for h in honest if ended[h["id"]] in REJECTED} == NOT_SERVED
    other.was_served()
    _nothing_got_out([told for told, _ in found.values()], door.log.read_text("utf-8"))
    place.untouched()


def _nothing_got_out(told: list[Told], log: str) -> None:
    """No secret anywhere; what is served is in rows alone."""
    assert SECRET not in log
    assert SERVED not in log
    assert not [answer.text for answer in told if SECRET in answer.text]
    assert not [answer.text for answer in told if answer.is_error and SERVED in answer.text]
    assert [answer for answer in told if SERVED in answer.text]


def test_the_corpus_at_the_command_line(place: Ground, corpus: Path, settings: dict[str, str]) -> None:
    """The same verdicts and limits."""
    attacks = [{**a, "sql": place.filled(a["sql"])} for a in statements(corpus, "attacks")]
    sent = [a for a in attacks if "\0" not in a["sql"] and len(a["sql"]) < MOST_ARGUMENT]
    assert len(sent) > 250

    def run(attack: dict[str, Any]) -> tuple[Any, float]:
        return _timed(lambda sql: doors.command(sql, settings), attack["sql"])

    with ThreadPoolExecutor(2) as callers:
        for attack, (done, seconds) in zip(sent, callers.map(run, sent), strict=True):
            assert SECRET not in done.stdout + done.stderr
            assert "Traceback" not in done.stderr, attack["id"]
            assert seconds < SECONDS + 2 + TO_START, attack["id"]
            if attack["expect"] == "reject":
                assert done.returncode == 2, attack["id"]
                assert json.loads(done.stderr)["error"]["code"] == "query_refused", attack["id"]
    place.untouched()


BREAKS = [
    "SELECT country::INTEGER FROM players",
    "SELECT country::DATE FROM players",
    "SELECT strptime(country, '%Y') FROM players",
    "SELECT json_extract(country, '$.a') FROM players",
    "SELECT regexp_matches('x', '(' || country) FROM players",
    "SELECT country::STRUCT(a INTEGER) FROM players",
    "SELECT from_hex(country) FROM players",
    "SELECT date_part(country, DATE '2025-01-01') FROM players",
    "SELECT country::JSON FROM players",
    "SELECT country::ENUM('a') FROM players",
    "SELECT from_json('{}', country) FROM players",
]


def test_an_error_quotes_no_value(place: Ground, settings: dict[str, str], tmp_path: Path) -> None:
    """The engine's own words would."""
    with OPEN["http"](tmp_path, settings) as door:
        for sql in BREAKS:
            told = door.ask(sql)
            assert told.is_error, sql
            assert SERVED not in told.text, told.text
        assert SERVED not in door.log.read_text("utf-8")
