"""Money: reserved before a call is made, settled when it is known what it cost."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from nba_mcp_synthesis.errors import LimitExceeded


class OverBudget(LimitExceeded):
    """The next call might cost more than is left; it was not made."""


class Day(Protocol):
    """What has been spent today, by everybody who shares it. Safe to use from threads."""

    def add(self, usd: Decimal) -> Decimal:
        """Adds to it, and gives what is spent now; negative amounts take back."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """Most dollars that may be spent in a day, and what has been; `of` says whose they are, for readers."""

    limit: Decimal
    day: Day
    of: str = "a day"


class Purse:
    """The money of one question, out of that of each of the `days`. Safe to use from threads.

    What is reserved is gone for others until it is settled, so that calls side by side never spend the same
    money. A reservation covers the largest reply that a call may have, so the budget holds unless a provider
    counts more input than was estimated, and then by one call.
    """

    def __init__(self, question: Decimal, days: Sequence[Allowance]) -> None:
        self._left = self._limit = question
        self._days = days
        self._lock = threading.Lock()

    def reserve(self, usd: Decimal) -> None:
        """Takes the amount out; raises OverBudget where it is not there."""
        with self._lock:
            if usd > self._left:
                raise OverBudget(f"The budget of ${self._limit:f} a question does not allow the next call.")
            self._left -= usd
        for n, allowance in enumerate(self._days if usd else ()):
            if allowance.day.add(usd) > allowance.limit:
                for taken in self._days[: n + 1]:
                    taken.day.add(-usd)
                self._give_back(usd)
                raise OverBudget(
                    f"The budget of ${allowance.limit:f} {allowance.of} does not allow the next call."
                )

    def settle(self, reserved: Decimal, spent: Decimal) -> None:
        """Puts back what a call did not need."""
        if reserved != spent:
            for allowance in self._days:
                allowance.day.add(spent - reserved)
            self._give_back(reserved - spent)

    def _give_back(self, usd: Decimal) -> None:
        with self._lock:
            self._left += usd
