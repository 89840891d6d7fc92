"""The money of a day of each caller: shared, begun with what the ledger has, and bounded in number."""

import time
from datetime import date
from decimal import Decimal

from nba_mcp_synthesis.sharing import spending
from nba_mcp_synthesis.sharing.spending import CallerSpending
from servers.killable import KillableRedis
from servers.redis import RedisServer
from sharing.conftest import Linked

CENT = Decimal("0.01")


def nothing(_day: date, _who: str) -> float:
    """A ledger without entries."""
    return 0.0


def test_replicas_share_the_money_of_a_caller_and_no_other_has_it(
    linked: Linked, redis_server: RedisServer
) -> None:
    """What one spends the other sees."""
    one, other = (CallerSpending(linked(redis_server.url), nothing) for _ in range(2))
    who = f"ada-{time.time_ns()}"
    assert one.of(who).add(CENT) == CENT
    assert other.of(who).add(CENT) == 2 * CENT
    assert other.of("bob" + who).add(CENT) == CENT
    assert one.of(who).add(-CENT) == CENT


def test_a_day_begins_with_what_the_ledger_has_of_the_caller() -> None:
    """A restart gives nobody his money back."""
    asked: list[str] = []

    def recorded(_day: date, who: str) -> float:
        asked.append(who)
        return {"ada": 0.5}.get(who, 0.0)

    callers = CallerSpending(None, recorded)
    assert callers.of("ada").add(CENT) == Decimal("0.51")
    assert callers.of("bob").add(CENT) == CENT
    assert callers.of("ada").add(CENT) == Decimal("0.52")
    assert asked == ["ada", "bob"]


def test_when_redis_goes_away_nothing_that_was_spent_here_is_forgotten(
    linked: Linked, killable_redis: KillableRedis
) -> None:
    """Each process goes on from what it has counted itself."""
    callers = CallerSpending(linked(killable_redis.url), nothing)
    assert callers.of("ada").add(CENT) == CENT
    killable_redis.kill()
    assert callers.of("ada").add(CENT) == 2 * CENT


def test_so_many_callers_are_held_and_no_more() -> None:
    """Whoever is new makes whoever has not asked for longest be read from the ledger again."""
    callers = CallerSpending(None, nothing)
    for n in range(spending._MOST_CALLERS + 5):
        callers.of(str(n))
    assert len(callers._of) == spending._MOST_CALLERS
    assert "0" not in callers._of
