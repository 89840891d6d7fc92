"""When a backup is due: every night at 02:00 in New York, and proven once a week at the latest."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/New_York")
AT = time(2)
LATE = timedelta(hours=2)  # a dump takes its time
PROVEN_WITHIN = timedelta(days=8)  # the weekly drill, and a day to mend it


def last_due(now: datetime) -> datetime:
    """The newest moment (UTC) at which a backup should have begun.

    On the night when clocks go forward there is no 02:00; then it is 03:00, which comes in its place.
    """
    day = now.astimezone(ZONE).date()
    today = datetime.combine(day, AT, ZONE).astimezone(UTC)
    if today <= now:
        return today
    return datetime.combine(day - timedelta(days=1), AT, ZONE).astimezone(UTC)


def faults(newest: datetime | None, proven: datetime | None, now: datetime) -> list[str]:
    """What is wrong by the schedule; `newest` counts as a backup, `proven` was verified as well."""
    found = []
    if newest is None:
        found.append("There is none.")
    elif newest < last_due(now - LATE):
        found.append(
            f"It was due at {last_due(now - LATE):%Y-%m-%d %H:%M} UTC, and there is none since then."
        )
    if newest and proven is None:
        found.append("None was ever verified.")
    elif proven and now - proven > PROVEN_WITHIN:
        found.append(f"The newest verified one is {(now - proven).days} days old.")
    return found
