"""The commands about incidents: `nba-mcp ops incident …`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from nba_mcp_synthesis.cli_data import AsJson
from nba_mcp_synthesis.cli_secrets import Context, loaded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nba_mcp_synthesis.operations.incidents.desk import Desk
    from nba_mcp_synthesis.operations.incidents.record import Incident
    from nba_mcp_synthesis.operations.past import Sources
    from nba_mcp_synthesis.settings import Settings

incident = typer.Typer(
    help="Open incidents with what can be seen, follow them, learn from them.", no_args_is_help=True
)
IncidentId = Annotated[
    str | None, typer.Option("--id", help="Of `list`; left out, the only one that is open.")
]
Notify = Annotated[
    bool, typer.Option("--notify", help="Tell Slack; a P1 or P2 that is opened rings PagerDuty too.")
]
_COLUMNS = ("id", "severity", "state", "opened_at", "answer_by", "answered_at", "postmortem_due")


@incident.command("new")
def incident_new(
    title: Annotated[str, typer.Argument(help="What is wrong, in a few words.")],
    severity: Annotated[str, typer.Option(help="P1, P2, P3 or P4.")],
    notify: Notify = False,
    context: Context = None,
    as_json: AsJson = False,
) -> None:
    """Open an incident, tell of it, and collect the state of everything, as far as it can be reached.

    Exit code 3 where somebody was to be told and was not. What could not be collected is said, no failure.
    """
    from nba_mcp_synthesis import terminal

    with terminal.working() as tell:
        desk = _desk(context, tell)
        opened = desk.open(severity, title, notify=notify)
        tell(f"{opened.id} is open. Collecting")
        _collect(desk, opened.id)
    _end(desk, opened.id, as_json=as_json)


@incident.command("collect")
def incident_collect(
    incident_id: IncidentId = None, context: Context = None, as_json: AsJson = False
) -> None:
    """Collect the state of everything once more, beside what was collected before."""
    from nba_mcp_synthesis import terminal

    with terminal.working() as tell:
        desk = _desk(context, tell)
        chosen = incident_id or desk.incidents.the_open_one()
        desk.incidents.read(chosen)
        _collect(desk, chosen)
    _end(desk, chosen, as_json=as_json)


@incident.command("update")
def incident_update(
    text: Annotated[str, typer.Argument(help="What is known, or was done.")],
    incident_id: IncidentId = None,
    notify: Notify = False,
    context: Context = None,
    as_json: AsJson = False,
) -> None:
    """Note what is known or was done; it is told where the opening was told."""
    desk = _desk(context)
    chosen = incident_id or desk.incidents.the_open_one()
    desk.update(chosen, text, notify=notify)
    _end(desk, chosen, as_json=as_json)


@incident.command("resolve")
def incident_resolve(
    text: Annotated[str, typer.Argument(help="What ended it.")],
    incident_id: IncidentId = None,
    notify: Notify = False,
    context: Context = None,
    as_json: AsJson = False,
) -> None:
    """Note that an incident is over, and what ended it; its post-mortem is then still to be written."""
    desk = _desk(context)
    chosen = incident_id or desk.incidents.the_open_one()
    desk.resolve(chosen, text, notify=notify)
    _end(desk, chosen, as_json=as_json)


@incident.command("postmortem")
def incident_postmortem(
    incident_id: Annotated[str, typer.Argument(metavar="ID", help="Of `nba-mcp ops incident list`.")],
    context: Context = None,
    as_json: AsJson = False,
) -> None:
    """Begin a post-mortem: its timeline has alerts, deployments, rotations and what was noted."""
    from rich.text import Text

    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.operations.incidents.postmortem import write
    from nba_mcp_synthesis.settings import load_settings

    desk = _desk(context)
    file, faults = write(desk.incidents, incident_id, _sources(load_settings()), desk.redact)
    told = "\n".join([f"{file} has what is known; people write the rest.", *faults])
    terminal.show({"file": file, "not_known": faults}, Text(told), as_json=as_json)


@incident.command("list")
def incident_list(
    everything: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List incidents; exit code 1 where a post-mortem is overdue or a folder cannot be read."""
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.operations.incidents.assembling import desk_of
    from nba_mcp_synthesis.settings import load_settings

    desk = desk_of(load_settings(), None, "")  # nothing is collected, hence no secret is needed
    found, broken = desk.incidents.all()
    told = [desk.summary(one) for one in found]
    told = [one for one in told if everything or one["state"] != "closed"]
    overdue = [one["id"] for one in told if one["postmortem_is_overdue"]]
    parts: list[Any] = [
        terminal.records([{n: one[n] for n in _COLUMNS} for one in told], "No incident is open.")
    ]
    parts += [f"Overdue: {one} is older than 48 hours and has no post-mortem." for one in overdue]
    parts += [f"Broken: {one.reason}" for one in broken]
    as_data = {
        "incidents": told,
        "overdue": overdue,
        "broken": [{"id": b.id, "reason": b.reason} for b in broken],
    }
    terminal.show(as_data, terminal.group(parts), as_json=as_json)
    raise typer.Exit(1 if overdue or broken else 0)


