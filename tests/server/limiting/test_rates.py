"""Rates: counted for each caller and tool, with everybody on one Redis, and sane when that goes away."""

import asyncio
import time

import pytest
from pydantic import SecretStr

from nba_mcp_synthesis.connectors.redis import RedisConnector
from nba_mcp_synthesis.errors import RateLimited
from nba_mcp_synthesis.server.limiting.rates import Rates, rates_of
from nba_mcp_synthesis.settings import Settings
from nba_mcp_synthesis.sharing.counters import Counters
from nba_mcp_synthesis.sharing.link import RedisLink
from nba_mcp_synthesis.telemetry.metrics import Metrics
from servers.killable import KillableRedis
from servers.redis import RedisServer


def rates(counters: Counters, calls: int = 5, asks: int = 2, sql: int = 0) -> Rates:
    """Rates of a server with these limits."""
    limits = Settings.model_validate({"calls_minute": calls, "asks_minute": asks, "sql_minute": sql})
    return Rates(rates_of(limits), counters)


def taken(one: Rates, tool: str, who: str, times: int) -> int:
    """How many of so many calls are let through."""

    async def main() -> int:
        done, waits = 0, []
        for _ in range(times):
            try:
                await one.take(tool, who)
                done += 1
            except RateLimited as error:
                waits.append(error.retry_after or 0)
        assert all(1 <= seconds <= 60 for seconds in waits)
        return done

    return asyncio.run(main())


def linked(url: str) -> RedisLink:
    """A link, up."""
    link = RedisLink(RedisConnector(lambda: SecretStr(url)).client, Metrics())
    link.start()
    return link


def test_a_caller_has_so_many_calls_and_others_have_theirs() -> None:
    """Each tool has a limit of its own, and all together one."""
    one = rates(Counters(None))
    assert taken(one, "ask", "a", 4) == 2
    assert taken(one, "find", "a", 9) == 3
    assert taken(one, "find", "b", 9) == 5
    assert taken(one, "ask", "b", 1) == 0


def test_zero_is_no_limit() -> None:
    """Nothing is counted then."""
    one = rates(Counters(None), calls=0, asks=0)
    assert taken(one, "ask", "a", 500) == 500


def test_the_refusal_says_what_is_used_up_and_when_to_come_again() -> None:
    """In words, and in seconds for programs."""
    one = rates(Counters(None), asks=1)
    taken(one, "ask", "a", 1)
    with pytest.raises(RateLimited, match=r"1 calls of ask a minute.* Come again in \d+ second") as told:
        asyncio.run(one.take("ask", "a"))
    assert told.value.retry_after in range(50, 61)


def test_a_refusal_ends_when_its_time_has_come() -> None:
    """It is remembered for no longer than it was told for."""
    now = 0.0
    one = Rates(
        rates_of(Settings.model_validate({"asks_minute": 0, "calls_minute": 3})),
        Counters(None),
        clock=lambda: now,
    )
    assert taken(one, "find", "a", 5) == 3
    (until,) = one._until.values()
    now = until - 0.1
    assert taken(one, "find", "a", 1) == 0
    now = until + 0.1
    one._counters = Counters(None)  # a minute has gone by there as well
    assert taken(one, "find", "a", 5) == 3


@pytest.mark.requirement("SYS-REDIS")
def test_replicas_share_what_a_caller_may_do(redis_server: RedisServer) -> None:
    """Two processes on one Redis let through together what one alone would."""
    links = [linked(redis_server.url) for _ in range(2)]
    who = f"caller-{time.time_ns()}"
    try:
        both = [rates(Counters(link)) for link in links]
        assert sum(taken(both[n % 2], "find", who, 1) for n in range(12)) == 5
    finally:
        for link in links:
            link.stop()


def test_a_flood_over_the_limit_does_not_reach_redis(redis_server: RedisServer) -> None:
    """Who was refused is refused again without a question to it, and loses no turn of another limit."""
    link, who = linked(redis_server.url), f"caller-{time.time_ns()}"
    try:
        one = rates(Counters(link))
        assert taken(one, "find", who, 6) == 5
        before = commands(redis_server)
        assert taken(one, "ask", who, 200) == 0
        assert commands(redis_server) - before < 100  # the link looks every second, and this asks as well
        names = [str(name) for name in redis_server.client().keys(f"*{who}*")]
        assert [name for name in names if "asks" in name] == []
    finally:
        link.stop()


def commands(server: RedisServer) -> int:
    """Commands that it has answered."""
    return int(server.client().info("stats")["total_commands_processed"])


def test_without_redis_half_way_callers_are_still_counted(killable_redis: KillableRedis) -> None:
    """Killed, then silent: no call fails or is let through uncounted, and none waits for long."""
    link = linked(killable_redis.url)
    try:
        one = rates(Counters(link), calls=50)
        assert taken(one, "find", "a", 20) == 20
        killable_redis.freeze()
        assert taken(one, "find", "a", 80) == 50
        assert not link.up
    finally:
        link.stop()
