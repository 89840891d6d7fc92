"""Answers of whole processes: recorded by every door, given again while nothing changed, never lost."""

import json
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest

import small_league
from nba_mcp_synthesis.warehouse import migrations
from nba_mcp_synthesis.warehouse.loading import load_demo
from nba_mcp_synthesis.warehouse.postgres.loading import workshop
from running import NO_LIMITS, Running, running
from server.test_serve import counted, modern
from servers.killable import KillablePostgres, KillableRedis
from servers.leagues import load_small
from servers.postgres import PostgresServer
from servers.redis import RedisServer
from test_cli import nba_mcp, printed

pytestmark = pytest.mark.system  # whole processes, killed and started again: minutes
QUESTION = "who led the league in scoring"


def ask(server: Running, question: str = QUESTION) -> dict[str, Any]:
    """The answer of the tool `ask` over HTTP."""
    reply = modern(server, "tools/call", name="ask", arguments={"question": question}).json()
    found: dict[str, Any] = reply["result"]["structuredContent"]
    return found


def dependency(server: Running, name: str) -> dict[str, Any]:
    """What /health says of a dependency."""
    found: dict[str, Any] = httpx.get(f"{server.url}/health").json()["dependencies"][name]
    return found


def eventually(holds: Callable[[], bool]) -> None:
    """Waits until it holds; a minute is for machines that are very busy."""
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small league as the warehouse of commands and servers."""
    path = small_league.build(tmp_path / "small.duckdb")
    monkeypatch.setenv("NBA_MCP_WAREHOUSE_URL", f"duckdb:///{path}")
    return path


@pytest.fixture
def start(tmp_path: Path, small: Path) -> Iterator[Callable[..., Running]]:
    """Starts servers, each with a log and a HOME of its own; all are stopped at the end."""
    with ExitStack() as stack:

        def one(name: str, **environment: str) -> Running:
            folder = tmp_path / name
            folder.mkdir()
            return stack.enter_context(
                running(folder, **{**NO_LIMITS, "NBA_MCP_HOME": str(folder / "home"), **environment})
            )

        yield one


def test_commands_record_and_show_their_answers(small: Path) -> None:
    """`ask`, a batch with ids of its own, `answers list` and `answers show`, for programs and for people."""
    given = printed(nba_mcp("ask", "--json", QUESTION))
    assert given["cached"] is False
    batch = small.with_name("batch.jsonl")
    batch.write_text(
        '{"id": "q1", "question": "how many points did Ada Test score"}\n{"id": "q2", "question": " "}\n'
    )
    assert nba_mcp("ask", "--batch", str(batch)).returncode == 0
    listed = printed(nba_mcp("answers", "list", "--json"))
    assert [row["id"] for row in listed] == ["q1", given["id"]]
    shown = printed(nba_mcp("answers", "show", given["id"], "--json"))
    assert {name: shown[name] for name in ("text", "values", "table", "snapshot", "simulated", "status")} == {
        name: given[name] for name in ("text", "values", "table", "snapshot", "simulated", "status")
    }
    assert [(e["id"], e["sql"], e["row_count"]) for e in shown["evidence"]] == [
        (e["id"], e["sql"], len(e["rows"])) for e in given["evidence"]
    ]
    assert (shown["door"], shown["caller"]) == ("cli", "cli")
    told = nba_mcp("answers", "show", given["id"]).stdout
    assert given["text"] in " ".join(told.split())
    assert "SELECT" in told
    assert nba_mcp("answers", "list", "--limit", "1").stdout.count("q1") == 1


def test_an_answer_that_is_not_recorded_is_wrong_use(small: Path) -> None:
    """The reader is told where to look."""
    done = nba_mcp("answers", "show", "nothing", "--json")
    assert done.returncode == 2
    assert json.loads(done.stderr)["error"]["code"] == "no_such_answer"


def test_an_answer_is_given_though_it_cannot_be_recorded(small: Path, tmp_path: Path) -> None:
    """It says so on standard error."""
    (tmp_path / "in the way").write_text("")
    done = nba_mcp("ask", "--json", QUESTION, NBA_MCP_HOME=str(tmp_path / "in the way"))
    assert printed(done)["status"] == "answered"
    assert "The answer was not recorded" in done.stderr


def test_a_repeated_question_gets_the_earlier_answer_until_data_change(
    start: Callable[..., Running], small: Path
) -> None:
    """Under an id of its own, at no cost, said to be cached, and recorded as well."""
    server = start("one")
    first, second = ask(server), ask(server, f"  {QUESTION}? ")
    assert (first["cached"], second["cached"]) == (False, True)
    assert first["id"] != second["id"]
    assert second["text"] == first["text"]
    assert second["evidence"] == first["evidence"]
    assert (second["cost_usd"], second["question"]) == (0, f"{QUESTION}?")
    hits = 'nba_mcp_cache_requests_total{outcome="hit",place="memory"}'
    assert counted(server, hits) == 1
    load_demo(small, [("the same league, loaded anew", small_league.reading())])
    third = ask(server)
    assert third["cached"] is False
    assert third["snapshot"] != first["snapshot"]
    home = str(server.log.parent / "home")
    # the audit log's entries are counted with them, some calls in each
    eventually(lambda: counted(server, "nba_mcp_state_entries_total") >= 4)
    eventually(lambda: not dependency(server, "state")["waiting_bytes"])
    listed = printed(nba_mcp("answers", "list", "--json", NBA_MCP_HOME=home))
    assert [(row["id"], row["cached"], row["door"], row["caller"]) for row in listed] == [
        (third["id"], False, "http", "127.0.0.1"),
        (second["id"], True, "http", "127.0.0.1"),
        (first["id"], False, "http", "127.0.0.1"),
    ]
    assert all(row["request_id"] for row in listed)


def test_kill_9_of_the_server_loses_no_answer_that_was_given(start: Callable[..., Running]) -> None:
    """Asked by several, killed in the midst of it."""
    server = start("one", NBA_MCP_ANSWER_CACHE_SECONDS="0")
    given: list[str] = []

    def keep_asking() -> None:
        try:
            while True:
                given.append(ask(server)["id"])
        except httpx.HTTPError:
            return

    threads = [threading.Thread(target=keep_asking) for _ in range(4)]
    for thread in threads:
        thread.start()
    eventually(lambda: len(given) >= 12)
    server.process.send_signal(signal.SIGKILL)
    for thread in threads:
        thread.join()
    home = str(server.log.parent / "home")
    listed = [
        row["id"]
        for row in printed(nba_mcp("answers", "list", "--json", "--limit", "9999", NBA_MCP_HOME=home))
    ]
    assert set(given) <= set(listed)
    assert len(listed) == len(set(listed))


def test_two_servers_on_one_postgres_and_one_redis_behave_as_one(
    start: Callable[..., Running], postgres_server: PostgresServer, redis_server: RedisServer, tmp_path: Path
) -> None:
    """Answers of one are given by the other, and both are in one database; no password shows anywhere."""
    redis_server.client().flushdb()
    url = postgres_server.url(postgres_server.create_database())
    shared = {"NBA_MCP_STATE_URL": url, "NBA_MCP_REDIS_URL": redis_server.url}
    with ThreadPoolExecutor(2) as pool:
        migrated = list(pool.map(lambda _: nba_mcp("state", "migrate", **shared), range(2)))
    assert [done.returncode for done in migrated] == [0, 0], migrated
    one, other = start("one", **shared), start("other", **shared)
    first, second = ask(one), ask(other)
    assert (first["cached"], second["cached"]) == (False, True)
    assert httpx.get(f"{one.url}/health").json()["status"] == "ok"
    for server in (one, other):
        eventually(lambda: dependency(server, "state")["waiting_bytes"] == 0)  # noqa: B023 - called at once
    listed = printed(nba_mcp("answers", "list", "--json", **shared))
    assert [row["id"] for row in listed] == [second["id"], first["id"]]
    shown = nba_mcp("settings", "--json", **shared).stdout + nba_mcp("connect", **shared).stdout
    logs = one.log.read_text() + other.log.read_text() + httpx.get(f"{one.url}/health").text
    kept = b"".join(p.read_bytes() for p in tmp_path.rglob("home/**/*") if p.is_file()).decode()
    for password in (postgres_server.password, redis_server.password):
        assert password not in shown + logs + kept


def test_two_servers_on_one_warehouse_in_postgres_see_a_load_at_once(
    start: Callable[..., Running], postgres_server: PostgresServer, redis_server: RedisServer, tmp_path: Path
) -> None:
    """The answer of before is given by neither, and what one answers anew the other gives too."""
    redis_server.client().flushdb()
    url = postgres_server.url(postgres_server.create_database()) + "?sslmode=disable"
    load_small(url, tmp_path)
    shared = {"NBA_MCP_WAREHOUSE_URL": url, "NBA_MCP_REDIS_URL": redis_server.url}
    one, other = start("one", **shared), start("other", **shared)
    before = [ask(one), ask(other)]
    assert [answer["cached"] for answer in before] == [False, True]
    with workshop(lambda: url, tmp_path) as path, duckdb.connect(str(path)) as file:
        file.execute("UPDATE players SET full_name = 'Zoe Test' WHERE full_name = 'Cid Sample'")
        migrations.set_info(file, "snapshot", "renamed")
    eventually(lambda: ask(other)["snapshot"] == "renamed")  # a state that was seen counts for a second
    after = [ask(one), ask(other)]
    assert [(answer["cached"], answer["snapshot"]) for answer in after] == [(True, "renamed")] * 2
    assert "Zoe Test" in after[0]["text"]


def test_redis_and_postgres_may_go_and_come_while_16_ask(
    start: Callable[..., Running], killable_redis: KillableRedis, killable_postgres: KillablePostgres
) -> None:
    """No answer fails, /health tells which is away, both are used again by themselves, no record lacks."""
    url = killable_postgres.server.url()
    assert nba_mcp("state", "migrate", NBA_MCP_STATE_URL=url).returncode == 0
    server = start("one", NBA_MCP_STATE_URL=url, NBA_MCP_REDIS_URL=killable_redis.url)
    given: list[str] = []
    failures: list[BaseException] = []
    stop = threading.Event()

    def keep_asking() -> None:
        try:
            while not stop.is_set():
                given.append(ask(server)["id"])
        except BaseException as error:  # noqa: BLE001 - told below, in the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=keep_asking) for _ in range(16)]
    for thread in threads:
        thread.start()
    eventually(lambda: len(given) > 50)
    for name, peer in (("redis", killable_redis), ("state", killable_postgres)):
        peer.kill()
        eventually(lambda: dependency(server, name)["status"] == "degraded")  # noqa: B023 - called at once
        before = len(given)
        eventually(lambda: failures != [] or len(given) > before + 50)  # noqa: B023 - called at once
        if name == "state":
            done = nba_mcp("answers", "list", NBA_MCP_STATE_URL=url)
            assert done.returncode == 3
            assert killable_postgres.server.password not in done.stderr
        peer.start()
        eventually(lambda: dependency(server, name)["status"] == "ok")  # noqa: B023 - called at once
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    server.process.terminate()
    server.process.wait(timeout=60)
    listed = printed(nba_mcp("answers", "list", "--json", "--limit", "10000", NBA_MCP_STATE_URL=url))
    assert sorted(row["id"] for row in listed) == sorted(given)