def _collect(desk: "Desk", incident_id: str) -> None:
    """Collects; whoever interrupts that, or has no room for it, hears that the incident is open."""
    from nba_mcp_synthesis.errors import Unavailable

    try:
        desk.collect(incident_id)
    except KeyboardInterrupt:
        again = "Again: nba-mcp ops incident collect"
        typer.echo(f"{incident_id} is open; collecting was interrupted. {again}", err=True)
        raise typer.Exit(130) from None
    except Unavailable as error:
        told = f"{incident_id} is open, and not all was collected: {error.message}"
        raise Unavailable(told, error.hint) from None


def _desk(context: str | None, tell: "Callable[[str], None]" = lambda _: None) -> "Desk":
    from nba_mcp_synthesis.operations.incidents.assembling import desk_of, secrets_in_time
    from nba_mcp_synthesis.rotation_witness import who
    from nba_mcp_synthesis.settings import load_settings

    settings = load_settings()
    manager, warnings = secrets_in_time(lambda: loaded(context))
    desk = desk_of(settings, manager, who(), tell)
    desk.warnings += warnings
    return desk


def _sources(settings: "Settings") -> "Sources":
    from nba_mcp_synthesis.app import App
    from nba_mcp_synthesis.operations.incidents.assembling import CHANGELOG
    from nba_mcp_synthesis.operations.past import sources_of

    return sources_of(settings, CHANGELOG, App(settings).state.rotations)


def _end(desk: "Desk", incident_id: str, *, as_json: bool) -> None:
    """Prints how it stands, and what was not told or collected."""
    from rich.text import Text

    from nba_mcp_synthesis import terminal

    kept = desk.incidents.read(incident_id)
    told = {
        **desk.summary(kept),
        "folder": str(desk.incidents.path(incident_id)),
        "told": [{"way": one.way, "ok": one.ok, "message": one.message} for one in desk.notices.told],
        "collected": [one.as_dict() for one in desk.found],
        "files": list(desk.files.values()),
        "redacted": desk.redact.count,
        "warnings": desk.warnings,
    }
    terminal.show(told, Text("\n".join(_lines(desk, kept, told))), as_json=as_json)
    raise typer.Exit(3 if desk.notices.failed else 0)


def _lines(desk: "Desk", kept: "Incident", told: dict[str, Any]) -> "Iterator[str]":
    from nba_mcp_synthesis.operations.incidents.report import stamp

    yield f"{kept.id}: {kept.severity}, {told['state']}. Folder: {told['folder']}"
    if kept.resolved_at is None and kept.answered_at is None and kept.answer_by:
        yield f"Somebody has to react by {stamp(kept.answer_by)}."
    if desk.found:
        complete = sum(one.ok for one in desk.found)
        yield f"{complete} of {len(desk.found)} parts were collected, in {', '.join(told['files'])}."
    yield from (f"Not complete: {one.name}: {one.text.splitlines()[0]}" for one in desk.found if not one.ok)
    yield from (one.message for one in desk.notices.told)
    if kept.resolved_at and kept.paged:
        yield f"It may ring on. Again: nba-mcp ops incident resolve --id {kept.id} 'Ends the ringing'"
    yield from desk.warnings
    if kept.resolved_at and not desk.incidents.has_postmortem(kept.id):
        due = stamp(kept.postmortem_due)
        yield f"Its post-mortem is due {due}: nba-mcp ops incident postmortem {kept.id}"
