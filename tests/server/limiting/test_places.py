"""Places and their queue: fair, bounded, and nothing is lost whoever leaves, and when."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nba_mcp_synthesis.errors import NbaMcpError, Overloaded, RateLimited
from nba_mcp_synthesis.server.limiting.places import Bounds, Lane

WIDE = Bounds(places=2, caller_places=2, waiting=1_000, caller_waiting=1_000, seconds=60)


class Ground:
    """Calls that hold their place until they are told to end; `served` has them as they got it."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.served: list[str] = []
        self.running: list[tuple[str, asyncio.Event, asyncio.Task[None]]] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.refused: Counter[str] = Counter()

    async def arrive(self, who: str) -> None:
        """A call comes, and gets as far as it can."""
        self.tasks.append(asyncio.create_task(self._call(who)))
        await settle()

    async def end_one(self) -> None:
        """The call that has held its place for the longest ends."""
        if self.running:
            self.running.pop(0)[1].set()
            await settle()

    async def end_all(self) -> None:
        """All calls end, those that wait in their turn."""
        while self.running:
            await self.end_one()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _call(self, who: str) -> None:
        try:
            async with self.lane.place(who):
                end, task = asyncio.Event(), asyncio.current_task()
                assert task is not None
                self.served.append(who)
                mine = (who, end, task)
                self.running.append(mine)
                try:
                    await end.wait()
                finally:
                    if mine in self.running:
                        self.running.remove(mine)
        except NbaMcpError as error:
            self.refused[error.code] += 1


async def settle() -> None:
    """Lets everything run as far as it can."""
    for _ in range(5):
        await asyncio.sleep(0)


def on_ground(bounds: Bounds, work: Callable[[Ground], Coroutine[Any, Any, None]]) -> Ground:
    """Runs it on a lane, and sees that in the end no place is held and nobody waits."""

    async def main() -> Ground:
        ground = Ground(Lane(bounds))
        await work(ground)
        await ground.end_all()
        assert (ground.lane.taken, ground.lane.waiting) == (0, 0)
        assert ground.lane._queues == {}
        assert ground.lane._taken == {}
        return ground

    return asyncio.run(main())


def test_one_call_does_not_stand_behind_another_callers_thousand() -> None:
    """It is served as the next but one: the one who waits first, then he."""

    async def work(ground: Ground) -> None:
        for _ in range(1_002):
            await ground.arrive("many")
        await ground.arrive("one")
        await ground.end_one()
        await ground.end_one()
        assert "one" in ground.served[-2:]

    ground = on_ground(Bounds(2, 2, 2_000, 2_000, 60), work)
    assert len(ground.served) == 1_003
    assert ground.refused == {}


def test_the_last_place_is_not_for_whoever_holds_all_others() -> None:
    """A caller with slow calls leaves a place, and gets it when nobody may have it before him."""

    async def work(ground: Ground) -> None:
        for _ in range(5):
            await ground.arrive("slow")
        assert ground.lane.taken == 3
        await ground.arrive("quick")
        assert ground.served[-1] == "quick"

    on_ground(Bounds(4, 3, 100, 100, 60), work)


def test_each_bound_has_its_refusal() -> None:
    """His own queue is 429, the queue of all 503; both say when to come again."""

    async def work(ground: Ground) -> None:
        for _ in range(4):
            await ground.arrive("a")
        assert ground.refused == {"rate_limited": 1}
        for who in "bc":
            await ground.arrive(who)
        assert ground.refused == {"rate_limited": 1, "overloaded": 1}

    on_ground(Bounds(1, 1, 3, 2, 60), work)


def test_who_would_wait_too_long_is_refused_at_once_and_told_when_to_come() -> None:
    """Calls take 4 s each: with 10 s to wait, the third in the queue is one too many; a newcomer is not."""
    now = 0.0
    lane = Lane(Bounds(1, 1, 100, 100, 10), clock=lambda: now)

    async def main() -> None:
        nonlocal now
        async with lane.place("a"):
            now += 4
        async with lane.place("a"), asyncio.TaskGroup() as group:
            waiting = [group.create_task(hold("a")) for _ in range(2)]
            await settle()
            with pytest.raises(Overloaded, match="some 12 s for a place; more than 10 s is refused") as told:
                lane.check("a")
            assert told.value.retry_after == 2
            assert "Come again in 2 seconds." in str(told.value)
            lane.check("b")  # before all but one of them
            for task in waiting:
                task.cancel()

    async def hold(who: str) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            async with lane.place(who):
                pass

    asyncio.run(main())
    assert (lane.taken, lane.waiting) == (0, 0)


