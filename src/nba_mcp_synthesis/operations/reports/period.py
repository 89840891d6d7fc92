"""Periods: whole days in UTC, the steps that they are looked at in, and the period before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from nba_mcp_synthesis.errors import UsageError

_DAY = timedelta(days=1)
_MOST_DAYS = 366
_FIRST_DAYS = 7  # of a month: so long is the one before it reported on
# Up to so many days are looked at in steps of so many hours.
_STEPS = ((14, 1), (62, 6), (_MOST_DAYS, 24))


@dataclass(frozen=True, slots=True)
class Period:
    """From `begin` up to `end`, which is not in it; both in UTC."""

    begin: datetime
    end: datetime

    @property
    def seconds(self) -> float:
        """Its length."""
        return (self.end - self.begin).total_seconds()

    @property
    def step(self) -> timedelta:
        """An hour, six or a day, so that there are some tens to hundreds of them."""
        days = (self.end - self.begin) / _DAY
        return timedelta(hours=next(hours for most, hours in _STEPS if days <= most or most == _MOST_DAYS))

    def steps(self) -> Iterator["Period"]:
        """The steps, by time; the last one may be shorter."""
        begin = self.begin
        while begin < self.end:
            end = min(begin + self.step, self.end)
            yield Period(begin, end)
            begin = end

    def before(self) -> "Period":
        """The period of the same length that ends where this one begins."""
        return Period(self.begin - (self.end - self.begin), self.begin)

    @property
    def name(self) -> str:
        """For files: 2026-10-01-to-2026-10-31."""
        return f"{self.begin:%Y-%m-%d}-to-{self._last:%Y-%m-%d}"

    def __str__(self) -> str:
        ends_early = "" if self.end.time() == time() else f", up to {self.end:%H:%M} UTC"
        return f"{self.begin:%Y-%m-%d} to {self._last:%Y-%m-%d}{ends_early}"

    @property
    def _last(self) -> datetime:
        return self.end - timedelta(microseconds=1)


def period_of(start: str | None, end: str | None, now: datetime | None = None) -> Period:
    """The days from `start` to `end`, both in it; by default the last seven days up to now.

    What is yet to come is left out, and so is the second that runs: Prometheus answers in milliseconds.
    Raises UsageError for what is no day, or no period.
    """
    now = whole_second(now or datetime.now(UTC))
    last = _day(end, "--end-date") if end else now.date()
    first = _day(start, "--start-date") if start else last - timedelta(days=6)
    if first > last:
        raise UsageError(f"The period ends on {last}, before it begins on {first}.", "Swap the two dates.")
    if (last - first).days >= _MOST_DAYS:
        raise UsageError(
            f"{first} to {last} is longer than {_MOST_DAYS} days.", "Ask for a year at the most."
        )
    begin, whole = _midnight(first), _midnight(last) + _DAY
    if begin >= now:
        raise UsageError(f"{first} is yet to come.", "Name days that have begun.")
    return Period(begin, min(whole, now))


def month_of(day: date, now: datetime) -> Period:
    """The month of a day, as far as it has come."""
    first = day.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return Period(_midnight(first), min(_midnight(following), whole_second(now)))


def month_to_report(now: datetime) -> Period:
    """The month before in the first days of the next one, of which there is little to tell; else this one."""
    first = now.date().replace(day=1)
    return month_of(now.date() if now.day > _FIRST_DAYS else first - _DAY, now)


def whole_second(moment: datetime) -> datetime:
    """The second that a moment lies in, in UTC."""
    return moment.astimezone(UTC).replace(microsecond=0)


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option}: {text!r} is no day.", "Write it as 2026-01-31.") from None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
