"""The hours of the primary, as Alertmanager and this program both read them."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Hours:
    """Some hours of some days of the week, on the clock of a time zone; the end is no part of them."""

    weekdays: tuple[str, ...]
    start: time
    end: time
    zone: str

    @classmethod
    def of(cls, data: dict[str, Any], zone: str) -> "Hours":
        """From `[hours]` of the contacts; raises ValueError for a day or an hour that is none."""
        days = tuple(data["weekdays"])
        if unknown := set(days) - set(DAYS):
            msg = f"{min(unknown)} is no day of the week"
            raise ValueError(msg)
        found = cls(days, time.fromisoformat(data["start"]), time.fromisoformat(data["end"]), zone)
        if found.start >= found.end:
            msg = f"the hours end at {found.end:%H:%M}, which is not after {found.start:%H:%M}"
            raise ValueError(msg)
        return found

    def contain(self, at: datetime) -> bool:
        """Whether a moment, which has to know its time zone, lies in them."""
        there = at.astimezone(ZoneInfo(self.zone))
        return DAYS[there.weekday()] in self.weekdays and self.start <= there.time() < self.end

    def without_edges(self, minutes: int) -> "Hours":
        """The same hours, beginning so much later and ending so much earlier."""
        edge = timedelta(minutes=minutes)
        return replace(self, start=_moved(self.start, edge), end=_moved(self.end, -edge))

    def interval(self, name: str) -> dict[str, Any]:
        """As a time interval of Alertmanager."""
        times = [{"start_time": f"{self.start:%H:%M}", "end_time": f"{self.end:%H:%M}"}]
        there = {"weekdays": list(self.weekdays), "times": times, "location": self.zone}
        return {"name": name, "time_intervals": [there]}


def _moved(clock: time, by: timedelta) -> time:
    return (datetime.combine(date(2000, 1, 1), clock) + by).time()