def test_who_has_waited_for_too_long_is_told_and_leaves_nothing() -> None:
    """The calls before him took longer than any before."""
    reasons: list[str] = []

    async def main() -> None:
        lane = Lane(Bounds(1, 1, 10, 10, 0.01), reasons.append)
        async with lane.place("a"):
            with pytest.raises(Overloaded, match=r"No place became free within 0\.01 s"):
                async with lane.place("b"):
                    raise AssertionError
        assert (lane.taken, lane.waiting) == (0, 0)

    asyncio.run(main())
    assert reasons == ["wait"]


def test_a_queue_of_nobody_refuses_at_once() -> None:
    """With 0 who may wait, a call runs or is refused."""

    async def main() -> None:
        lane = Lane(Bounds(1, 1, 0, 0, 10))
        async with lane.place("a"):
            with pytest.raises(RateLimited):
                await lane.place("a").__aenter__()
            with pytest.raises(RateLimited):
                await lane.place("b").__aenter__()
        async with lane.place("b"):
            pass

    asyncio.run(main())


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("arrive"), st.sampled_from("abcd")),
        st.tuples(st.just("end"), st.just(0)),
        st.tuples(st.just("cancel"), st.integers(0, 60)),
        st.tuples(st.just("end and cancel"), st.integers(0, 60)),
    ),
    max_size=80,
)
BOUNDS = st.builds(
    lambda places, share, waiting, own: Bounds(places, min(share, places), waiting, own, 60),
    st.integers(1, 4),
    st.integers(1, 4),
    st.integers(0, 12),
    st.integers(0, 8),
)


@settings(max_examples=300, deadline=None)
@given(bounds=BOUNDS, steps=STEPS)
def test_no_place_is_lost_whoever_leaves_and_when(bounds: Bounds, steps: list[tuple[str, Any]]) -> None:
    """Calls come, end, and are cancelled while they run, wait, or are being handed a place.

    After each step: within the bounds, no place free that somebody waits for and may have, and the lane's
    figures are those of the calls there are.
    """

    async def work(ground: Ground) -> None:
        for step, what in steps:
            if step == "arrive":
                await ground.arrive(what)
            if step in {"end", "end and cancel"} and ground.running:
                ground.running.pop(0)[1].set()
            if "cancel" in step and ground.tasks:
                if step == "end and cancel":
                    await asyncio.sleep(0)  # the place is on its way to somebody
                ground.tasks[what % len(ground.tasks)].cancel()
            await settle()
            _is_sound(ground, bounds)

    on_ground(bounds, work)


def _is_sound(ground: Ground, bounds: Bounds) -> None:
    lane = ground.lane
    holding = Counter(who for who, _, _ in ground.running)
    assert lane._taken == holding
    assert lane.taken == holding.total() <= bounds.places
    assert all(number <= bounds.caller_places for number in holding.values())
    assert lane.waiting == sum(map(len, lane._queues.values())) <= bounds.waiting
    assert all(0 < len(queue) <= bounds.caller_waiting for queue in lane._queues.values())
    if lane.taken < bounds.places:
        assert all(holding[who] == bounds.caller_places for who in lane._queues)


@settings(max_examples=200, deadline=None)
@given(
    arrivals=st.lists(st.sampled_from("abcde"), min_size=1, max_size=60),
    places=st.integers(1, 3),
)
def test_between_two_turns_of_one_everybody_who_waits_has_had_his(arrivals: list[str], places: int) -> None:
    """Round robin: whoever waits is served at least once for each two times that any other one is."""

    async def work(ground: Ground) -> None:
        for who in arrivals:
            await ground.arrive(who)
        while ground.lane.waiting:
            waiting, before = set(ground.lane._queues), len(ground.served)
            while waiting & set(ground.lane._queues) and len(ground.served) < before + len(waiting):
                await ground.end_one()
            turn = ground.served[before:]
            assert len(set(turn)) == len(turn)
            assert set(turn) == waiting

    ground = on_ground(Bounds(places, places, 1_000, 1_000, 60), work)
    assert Counter(ground.served) == Counter(arrivals)
