"""The commands about secrets: `nba-mcp secrets …`. They print names, places and ages, and never a value."""

import itertools
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nba_mcp_synthesis.cli_data import AsJson

if TYPE_CHECKING:
    from nba_mcp_synthesis.connectors.outcome import Outcome
    from nba_mcp_synthesis.secrets.manager import UnifiedSecretsManager
    from nba_mcp_synthesis.secrets.report import LoadReport

Context = Annotated[
    str | None, typer.Option(help="production, development, test or workflow; else NBA_MCP_CONTEXT.")
]
EXIT_CODES = {"ok": 0, "failed": 1, "down": 3}
secrets = typer.Typer(help="See which secrets there are and whether they are right.", no_args_is_help=True)


@secrets.command("list")
def secrets_list(context: Context = None, as_json: AsJson = False) -> None:
    """List every secret: where it comes from, its age, its owner and what it opens."""
    from nba_mcp_synthesis import terminal

    report = loaded(context).report
    terminal.show(report.as_dict(), _table(report), as_json=as_json)


@secrets.command("validate")
def secrets_validate(
    context: Context = None,
    probe: Annotated[bool, typer.Option("--probe", help="Try what each secret opens.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check presence, format and age; exit code 1 when something is wrong, 3 when that cannot be told."""
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.operations.health.verdicts import door_verdict, secrets_verdict

    manager = loaded(context)
    tried = _probe(manager) if probe else []
    report = manager.report
    found = {**report.as_dict(), "probes": [outcome.as_dict() for outcome in tried]}
    terminal.show(found, _findings(report, tried), as_json=as_json)
    verdicts = {secrets_verdict(report), *map(door_verdict, tried)}
    raise typer.Exit(EXIT_CODES["failed" if "failed" in verdicts else "down" if "down" in verdicts else "ok"])


def loaded(context: str | None) -> "UnifiedSecretsManager":
    """The secrets of a context; what goes on meanwhile is logged on stderr."""
    from nba_mcp_synthesis.doors import manager_of
    from nba_mcp_synthesis.settings import load_settings
    from nba_mcp_synthesis.telemetry.logs import configure_logs

    settings = load_settings()
    # The findings are printed; as log lines they would stand there twice.
    configure_logs(sys.stderr, "error" if settings.log_level == "info" else settings.log_level)
    manager = manager_of(settings)
    manager.load_secrets_hierarchical(context)
    return manager


def _probe(manager: "UnifiedSecretsManager") -> "list[Outcome]":
    from nba_mcp_synthesis import doors, terminal

    names = doors.doors_of(manager)
    with terminal.progress("Trying doors", len(names)) as advance_to:
        count = itertools.count(1)
        return doors.probe(manager, names, on_done=lambda: advance_to(next(count)))


def _table(report: "LoadReport") -> Any:
    from rich.console import Group
    from rich.text import Text

    from nba_mcp_synthesis import terminal

    columns = ("secret", "state", "required", "from", "age (days)", "period", "owner", "opens")
    rows = [
        (
            e.name,
            e.state,
            "yes" if e.required else "",
            e.place,
            _days(e.age_seconds),
            e.rotate_days,
            e.owner,
            e.opens,
        )
        for e in report.entries
    ]
    used = ", ".join(f"{count} from {level}" for level, count in report.levels if count) or "none is held"
    return Group(terminal.rows(columns, rows), Text(f"Context {report.context}: {used}."))


def _findings(report: "LoadReport", tried: "list[Outcome]") -> Any:
    from rich.console import Group
    from rich.text import Text

    styles = {"error": "red", "warning": "yellow"}
    # How to set a secret is told once, not for each that is missing.
    last = next((f for f in reversed(report.findings) if f.kind == "missing"), None)
    lines = [
        Text(f"{f.severity.capitalize()} ({f.kind}): {told}", style=styles[f.severity])
        for f in report.findings
        for told in (f.message if f.kind == "missing" and f is not last else f,)
    ]
    lines += [
        Text(f"Door {o.connector}: {o.message} ({o.seconds:.1f} s)", style="green" if o.ok else "red")
        for o in tried
    ]
    held = sum(entry.held for entry in report.entries)
    told = f"Context {report.context}: {held} secrets are held, {len(report.errors)} errors."
    return Group(*lines, Text(told))


def _days(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds / 86_400:.0f}"
