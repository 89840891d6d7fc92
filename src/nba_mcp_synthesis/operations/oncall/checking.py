"""What of contacts and rota has to be mended before going live."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from nba_mcp_synthesis.operations.oncall.contacts import Contacts
from nba_mcp_synthesis.operations.oncall.rota import Rota

Finding = dict[str, str]


def findings(contacts: Contacts, rota: Rota, now: datetime, days: int) -> list[Finding]:
    """Placeholders, stretches of coming days with nobody, overrides that overlap: `kind` and `message`."""
    found = [
        _finding("placeholder", f"contacts.toml: {place} is still to be filled in.")
        for place in contacts.placeholders()
    ]
    return [*found, *_gaps(rota, now, days, contacts.zone), *_overlaps(rota, now, contacts.zone)]


def _gaps(rota: Rota, now: datetime, days: int, zone: ZoneInfo) -> list[Finding]:
    empty = [s for s in rota.shifts(now, now + timedelta(days=days)) if s.duty.person is None]
    return [
        _finding("gap", f"Nobody is on call {_span(s.begins, s.ends, zone)}{_because(s.duty.why)}.")
        for s in empty
    ]


def _overlaps(rota: Rota, now: datetime, zone: ZoneInfo) -> list[Finding]:
    coming = sorted((one for one in rota.overrides if one.ends > now), key=lambda one: one.begins)
    found, latest = [], None
    for one in coming:
        if latest and one.begins < latest.ends:
            span = _span(one.begins, min(latest.ends, one.ends), zone)
            found.append(
                _finding("overlap", f"Two overrides are in force {span}; the later in the file counts.")
            )
        latest = one if latest is None or one.ends > latest.ends else latest
    return found


def _because(why: str) -> str:
    return f" ({why})" if why else ""


def _finding(kind: str, message: str) -> Finding:
    return {"kind": kind, "message": message}


def _span(begins: datetime, ends: datetime, zone: ZoneInfo) -> str:
    form = "%a %Y-%m-%d %H:%M %Z"
    return f"from {begins.astimezone(zone):{form}} until {ends.astimezone(zone):{form}}"
