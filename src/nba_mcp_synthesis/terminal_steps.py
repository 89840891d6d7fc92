"""Steps of work that takes minutes: a line each as they end, and what is under way below them."""

import contextlib
from collections.abc import Iterator
from typing import Protocol

from rich.console import Console
from rich.status import Status
from rich.text import Text

from nba_mcp_synthesis.terminal import PIPED_WIDTH

_MARKS = {
    "done": ("✓", "green"),
    "skipped": ("-", "dim"),
    "warning": ("!", "yellow"),
    "failed": ("✗", "red"),
    "away": ("?", "yellow"),
    "would": ("○", "cyan"),
}


class Told(Protocol):
    """A step: its name, its result, a sentence, how long it took."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def result(self) -> str:
        """One of the marks above."""

    @property
    def message(self) -> str:
        """What it found or did."""

    @property
    def seconds(self) -> float:
        """How long it took."""


class Steps:
    """Where steps are told; nothing is printed where `shown` is false."""

    def __init__(self, status: Status, *, shown: bool) -> None:
        self._status, self._shown = status, shown
        self._console = Console(highlight=False)
        if not self._console.is_terminal:
            self._console.width = PIPED_WIDTH

    def step(self, told: Told) -> None:
        """A line about a step that has ended."""
        if self._shown:
            mark, style = _MARKS[told.result]
            took = f" ({told.seconds:.1f} s)" if told.seconds >= 1 else ""
            line = Text.assemble((mark, style), " ", (told.name, "bold"), f": {told.message}{took}")
            self._console.print(line, soft_wrap=True)

    def under_way(self, sentence: str) -> None:
        """What is going on now, on a terminal."""
        self._status.update(Text(sentence))


@contextlib.contextmanager
def steps(*, shown: bool) -> Iterator[Steps]:
    """A place for steps while the block runs."""
    console = Console(stderr=True, highlight=False)
    status = Status("Starting", console=console)
    with status if console.is_terminal else contextlib.nullcontext():
        yield Steps(status, shown=shown)
