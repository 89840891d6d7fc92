"""`nba-mcp ops health` and `nba-mcp ops validate`: whether everything is well, and a report of it."""

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nba_mcp_synthesis.cli_data import AsJson
from nba_mcp_synthesis.cli_secrets import Context, loaded
from nba_mcp_synthesis.interrupting import ended_by_signals

if TYPE_CHECKING:
    from rich.console import RenderableType

    from nba_mcp_synthesis.operations.health.check import HealthReport
    from nba_mcp_synthesis.operations.health.ground import Ground
    from nba_mcp_synthesis.operations.health.running import Choice

InPod = Annotated[
    bool,
    typer.Option(
        "--inside",
        help="Ask the service's own doors from one of its pods; nothing of the cluster is skipped.",
    ),
]


def ops_health(
    only: Annotated[list[str] | None, typer.Option(help="Only this check; may be repeated.")] = None,
    inside: InPod = False,
    daily: Annotated[bool, typer.Option("--daily", help="In the form of the daily check.")] = False,
    context: Context = None,
    as_json: AsJson = False,
) -> None:
    """Check the service and what it needs; exit code 1 when a check fails, 3 when something is down."""
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.operations.health import telling
    from nba_mcp_synthesis.operations.health.catalogue import specs
    from nba_mcp_synthesis.operations.health.running import Choice

    names = list(dict.fromkeys(only or specs()))
    if unknown := [name for name in names if name not in specs()]:
        raise typer.BadParameter(f"{unknown[0]} is none of {', '.join(specs())}", param_hint="--only")
    choice = Choice([specs()[name] for name in names], bool(only) or inside, inside, is_named=bool(only))
    report = _ran(choice, context)
    picture = telling.daily(report) if daily else telling.shown(report)
    terminal.show(report.as_dict(), picture, as_json=as_json)
    raise typer.Exit(report.exit_code)


def ops_validate(
    generate_report: Annotated[
        bool, typer.Option("--generate-report", help="Write it as Markdown, HTML and JSON.")
    ] = False,
    folder: Annotated[Path, typer.Option(help="Folder of the report.")] = Path("reports"),
    inside: InPod = False,
    context: Context = None,
    as_json: AsJson = False,
) -> None:
    """Check everything, and write a report where one is wanted; exit codes as of `ops health`."""
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.operations.health import pages, telling
    from nba_mcp_synthesis.operations.health.catalogue import specs
    from nba_mcp_synthesis.operations.health.running import Choice

    report = _ran(Choice(list(specs().values()), inside, inside), context)
    files = [str(path) for path in pages.write(report, folder)] if generate_report else []
    parts: list[RenderableType] = [telling.shown(report), *(f"Written: {file}" for file in files)]
    terminal.show({**report.as_dict(), "files": files}, terminal.group(parts), as_json=as_json)
    raise typer.Exit(report.exit_code)


def _ran(choice: "Choice", context: str | None) -> "HealthReport":
    """The report of the checks, while their number grows on a terminal."""
    import itertools

    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.operations.health.running import run

    ground = _ground(context)
    count = itertools.count(1)
    bar = terminal.progress("Checking", len(choice.specs))
    with ended_by_signals(), contextlib.closing(ground), bar as advance_to:
        return run(choice, ground, lambda: advance_to(next(count)))


def _ground(context: str | None) -> "Ground":
    """What the checks look through, by the settings; nothing is opened yet."""
    from nba_mcp_synthesis.app import App
    from nba_mcp_synthesis.connectors.kubectl import KubectlConnector
    from nba_mcp_synthesis.operations.health.ground import MONITORING, Ground, once
    from nba_mcp_synthesis.secrets.names import naming
    from nba_mcp_synthesis.settings import load_settings
    from nba_mcp_synthesis.telemetry.logs import configure_logs

    settings = load_settings()
    configure_logs(sys.stderr, "error" if settings.log_level == "info" else settings.log_level)
    called = naming("nba-mcp-synthesis", context or settings.context)
    settings = settings.model_copy(update={"context": called.context})
    # Several checks may be the first that wants them; with --inside nobody does.
    manager = once(lambda: loaded(called.context))

    def product() -> App:
        made = App(settings)
        made.secrets = manager()
        return made

    return Ground(
        settings,
        manager,
        lambda: product().warehouse,
        lambda: product().backups,
        lambda: product().state,
        KubectlConnector(settings.kube_namespace, settings.kube_context),
        KubectlConnector(MONITORING, settings.kube_context),
    )
