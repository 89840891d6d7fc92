"""The rota: who is on call at a moment, by hours, turns and overrides."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from nba_mcp_synthesis.operations.monitoring.hours import Hours

_CLOCKS_MOVE = timedelta(hours=3)  # more than any clock is ever moved by
_LOOK = timedelta(days=9)  # more than a week: hours repeat with it


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is on call in which role; `person` is a key of the contacts, None for nobody."""

    person: str | None
    role: str
    why: str = ""  # of an override


@dataclass(frozen=True, slots=True)
class Shift:
    """A stretch with the same duty; the end is no part of it."""

    begins: datetime
    ends: datetime
    duty: Duty


@dataclass(frozen=True, slots=True)
class Turns:
    """People who take turns of so many days on the clock of the time zone, the first at `begins`."""

    role: str
    people: tuple[str, ...]
    begins: datetime  # on that clock, without a zone
    days: int

    def at(self, moment: datetime, zone: ZoneInfo) -> Duty:
        """Whose turn it is; nobody's before the first."""
        passed = moment.astimezone(zone).replace(tzinfo=None) - self.begins
        number, since = divmod(passed, timedelta(days=self.days))
        # Where a clock is put back, its time alone no more tells two moments apart: near a turn's end or
        # beginning the moments decide.
        if min(since, timedelta(days=self.days) - since) < _CLOCKS_MOVE:
            while self.boundary(number, zone) > moment:
                number -= 1
            while self.boundary(number + 1, zone) <= moment:
                number += 1
        return Duty(self.people[number % len(self.people)] if number >= 0 else None, self.role)

    def boundary(self, number: int, zone: ZoneInfo) -> datetime:
        """The moment at which a turn begins."""
        there = (self.begins + timedelta(days=number * self.days)).replace(tzinfo=zone)
        return there.astimezone(UTC)

    def boundaries(self, begin: datetime, end: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        """The beginnings of turns within a span, and some around it."""
        passed = begin.astimezone(zone).replace(tzinfo=None) - self.begins
        number = passed // timedelta(days=self.days)
        while (moment := self.boundary(number, zone)) <= end:
            yield moment
            number += 1


@dataclass(frozen=True, slots=True)
class Override:
    """Somebody else for a time, or nobody."""

    begins: datetime
    ends: datetime
    person: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Rota:
    """The whole of it. Moments have to know their time zone; answers are in UTC."""

    hours: Hours
    in_hours: Turns
    off_hours: Turns
    overrides: tuple[Override, ...] = ()

    def at(self, moment: datetime) -> Duty:
        """Who is on call then."""
        regular = self.regular(moment)
        for override in reversed(self.overrides):
            if override.begins <= moment < override.ends:
                return Duty(override.person, regular.role, override.why or "override")
        return regular

    def regular(self, moment: datetime) -> Duty:
        """Who would be, without overrides."""
        turns = self.in_hours if self.hours.contain(moment) else self.off_hours
        return turns.at(moment, ZoneInfo(self.hours.zone))

    def shifts(self, begin: datetime, end: datetime) -> list[Shift]:
        """The shifts of a span without a break, the first and the last cut to it."""
        cuts = sorted({moment for moment in self._cuts(begin, end) if begin < moment < end})
        found: list[Shift] = []
        for one, following in pairwise([begin, *cuts, end]):
            duty = self.at(one)
            if found and found[-1].duty == duty:
                found[-1] = Shift(found[-1].begins, following, duty)
            else:
                found.append(Shift(one, following, duty))
        return found

    def current(self, moment: datetime) -> Shift:
        """The shift that a moment lies in; looks nine days either way."""
        around = self.shifts(moment - _LOOK, moment + _LOOK)
        return next(shift for shift in around if shift.begins <= moment < shift.ends)

    def hours_ended(self, before: datetime) -> datetime:
        """When the hours ended last before a moment: what came after that is overnight."""
        cuts = sorted(moment for moment in self._cuts(before - _LOOK, before) if moment < before)
        inside = [
            (cut, self.hours.contain(cut - timedelta(seconds=1)), self.hours.contain(cut)) for cut in cuts
        ]
        ended = [cut for cut, was, now in inside if was and not now]
        return ended[-1] if ended else before - timedelta(days=1)

    def _cuts(self, begin: datetime, end: datetime) -> Iterator[datetime]:
        """Every moment of a span at which the duty may change, and others."""
        zone = ZoneInfo(self.hours.zone)
        for override in self.overrides:
            yield override.begins.astimezone(UTC)
            yield override.ends.astimezone(UTC)
        for turns in (self.in_hours, self.off_hours):
            yield from turns.boundaries(begin, end, zone)
        day = begin.astimezone(zone).date() - timedelta(days=1)
        while day <= end.astimezone(zone).date():
            yield from _cuts_of_day(datetime.combine(day, time()), (self.hours.start, self.hours.end), zone)
            day += timedelta(days=1)


def _cuts_of_day(day: datetime, clocks: tuple[time, ...], zone: ZoneInfo) -> Iterator[datetime]:
    """When the clock shows these times on a day, also twice; where it is changed, each half hour too."""
    for clock in clocks:
        for fold in (0, 1):
            there = datetime.combine(day.date(), clock, zone).replace(fold=fold)
            yield there.astimezone(UTC)
    begin = day.replace(tzinfo=zone).astimezone(UTC)
    following = (day + timedelta(days=1)).replace(tzinfo=zone).astimezone(UTC)
    if following - begin != timedelta(days=1):
        yield from (
            begin + n * timedelta(minutes=30) for n in range((following - begin) // timedelta(minutes=30))
        )


def as_dict(shift: Shift, people: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """A shift for programs and for tables."""
    person = people.get(shift.duty.person or "", {})
    return {
        "person": shift.duty.person,
        "name": person.get("name", "nobody") if shift.duty.person else "nobody",
        "phone": person.get("phone", ""),
        "role": shift.duty.role,
        "from": f"{shift.begins.astimezone(zone):%a %Y-%m-%d %H:%M %Z}",
        "until": f"{shift.ends.astimezone(zone):%a %Y-%m-%d %H:%M %Z}",
        "why": shift.duty.why,
    }
