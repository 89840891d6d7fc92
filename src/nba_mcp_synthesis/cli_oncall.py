"""The commands about who is on call: `nba-mcp ops oncall …`."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nba_mcp_synthesis.cli_data import AsJson
from nba_mcp_synthesis.cli_secrets import Context, loaded

if TYPE_CHECKING:
    from collections.abc import Callable

    from nba_mcp_synthesis.operations.incidents.redaction import Redactor
    from nba_mcp_synthesis.operations.oncall.contacts import Contacts
    from nba_mcp_synthesis.operations.oncall.handoff import Desk
    from nba_mcp_synthesis.operations.oncall.rota import Rota

oncall = typer.Typer(help="Who is on call, and what is handed over.", no_args_is_help=True)


@oncall.command("now")
def oncall_now(as_json: AsJson = False) -> None:
    """Say who is on call; exit code 1 where nobody is."""
    _tell(datetime.now(UTC), as_json=as_json)


@oncall.command("at")
def oncall_at(
    time: Annotated[str, typer.Argument(help="2026-11-26T21:30 on the rota's clock, or with an offset.")],
    as_json: AsJson = False,
) -> None:
    """Say who is on call at a moment; exit code 1 where nobody is."""
    from nba_mcp_synthesis.operations.oncall.rota_file import as_moment

    _tell(as_moment(time, _read()[0].zone), as_json=as_json)


@oncall.command("week")
def oncall_week(
    begin: Annotated[
        str | None, typer.Option("--from", help="A day, such as 2026-11-30; else the Monday of this week.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the shifts of a week; exit code 1 where nobody is on call for a part of it."""
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.operations.oncall.rota import as_dict
    from nba_mcp_synthesis.operations.oncall.rota_file import as_moment

    contacts, rota = _read()
    today = datetime.now(contacts.zone).date()
    monday = (today - timedelta(days=today.weekday())).isoformat()
    first = as_moment(begin or monday, contacts.zone).astimezone(contacts.zone)
    shifts = rota.shifts(first.astimezone(UTC), (first + timedelta(days=7)).astimezone(UTC))
    found = [as_dict(shift, contacts.people, contacts.zone) for shift in shifts]
    terminal.show(found, terminal.records(found, ""), as_json=as_json)
    raise typer.Exit(0 if all(one["person"] for one in found) else 1)


@oncall.command("check")
def oncall_check(
    days: Annotated[int, typer.Option(min=1, max=400, help="How far ahead to look for gaps.")] = 28,
    as_json: AsJson = False,
) -> None:
    """Name what is still a placeholder, and when nobody is on call; exit code 1 where there is any."""
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.operations.oncall.checking import findings

    found = findings(*_read(), datetime.now(UTC), days)
    fine = f"Nothing is a placeholder, and somebody is on call throughout the next {days} days."
    shown = terminal.group([one["message"] for one in found] or [fine])
    terminal.show({"findings": found}, shown, as_json=as_json)
    raise typer.Exit(1 if found else 0)


@oncall.command("handoff")
def oncall_handoff(
    daily: Annotated[bool, typer.Option("--daily", help="Since the hours ended last: the default.")] = False,
    weekly: Annotated[bool, typer.Option("--weekly", help="The last seven days.")] = False,
    send: Annotated[bool, typer.Option("--send", help="Send it to the channel of alerts too.")] = False,
    folder: Annotated[Path, typer.Option(help="Where the notes are kept.")] = Path("reports"),
    context: Context = None,
    as_json: AsJson = False,
) -> None:
    """Write the notes of a hand-over; exit code 3 where a part of them could not be found out or sent."""
    from rich.text import Text

    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.operations.incidents import files
    from nba_mcp_synthesis.operations.oncall.handoff import file_name

    if daily and weekly:
        raise typer.BadParameter("is one thing, --daily another", param_hint="--weekly")
    with terminal.working() as tell:
        tell("Asking what happened")
        desk, redact, sender = _handoff_desk(context)
        found = desk.write("weekly" if weekly else "daily", datetime.now(UTC))
    text = redact(found.markdown())
    with files.writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    files.write(folder / file_name(found), text)
    fault = sender(text) if send else ""
    as_data = {**found.as_dict(), "file": str(folder / file_name(found)), "not_sent": fault}
    shown = "\n".join([text, f"Kept in {folder / file_name(found)}.", *([fault] if fault else [])])
    terminal.show(_redacted(as_data, redact), Text(shown), as_json=as_json)
    raise typer.Exit(3 if found.lacks or fault else 0)


