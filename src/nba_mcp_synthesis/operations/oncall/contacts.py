"""Contacts and the escalation matrix, and what of them is still a placeholder."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.operations.monitoring.hours import DAYS, Hours

# What stands for a value that is to be filled in; the names of RFC 2606 lead nowhere.
_OPEN = re.compile(r"<[^<>]+>|[/.@]example\.(com|org|net)\b|//[^/]*/example/|\bexample\.(com|org|net)\b")
_SPAN = re.compile(r"(\d{1,4})([mhd])")
_UNITS = {"m": "minutes", "h": "hours"}


@dataclass(frozen=True, slots=True)
class Contacts:
    """The file of contacts: people by their key, channels, severities, and the hours of the primary."""

    data: dict[str, Any]
    hours: Hours

    @property
    def zone(self) -> ZoneInfo:
        """On whose clock people work."""
        return ZoneInfo(self.hours.zone)

    @property
    def people(self) -> dict[str, dict[str, str]]:
        """Name and phone by key."""
        return dict(self.data["people"])

    def path(self, severity: str) -> list[str]:
        """Who is called for a severity, in this order; keys of people."""
        return list(self.data["severities"][severity]["path"])

    def answer_due(self, severity: str, since: datetime) -> datetime:
        """By when somebody has to react; days are business days, and end with their hours."""
        told = self.data["severities"][severity]["answer"]
        number, unit = int(told[:-1]), told[-1]
        if unit == "d":
            return business_day_end(since, number, self.hours)
        return since + timedelta(**{_UNITS[unit]: number})

    def placeholders(self) -> list[str]:
        """Where values still have to be filled in, as `people.primary.phone`."""
        return [place for place, text in _texts(self.data, "") if _OPEN.search(text)]


def load(file: Path) -> Contacts:
    """The contacts of a file; raises UsageError where it is not there or not usable."""
    try:
        data = tomllib.loads(file.read_text("utf-8"))
        zone = data["timezone"]
        ZoneInfo(zone)
        contacts = Contacts(data, Hours.of(data["hours"], zone))
        _check(data)
    except FileNotFoundError:
        raise UsageError(f"There is no file {file}.", "Run this in a checkout of the project.") from None
    except KeyError as error:
        raise UsageError(f"{file} lacks {error}.") from None
    except (OSError, ValueError, TypeError, ZoneInfoNotFoundError) as error:
        raise UsageError(f"{file} cannot be used: {error}.") from None
    return contacts


def _check(data: dict[str, Any]) -> None:
    """Raises KeyError for what lacks, ValueError for what is not known."""
    people = {**data["people"]}
    for name, said in data["severities"].items():
        if not _SPAN.fullmatch(said["answer"]):
            msg = f"severities.{name}.answer = {said['answer']!r} is none of 15m, 4h, 1d"
            raise ValueError(msg)
        if unknown := set(said["path"]) - set(people):
            msg = f"severities.{name}.path has {min(unknown)}, who is none of the people"
            raise ValueError(msg)
    if not all(isinstance(person, dict) for person in (*people.values(), *data["channels"].values())):
        msg = "people and channels are tables"
        raise ValueError(msg)


def business_day_end(since: datetime, days: int, hours: Hours) -> datetime:
    """When the hours end on the so manieth business day after the one of `since`."""
    zone = ZoneInfo(hours.zone)
    day = since.astimezone(zone).date()
    while days:
        day += timedelta(days=1)
        days -= DAYS[day.weekday()] in hours.weekdays
    return datetime.combine(day, time(hours.end.hour, hours.end.minute), zone)


def _texts(found: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(found, dict):
        for key, value in found.items():
            yield from _texts(value, f"{place}.{key}".lstrip("."))
    elif isinstance(found, list):
        for number, value in enumerate(found):
            yield from _texts(value, f"{place}[{number}]")
    elif isinstance(found, str):
        yield place, found
