"""`nba-mcp ops performance`, `costs`, `capacity`, `access`, `database` and `updates`: reports of a period."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nba_mcp_synthesis.cli_data import AsJson
from nba_mcp_synthesis.cli_secrets import Context, loaded

if TYPE_CHECKING:
    from rich.console import RenderableType

    from nba_mcp_synthesis.operations.reports.document import Document
    from nba_mcp_synthesis.operations.reports.performance import Sources
    from nba_mcp_synthesis.operations.reports.period import Period

Start = Annotated[str | None, typer.Option("--start-date", help="First day, such as 2026-01-01 (UTC).")]
End = Annotated[str | None, typer.Option("--end-date", help="Last day; by default today.")]
Reports = Annotated[Path, typer.Option("--reports", help="Folder for the report.")]
FOLDER = Path("reports")


def ops_performance(
    start_date: Start = None,
    end_date: End = None,
    source: Annotated[str, typer.Option(help="auto, prometheus or state.")] = "auto",
    reports: Reports = FOLDER,
    as_json: AsJson = False,
) -> None:
    """Report on performance: percentiles, throughput, failures, by tool and model, beside the time before."""
    from nba_mcp_synthesis.operations.reports.performance import performance

    if source not in ("auto", "prometheus", "state"):
        raise typer.BadParameter(f"{source!r} is none of auto, prometheus, state", param_hint="--source")
    period = asked_period(start_date, end_date)
    from nba_mcp_synthesis import terminal

    with terminal.working() as say:
        say(f"Measuring {period}")
        found = performance(sources(), period, source)  # type: ignore[arg-type]
    end(found, reports, as_json=as_json)


def ops_costs(
    start_date: Start = None,
    end_date: End = None,
    by: Annotated[str | None, typer.Option(help="model, caller, service or day; else all of them.")] = None,
    reports: Reports = FOLDER,
    as_json: AsJson = False,
) -> None:
    """Report on costs: AWS and models, per answer, per correct answer, to come; 3 if one is away."""
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.operations.reports.costs import costs

    if by not in (None, "model", "caller", "service", "day"):
        raise typer.BadParameter(f"{by!r} is none of model, caller, service, day", param_hint="--by")
    period = asked_period(start_date, end_date)
    with terminal.working() as say:
        say(f"Adding up {period}")
        found = costs(sources().state, period, reports / "eval", by)  # type: ignore[arg-type]
    end(found, reports, as_json=as_json)


def ops_capacity(
    start_date: Start = None, end_date: End = None, reports: Reports = FOLDER, as_json: AsJson = False
) -> None:
    """Forecast calls, busy time, answers and costs of the next 30 days; by default from the last 90."""
    from datetime import UTC, datetime, timedelta

    from nba_mcp_synthesis.operations.reports.capacity import capacity

    start = start_date or f"{datetime.now(UTC) - timedelta(days=90):%Y-%m-%d}"
    end(capacity(sources(), asked_period(start, end_date)), reports, as_json=as_json)


def ops_access(
    start_date: Start = None, end_date: End = None, reports: Reports = FOLDER, as_json: AsJson = False
) -> None:
    """Report who called what, how often, and what was refused."""
    from nba_mcp_synthesis.operations.reports.access import audit

    period = asked_period(start_date, end_date)
    end(audit(sources().state(), period), reports, as_json=as_json)


def ops_database(reports: Reports = FOLDER, context: Context = None, as_json: AsJson = False) -> None:
    """Review the PostgreSQL databases: slow statements, cache, connections, bloat, indexes, with advice."""
    from datetime import UTC, datetime

    from nba_mcp_synthesis.operations.backup.databases import databases_of
    from nba_mcp_synthesis.operations.reports.database import document
    from nba_mcp_synthesis.settings import load_settings

    manager = loaded(context)
    databases = databases_of(load_settings(), lambda: manager)
    end(document(databases.values(), datetime.now(UTC)), reports, as_json=as_json)


def ops_updates(reports: Reports = FOLDER, as_json: AsJson = False) -> None:
    """List outdated and vulnerable dependencies; 1 where one is vulnerable, 3 where nobody could be asked."""
    from datetime import UTC, datetime

    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.operations.reports.updates import updates
    from nba_mcp_synthesis.settings import load_settings

    settings = load_settings()
    with terminal.working() as say:
        say("Asking about each package")
        found = updates(datetime.now(UTC), settings.package_index, settings.osv_url)
    end(found, reports, as_json=as_json)


def asked_period(start: str | None, end_day: str | None) -> "Period":
    """The period that two options name."""
    from nba_mcp_synthesis.operations.reports.period import period_of

    return period_of(start, end_day)


def sources() -> "Sources":
    """Prometheus where the settings name one, and the state database."""
    from nba_mcp_synthesis.cli_state import settled
    from nba_mcp_synthesis.connectors.prometheus import PrometheusConnector
    from nba_mcp_synthesis.operations.reports.performance import Sources
    from nba_mcp_synthesis.settings import load_settings

    url = load_settings().prometheus_url
    return Sources(PrometheusConnector(url) if url else None, lambda: settled().state)


def end(found: "Document", reports: Path, *, as_json: bool) -> None:
    """Writes a report, prints it, and ends with its exit code."""
    from rich.markdown import Markdown

    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.operations.reports.document import write

    paths = [str(path) for path in write(found, reports)]
    parts: list[RenderableType | str] = [Markdown(found.markdown()), f"\nWritten to {', '.join(paths)}."]
    terminal.show({**found.data, "files": paths}, terminal.group(parts), as_json=as_json)
    raise typer.Exit(found.exit_code)
