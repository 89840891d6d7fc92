"""Money: reserved before a call is made, settled when it is known what it cost."""

import threading
from decimal import Decimal
from typing import Protocol

from nba_mcp_synthesis.errors import LimitExceeded


class OverBudget(LimitExceeded):
    """The next call might cost more than is left; it was not made."""


class Day(Protocol):
    """What has been spent today, by everybody who shares it. Safe to use from threads."""

    def add(self, usd: Decimal) -> Decimal:
        """Adds to it, and gives what is spent now; negative amounts take back."""


class Purse:
    """The money of one question, out of that of the day. Safe to use from threads.

    What is reserved is gone for others until it is settled, so that calls side by side never spend the same
    money. A reservation covers the largest reply that a call may have, so the budget holds unless a provider
    counts more input than was estimated, and then by one call.
    """

    def __init__(self, question: Decimal, day_limit: Decimal, day: Day) -> None:
        self._left = question
        self._limit, self._day_limit, self._day = question, day_limit, day
        self._lock = threading.Lock()

    def reserve(self, usd: Decimal) -> None:
        """Takes the amount out; raises OverBudget where it is not there."""
        with self._lock:
            if usd > self._left:
                raise OverBudget(f"The budget of ${self._limit:f} a question does not allow the next call.")
            self._left -= usd
        if usd and self._day.add(usd) > self._day_limit:
            self._day.add(-usd)
            self._give_back(usd)
            raise OverBudget(f"The budget of ${self._day_limit:f} a day does not allow the next call.")

    def settle(self, reserved: Decimal, spent: Decimal) -> None:
        """Puts back what a call did not need."""
        if reserved != spent:
            self._day.add(spent - reserved)
            self._give_back(reserved - spent)

    def _give_back(self, usd: Decimal) -> None:
        with self._lock:
            self._left += usd
