"""Cache and counters through a real Redis, and without it."""

import threading
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nba_mcp_synthesis.sharing.answer_cache import AnswerCache, key_of
from nba_mcp_synthesis.sharing.counters import Counters
from nba_mcp_synthesis.sharing.link import RedisLink
from nba_mcp_synthesis.telemetry.metrics import Metrics
from servers.killable import KillableRedis
from servers.redis import RedisServer
from sharing.conftest import Linked

ANSWER = {"id": "a1", "text": "Ada led.", "status": "answered", "voices": []}


def eventually(holds: Callable[[], bool]) -> None:
    """Waits until it holds; a minute is for machines that are very busy."""
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def cache(link: RedisLink | None, metrics: Metrics | None = None) -> AnswerCache:
    """The cache of one process."""
    return AnswerCache(link, 600, metrics or Metrics())


def fresh_key() -> str:
    """A key that no test has used."""
    return key_of(f"{time.time_ns()}", None, "s", "c")


@pytest.mark.requirement("SYS-REDIS")
def test_two_processes_on_one_redis_have_one_cache(linked: Linked, redis_server: RedisServer) -> None:
    """What one puts the other gets; it goes by itself after its time."""
    one, other = cache(linked(redis_server.url)), cache(linked(redis_server.url))
    key = fresh_key()
    assert other.get(key) is None
    one.put(key, ANSWER)
    assert other.get(key) == ANSWER
    assert 0 < redis_server.client().ttl(f"nba-mcp:answer:{key}") <= 600


@pytest.mark.parametrize("found", ["no JSON", "[]", "{}", b"\xff"])
def test_what_another_program_wrote_is_a_miss(
    linked: Linked, redis_server: RedisServer, found: str | bytes
) -> None:
    """A value under the name of an answer that is none is not served, and does no harm."""
    key = fresh_key()
    redis_server.client().set(f"nba-mcp:answer:{key}", found)
    assert cache(linked(redis_server.url)).get(key) is None


def test_two_processes_on_one_redis_have_one_set_of_counters(
    linked: Linked, redis_server: RedisServer
) -> None:
    """Of ten turns an hour, each of two gets what the other left; other callers have their own."""
    both = [Counters(linked(redis_server.url)) for _ in range(2)]
    who = str(time.time_ns())
    turns = [both[n % 2].take(who, {"ask": "10/hour"}) for n in range(12)]
    assert [turn.allowed for turn in turns] == [True] * 10 + [False] * 2
    assert 3_500 < turns[-1].retry_after <= 3_600
    assert both[0].take("another" + who, {"ask": "10/hour"}).allowed


def test_without_redis_each_process_has_its_own() -> None:
    """Cache and counters work, and are not shared."""
    one, other = cache(None), cache(None)
    one.put("key", ANSWER)
    assert (one.get("key"), other.get("key")) == (ANSWER, None)
    counters = Counters(None)
    assert [counters.take("x", {"ask": "2/minute"}).allowed for _ in range(3)] == [True, True, False]


def test_hits_and_misses_are_counted_by_place(linked: Linked, redis_server: RedisServer) -> None:
    """In Redis and in memory."""
    metrics, key = Metrics(), fresh_key()
    for link in (linked(redis_server.url), None):
        one = cache(link, metrics)
        one.get(key)
        one.put(key, ANSWER)
        one.get(key)
    told = metrics.exposition().decode()
    for place in ("redis", "memory"):
        for outcome in ("hit", "miss"):
            sample = f'nba_mcp_cache_requests_total{{outcome="{outcome}",place="{place}"}} 1.0'
            assert sample in told


def test_a_cache_in_memory_is_bounded_and_large_answers_are_not_kept() -> None:
    """The oldest go first."""
    one = cache(None)
    for n in range(600):
        one.put(str(n), ANSWER)
    assert (one.get("0"), one.get("599")) == (None, ANSWER)
    one.put("large", {"text": "x" * 1_000_000})
    assert one.get("large") is None


