"""Deadlines: work that never ends is left, work that ends is handed over."""

import threading
import time
from functools import partial

import pytest

from nba_mcp_synthesis.deadlines import together, within


def test_within_hands_over_what_was_returned_or_raised() -> None:
    """As if it had been called here."""
    assert within(5, lambda: 3) == 3
    with pytest.raises(ZeroDivisionError):
        within(5, lambda: 1 // 0)


def test_within_leaves_what_does_not_end() -> None:
    """At the deadline, with the error that says so."""
    never = threading.Event()
    started = time.monotonic()
    with pytest.raises(TimeoutError, match=r"within 0\.1 s"):
        within(0.1, never.wait)
    assert time.monotonic() - started < 2
    never.set()


def test_together_keeps_the_order_and_bounds_the_threads() -> None:
    """Results in the order of the jobs; never more at a time than allowed."""
    running, most, lock = 0, 0, threading.Lock()

    def job(number: int) -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.01)
        with lock:
            running -= 1
        return number

    found = together([partial(job, n) for n in range(20)], at_once=3)
    assert found == list(range(20))
    assert most == 3


def test_together_raises_the_first_error_by_order() -> None:
    """After all have ended; without jobs there is nothing."""
    assert together([]) == []
    with pytest.raises(ZeroDivisionError):
        together([lambda: 1, lambda: 1 // 0, lambda: int("x")])
