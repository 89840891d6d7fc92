"""Threads of many questions side by side take turns, so that the warehouse turns none away."""

import asyncio
import threading
import time

from anyio import CapacityLimiter

from nba_mcp_synthesis.synthesis.threads import in_thread, taking_turns


class _Count:
    """How many are at work, and the most that ever were."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = self.peak = 0

    def work(self) -> None:
        with self._lock:
            self._now += 1
            self.peak = max(self.peak, self._now)
        time.sleep(0.005)
        with self._lock:
            self._now -= 1


def test_tasks_inside_take_turns_and_all_of_them_get_theirs() -> None:
    count, limiter = _Count(), CapacityLimiter(2)

    async def question() -> None:
        with taking_turns(limiter):
            await asyncio.gather(*(asyncio.create_task(in_thread(count.work)) for _ in range(5)))

    async def questions() -> None:
        await asyncio.gather(*(question() for _ in range(4)))

    asyncio.run(questions())
    assert count.peak == 2


def test_threads_outside_do_not_wait_for_a_turn() -> None:
    limiter = CapacityLimiter(1)

    async def asked() -> int:
        async with limiter:
            with taking_turns(limiter):
                pass
            return await in_thread(lambda: 7)

    assert asyncio.run(asked()) == 7
