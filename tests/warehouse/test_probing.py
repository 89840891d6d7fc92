"""Whether an engine elsewhere answers: asked in the background, told at once."""

import threading

import pytest

from nba_mcp_synthesis.errors import Busy, NbaMcpError, WarehouseDown
from nba_mcp_synthesis.warehouse.probing import Probe


class Engine:
    """Answers when it is told to, with a fault where there is one."""

    def __init__(self) -> None:
        self.answers = threading.Event()
        self.answers.set()
        self.fault: Exception | None = None
        self.asked = 0

    def ask(self) -> None:
        """What a probe calls."""
        self.asked += 1
        self.answers.wait()
        if self.fault is not None:
            raise self.fault


def test_one_that_answers_is_not_asked_again_at_once() -> None:
    """The answer is good for a while."""
    engine = Engine()
    probe = Probe("Engine", engine.ask, first=30.0)
    for _ in range(5):
        probe.check()
    assert engine.asked == 1


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (WarehouseDown("It is away."), "It is away"),
        (RuntimeError("secret"), "cannot be asked: RuntimeError"),
    ],
)
def test_a_fault_is_told_until_it_is_over(fault: Exception, told: str) -> None:
    """Each time, and no longer than until the next question."""
    engine = Engine()
    engine.fault = fault
    probe = Probe("Engine", engine.ask, again=0.0, first=30.0)
    for _ in range(2):
        with pytest.raises(WarehouseDown, match=told) as caught:
            probe.check()
        assert "secret" not in str(caught.value)
    engine.fault = None
    while True:
        try:
            probe.check()
        except NbaMcpError:
            continue
        break


def test_one_without_room_answers() -> None:
    """It is busy, and not away."""
    engine = Engine()
    engine.fault = Busy("All places are taken.")
    Probe("Engine", engine.ask, first=30.0).check()


def test_one_that_stays_silent_is_told() -> None:
    """At first, and after it has answered; it is asked one question at a time."""
    engine = Engine()
    engine.answers.clear()
    probe = Probe("Engine", engine.ask, every=0.0, patience=0.1, first=0.05)
    for _ in range(3):
        with pytest.raises(WarehouseDown, match="has not answered yet"):
            probe.check()
    assert engine.asked == 1
    engine.answers.set()
    while True:
        try:
            probe.check()
        except WarehouseDown:
            continue
        break
    engine.answers.clear()
    with pytest.raises(WarehouseDown, match=r"has not answered for 0\.1 s"):
        while True:
            probe.check()
    engine.answers.set()
