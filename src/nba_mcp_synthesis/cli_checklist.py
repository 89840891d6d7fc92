"""`nba-mcp ops checklist`: what operators look at every day, week and month."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nba_mcp_synthesis.cli_data import AsJson
from nba_mcp_synthesis.cli_reports import FOLDER, Reports, sources
from nba_mcp_synthesis.cli_secrets import Context, loaded

if TYPE_CHECKING:
    from nba_mcp_synthesis.operations.checklists.ground import Ground


def ops_checklist(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="morning, afternoon, performance, security, recovery or monthly."
        ),
    ],
    reports: Reports = FOLDER,
    backups: Annotated[Path, typer.Option(help="Folder for copies of the configuration.")] = Path("backups"),
    context: Context = None,
    as_json: AsJson = False,
) -> None:
    """Go through a checklist and say what needs a person; 1 where a step failed, 3 where a source is away."""
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.operations.checklists.report import report
    from nba_mcp_synthesis.operations.checklists.running import checklist, checklists
    from nba_mcp_synthesis.operations.reports.document import write
    from nba_mcp_synthesis.terminal_steps import steps

    if name not in checklists():
        raise typer.BadParameter(f"{name!r} is none of {', '.join(checklists())}", param_hint="NAME")
    ground = _ground(reports, backups, context)
    with steps(shown=not as_json) as told:
        found = report(name, checklist(name, ground, told.step, told.under_way), ground.now)
    paths = [str(path) for path in write(found, reports)]
    lines = [*found.summary, f"Written to {', '.join(paths)}."]
    terminal.show({**found.data, "files": paths}, terminal.group(lines), as_json=as_json)
    raise typer.Exit(found.exit_code)


def _ground(reports: Path, backups: Path, context: str | None) -> "Ground":
    """The doors by the settings; none is opened yet."""
    from datetime import UTC, datetime

    from nba_mcp_synthesis.connectors.kubectl import KubectlConnector
    from nba_mcp_synthesis.operations.checklists.ground import Ground
    from nba_mcp_synthesis.operations.reports.period import whole_second
    from nba_mcp_synthesis.settings import load_settings

    settings, manager = load_settings(), loaded(context)
    kubectl = KubectlConnector(settings.kube_namespace, settings.kube_context)
    now = whole_second(datetime.now(UTC))
    return Ground(settings, lambda: manager, sources(), kubectl, reports, backups, now)
