"""Dates and intervals that stand in a statement, as both gates read them: in seconds."""

import re
from datetime import datetime

SECONDS = {
    "millisecond": 0,
    "second": 1,
    "minute": 60,
    "hour": 3_600,
    "day": 86_400,
    "week": 7 * 86_400,
    "month": 28 * 86_400,
    "quarter": 90 * 86_400,
    "year": 365 * 86_400,
}
_INTERVAL = re.compile(r"(\d{1,9}) ([a-z]+?)s?")


def moment(written: str | None) -> int | None:
    """Seconds since year 1 of a date or time; None where it is neither."""
    try:
        found = datetime.fromisoformat(written) if written else None
    except ValueError:
        return None
    return None if found is None else found.toordinal() * 86_400 + found.hour * 3_600 + found.minute * 60


def interval(written: str | None) -> int | None:
    """The seconds of `2 days`, at least; None where it is no interval."""
    found = _INTERVAL.fullmatch((written or "").lower())
    return int(found[1]) * SECONDS.get(found[2], 0) if found else None
