"""Money of questions that are asked side by side: nobody spends what another one has reserved."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nba_mcp_synthesis.synthesis.voices.purse import Allowance, OverBudget, Purse


class Day:
    """What all purses of a test have spent."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.spent = Decimal()

    def add(self, usd: Decimal) -> Decimal:
        """What is spent then."""
        with self._lock:
            self.spent += usd
            return self.spent


cents = st.integers(0, 40).map(lambda n: Decimal(n) / 100)
# (what a call may cost at most, the part of it that it does cost)
calls = st.lists(st.tuples(cents, st.fractions(0, 1)), max_size=8)


def buy(purse: Purse, wanted: list[tuple[Decimal, Decimal]]) -> Decimal:
    """What calls one after the other cost, those that the purse allows."""
    total = Decimal()
    for most, spent in wanted:
        try:
            purse.reserve(most)
        except OverBudget:
            continue
        purse.settle(most, spent)
        total += spent
    return total


def priced(drawn: list[tuple[Decimal, object]]) -> list[tuple[Decimal, Decimal]]:
    return [(most, (most * Decimal(float(part))).quantize(Decimal("0.0001"))) for most, part in drawn]  # type: ignore[arg-type]


@given(st.lists(calls, min_size=1, max_size=4), cents, cents)
@settings(max_examples=300)
def test_threads_never_spend_more_than_there_is(
    voices: list[object], question: Decimal, day: Decimal
) -> None:
    """Of one question's money, and of the day's that its purse is a part of."""
    spent = Day()
    purse = Purse(question, [Allowance(day, spent)])
    with ThreadPoolExecutor(4) as pool:
        each = [*pool.map(lambda drawn: buy(purse, priced(drawn)), voices)]
    assert sum(each, Decimal()) == spent.spent <= min(question, day)


@given(st.lists(calls, min_size=1, max_size=6), cents, cents)
@settings(max_examples=300)
def test_questions_side_by_side_keep_to_the_day(
    voices: list[object], question: Decimal, day: Decimal
) -> None:
    """Calls that wait for their provider in between hold what they reserved until they are settled."""
    spent = Day()
    purses = [Purse(question, [Allowance(day, spent)]) for _ in voices]

    async def ask(purse: Purse, wanted: list[tuple[Decimal, Decimal]]) -> Decimal:
        total = Decimal()
        for most, cost in wanted:
            try:
                purse.reserve(most)
            except OverBudget:
                continue
            await asyncio.sleep(0)
            assert spent.spent <= day
            purse.settle(most, cost)
            total += cost
        return total

    async def all_of_them() -> list[Decimal]:
        asked = (ask(purse, priced(drawn)) for purse, drawn in zip(purses, voices, strict=True))  # type: ignore[arg-type]
        return await asyncio.gather(*asked)

    each = asyncio.run(all_of_them())
    assert all(total <= question for total in each)
    assert sum(each, Decimal()) == spent.spent <= day


@given(st.integers(1, 40), st.integers(0, 40), st.integers(1, 100))
def test_an_estimate_that_was_too_low_costs_one_call(reserved: int, more: int, budget: int) -> None:
    """The provider counted more than was estimated: the next call finds the purse empty."""
    day, most, cost = Day(), Decimal(reserved), Decimal(reserved + more)
    total = buy(Purse(Decimal(budget), [Allowance(Decimal(1000), day)]), [(most, cost)] * 200)
    assert total == day.spent <= Decimal(budget) + more


def test_a_refused_call_costs_the_day_nothing() -> None:
    """Otherwise refusals would use the day up."""
    day = Day()
    purse = Purse(Decimal(1), [Allowance(Decimal("0.5"), day)])
    with pytest.raises(OverBudget, match="a day"):
        purse.reserve(Decimal("0.75"))
    assert day.spent == 0
    purse.reserve(Decimal("0.5"))