def _read() -> "tuple[Contacts, Rota]":
    from nba_mcp_synthesis.operations.oncall import contacts, rota_file
    from nba_mcp_synthesis.settings import load_settings

    folder = load_settings().oncall_folder
    known = contacts.load(folder / "contacts.toml")
    return known, rota_file.load(folder / "oncall.toml", known)


def _tell(at: datetime, *, as_json: bool) -> None:
    from rich.text import Text

    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.operations.oncall.rota import as_dict

    contacts, rota = _read()
    found = as_dict(rota.current(at), contacts.people, contacts.zone)
    found["at"] = f"{at.astimezone(contacts.zone):%a %Y-%m-%d %H:%M %Z}"
    why = f"; {found['why']}" if found["why"] else ""
    phone = f", {found['phone']}" if found["phone"] else ""
    span = f"from {found['from']} until {found['until']}"
    told = f"{found['at']}: {found['name']}{phone} ({found['role']}{why}), {span}."
    terminal.show(found, Text(told), as_json=as_json)
    raise typer.Exit(0 if found["person"] else 1)


def _handoff_desk(context: str | None) -> "tuple[Desk, Redactor, Callable[[str], str]]":
    """What asks, what takes secrets out, and what sends a text and gives why it could not."""
    from nba_mcp_synthesis.app import App
    from nba_mcp_synthesis.connectors.alertmanager import AlertmanagerConnector
    from nba_mcp_synthesis.connectors.slack import SlackConnector
    from nba_mcp_synthesis.doors import doors_of, probe, required
    from nba_mcp_synthesis.errors import Unavailable
    from nba_mcp_synthesis.operations.incidents.assembling import CHANGELOG, redactor, secrets_in_time
    from nba_mcp_synthesis.operations.incidents.store import Incidents
    from nba_mcp_synthesis.operations.oncall.handoff import Desk
    from nba_mcp_synthesis.operations.past import sources_of
    from nba_mcp_synthesis.settings import load_settings

    settings = load_settings()
    manager, warnings = secrets_in_time(lambda: loaded(context))

    def health() -> list[str]:
        if manager is None:
            raise Unavailable(warnings[0])
        return [f"{one.connector}: {one.message}" for one in probe(manager, doors_of(manager))]

    def send(text: str) -> str:
        if manager is None:
            return f"Slack was not told. {warnings[0]}"
        slack = SlackConnector(required(lambda: manager, "SLACK_WEBHOOK_URL"))
        try:
            slack.send({"text": text[:30_000]})
        except Exception as error:  # noqa: BLE001 - whatever a door raises has a reason, told to the caller
            return f"Slack was not told: {slack.fault(error).message}"
        return ""

    desk = Desk(
        *_read(),
        Incidents(settings.incidents_folder),
        sources_of(settings, CHANGELOG, App(settings).state.rotations),
        AlertmanagerConnector(settings.alertmanagers()),
        health,
    )
    return desk, redactor(settings, manager), send


def _redacted(found: Any, redact: "Redactor") -> Any:
    """The same with every text without secrets."""
    if isinstance(found, dict):
        return {name: _redacted(value, redact) for name, value in found.items()}
    if isinstance(found, list):
        return [_redacted(value, redact) for value in found]
    return redact(found) if isinstance(found, str) else found
