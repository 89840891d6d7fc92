"""The rota's file, read: what is unknown, or no moment of the clock, is refused."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, NaiveDatetime, ValidationError

from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.operations.oncall.contacts import Contacts
from nba_mcp_synthesis.operations.oncall.rota import Override, Rota, Turns

_YEARS = range(1971, 2200)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Turns(_Strict):
    role: str = Field(min_length=1)
    people: list[str] = Field(min_length=1)
    begins: NaiveDatetime
    days: int = Field(ge=1, le=366)


class _Override(_Strict):
    begins: AwareDatetime | NaiveDatetime
    ends: AwareDatetime | NaiveDatetime
    person: str | None = None
    why: str = ""


class _File(_Strict):
    in_hours: _Turns
    off_hours: _Turns
    overrides: list[_Override] = []


def load(file: Path, contacts: Contacts) -> Rota:
    """The rota of a file; raises UsageError that says which entry is wrong."""
    try:
        read = _File.model_validate(tomllib.loads(file.read_text("utf-8")))
    except FileNotFoundError:
        raise UsageError(f"There is no file {file}.", "Run this in a checkout of the project.") from None
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, e['loc'][:3]))}: {e['msg']}" for e in error.errors())
        raise UsageError(f"{file} cannot be used: {told}.") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{file} cannot be used: {error}.") from None
    try:
        return _rota(read, contacts)
    except ValueError as error:
        raise UsageError(f"{file} cannot be used: {error}") from None


def moment(told: datetime, zone: ZoneInfo) -> datetime:
    """A time on the clock of the zone as a moment; ValueError where it is none, or two."""
    if told.tzinfo is not None:
        return told.astimezone(UTC)
    first, second = (told.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        exists = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == told
        told_as = "comes twice" if exists else "does not exist"
        msg = (
            f"{told.isoformat(' ')} {told_as} on the clock of {zone.key}: write it with its offset from UTC."
        )
        raise ValueError(msg)
    return first.astimezone(UTC)


def _rota(read: _File, contacts: Contacts) -> Rota:
    zone = contacts.zone
    named = [*read.in_hours.people, *read.off_hours.people, *(o.person for o in read.overrides if o.person)]
    if unknown := sorted(set(named) - set(contacts.people)):
        msg = f"{unknown[0]} is none of the people of contacts.toml ({', '.join(contacts.people)})."
        raise ValueError(msg)
    overrides = tuple(_override(one, zone) for one in read.overrides)
    return Rota(contacts.hours, _turns(read.in_hours), _turns(read.off_hours), overrides)


def _turns(read: _Turns) -> Turns:
    return Turns(read.role, tuple(read.people), read.begins, read.days)


def _override(read: _Override, zone: ZoneInfo) -> Override:
    begins, ends = moment(read.begins, zone), moment(read.ends, zone)
    if ends - begins < timedelta(minutes=1):
        msg = f"the override from {read.begins.isoformat(' ')} ends before it begins."
        raise ValueError(msg)
    return Override(begins, ends, read.person, read.why)


def as_moment(told: str, zone: ZoneInfo) -> datetime:
    """A moment that somebody wrote; without an offset it is on the clock of the zone. Raises UsageError."""
    hint = "Write 2026-11-26T21:30, or with an offset 2026-11-26T21:30-05:00."
    try:
        found = moment(datetime.fromisoformat(told), zone)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{told!r} is no moment: {str(error).rstrip('.')}.", hint) from None
    if found.year not in _YEARS:
        raise UsageError(
            f"{told!r} is too far away: a rota has years {_YEARS.start} to {_YEARS.stop - 1}.", hint
        )
    return found
