"""Dollars that models have cost today, by everybody who shares a Redis; the days are those of UTC."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.sharing.link import RedisLink
from nba_mcp_synthesis.telemetry.logs import get_logger

if TYPE_CHECKING:
    from redis import Redis

_KEY, _KEY_OF = "nba-mcp:spent:{day}", "nba-mcp:spent:{day}:{who}"
_KEPT_SECONDS = 3 * 86_400
_MOST_CALLERS = 10_000
# Redis adds whole numbers exactly.
_PARTS = 10**9


class Spending:
    """The money of a day: see `purse.Day`. `recorded` says what the ledger has of a day.

    What the ledger has is where a day begins; from there each process counts, in Redis as long as it is
    there, and for itself as well, so that nothing is forgotten when Redis goes away. `who` is whose money it
    is, everybody's where that is left out.
    """

    def __init__(
        self, link: RedisLink | None, recorded: Callable[[date], float], who: str | None = None
    ) -> None:
        self._link, self._recorded, self._who = link, recorded, who
        self._lock = threading.Lock()
        self._day: date | None = None
        self._own = self._begun = Decimal()

    def add(self, usd: Decimal) -> Decimal:
        """Adds to what is spent today, and gives it."""
        today = datetime.now(UTC).date()
        with self._lock:
            if self._day != today:
                self._day, self._own, self._begun = today, Decimal(), self._recorded_on(today)
            self._own += usd
            own = self._begun + self._own
        return max(own, self._shared(today, usd))

    def _shared(self, today: date, usd: Decimal) -> Decimal:
        key = _KEY.format(day=today) if self._who is None else _KEY_OF.format(day=today, who=self._who)
        parts = int(usd * _PARTS)

        def add(redis: "Redis") -> int:
            with redis.pipeline() as pipe:
                pipe.incrby(key, parts)
                pipe.expire(key, _KEPT_SECONDS)
                return int(pipe.execute()[0])

        spent = self._link.attempt(add) if self._link else None
        return Decimal(spent or 0) / _PARTS

    def _recorded_on(self, day: date) -> Decimal:
        try:
            return Decimal(str(self._recorded(day)))
        except NbaMcpError as error:
            get_logger().warning("spending_unknown", day=str(day), reason=error.code)
            return Decimal()


class CallerSpending:
    """The money of a day of each caller; `recorded` says what the ledger has of a day and a caller."""

    def __init__(self, link: RedisLink | None, recorded: Callable[[date, str], float]) -> None:
        self._link, self._recorded = link, recorded
        self._lock = threading.Lock()
        self._of: OrderedDict[str, Spending] = OrderedDict()

    def of(self, who: str) -> Spending:
        """That of one caller. Whoever has not asked for long begins anew with what the ledger has of him."""
        with self._lock:
            if who not in self._of:
                self._of[who] = Spending(self._link, lambda day: self._recorded(day, who), who)
            self._of.move_to_end(who)
            while len(self._of) > _MOST_CALLERS:
                self._of.popitem(last=False)
            return self._of[who]