@pytest.mark.requirement("SYS-REDIS")
def test_killing_redis_under_callers_fails_none_and_is_mended_by_itself(
    linked: Linked, killable_redis: KillableRedis
) -> None:
    """Killed, then silent instead of gone: 16 callers go on with what is their own, and share again after."""
    link = linked(killable_redis.url)
    shared, counters = cache(link), Counters(link)
    failures: list[BaseException] = []
    calls = [0] * 16
    stop = threading.Event()

    def call(name: int) -> None:
        try:
            while not stop.is_set():
                shared.put(str(name), ANSWER)
                assert shared.get(str(name)) in (ANSWER, None)
                assert counters.take(str(name), {"ask": "1000000/minute"}).allowed
                calls[name] += 1
        except BaseException as error:  # noqa: BLE001 - told below, in the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=call, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()

    def everyone_goes_on() -> None:
        before = list(calls)
        eventually(
            lambda: failures != [] or all(now > then + 3 for now, then in zip(calls, before, strict=True))
        )

    everyone_goes_on()
    assert link.health() == {"status": "ok"}
    for end in (killable_redis.kill, killable_redis.freeze):
        end()
        eventually(lambda: link.health()["status"] == "degraded")
        everyone_goes_on()
        killable_redis.kill()
        killable_redis.start()
        eventually(lambda: link.health()["status"] == "ok")
        everyone_goes_on()
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    other = cache(linked(killable_redis.url))
    assert other.get("3") == ANSWER


def test_a_redis_that_is_not_there_at_the_start_is_found_later(
    linked: Linked, killable_redis: KillableRedis
) -> None:
    """No restart is needed."""
    killable_redis.kill()
    link = linked(killable_redis.url)
    assert "each process's own" in link.health()["message"]
    killable_redis.start()
    eventually(lambda: link.up)


def test_a_refused_password_is_told_without_its_value(
    linked: Linked, redis_server: RedisServer, capfd: pytest.CaptureFixture[str]
) -> None:
    """In /health and in the log."""
    link = linked(redis_server.url.replace(redis_server.password, "wrong-password"))
    assert link.health()["status"] == "degraded"
    told = "".join(capfd.readouterr()) + str(link.health())
    assert "AuthenticationError" in told
    assert "wrong-password" not in told


WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)


@given(question=WORDS, previous=st.none() | WORDS, snapshot=WORDS, configuration=WORDS, other=WORDS)
def test_another_snapshot_or_configuration_is_another_answer(
    question: str, previous: str | None, snapshot: str, configuration: str, other: str
) -> None:
    """And no part can be taken for another one."""
    key = key_of(question, previous, snapshot, configuration)
    assert (key_of(question, previous, other, configuration) == key) is (other == snapshot)
    assert (key_of(question, previous, snapshot, other) == key) is (other == configuration)
    assert key_of(question, question, snapshot, configuration) != key_of(
        question, None, snapshot, configuration
    )
    assert key_of(f"  {question} ", previous, snapshot, configuration) == key


@pytest.mark.parametrize("same", ["Who led the league?", "  Who   led the league ", "Who led the league"])
def test_spaces_and_the_final_mark_make_no_other_question(same: str) -> None:
    """Letters do: a model may read them."""
    key = key_of("Who led the league", None, "s", "c")
    assert key_of(same, None, "s", "c") == key
    assert key_of("who led the league", None, "s", "c") != key


@pytest.mark.parametrize("is_shared", [True, False])
def test_a_turn_is_taken_under_all_limits_or_under_none(
    linked: Linked, redis_server: RedisServer, is_shared: bool
) -> None:
    """What the wider limit refuses costs no turn of the narrower one."""
    counters = Counters(linked(redis_server.url) if is_shared else None)
    who, both = str(time.time_ns()), {"ask": "3/minute", "calls": "2/minute"}
    turns = [counters.take(who, both) for _ in range(9)]
    assert [turn.limit for turn in turns] == ["", ""] + ["calls"] * 7
    assert [counters.take(who, {"ask": "3/minute"}).limit for _ in range(2)] == ["", "ask"]


def test_a_window_moves_by_the_clock_of_redis(linked: Linked, redis_server: RedisServer) -> None:
    """A turn comes back when it is a window old, and keys go by themselves."""
    counters, who = Counters(linked(redis_server.url)), str(time.time_ns())
    limit = {"ask": "2/second"}
    eventually(lambda: not counters.take(who, limit).allowed)
    eventually(lambda: counters.take(who, limit).allowed)
    (key,) = redis_server.client().keys(f"nba-mcp:limits:*{who}*")
    assert 0 < redis_server.client().pttl(key) <= 1_000
