"""The commands about data: `nba-mcp data …`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nba_mcp_synthesis.errors import SourceError

if TYPE_CHECKING:
    from nba_mcp_synthesis.warehouse.loading import LoadReport

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
data = typer.Typer(help="Load data and see what is loaded.", no_args_is_help=True)


@data.command("demo")
def data_demo(
    seasons: Annotated[int, typer.Option(min=1, max=40, help="Seasons, the last one 2025-26.")] = 1,
    seed: Annotated[int, typer.Option(help="The same seed gives the same league.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Simulate a league with invented players, marked as simulated."""
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.settings import load_settings
    from nba_mcp_synthesis.sources.demo.league import simulate
    from nba_mcp_synthesis.warehouse import loading

    path = load_settings().demo_path()
    with terminal.progress("Simulating games", seasons * 1_230) as advance_to:
        readings = simulate(seasons, seed, os.cpu_count() or 1, on_games=lambda done, _: advance_to(done))
        labelled = ((f"simulated season {n + 1} of {seasons}", r) for n, r in enumerate(readings))
        report = loading.load_demo(path, labelled)
    _finish_load(report, as_json=as_json)


@data.command("load")
def data_load(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders of them.")],
    season: Annotated[
        str | None, typer.Option(help="Season of files that do not say it, such as 2025-26.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Load files of NBA data; their format is recognised by content."""
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.settings import load_settings
    from nba_mcp_synthesis.sources.door import find_files
    from nba_mcp_synthesis.warehouse import loading

    files = find_files(paths, season)
    with terminal.progress("Loading files", len(files)) as advance_to:
        done = iter(range(1, len(files) + 1))
        report = loading.load_files(
            load_settings().load_path(), files, on_file=lambda _: advance_to(next(done))
        )
    _finish_load(report, as_json=as_json)


@data.command("status")
def data_status(as_json: AsJson = False) -> None:
    """Show what is loaded, how fresh it is and which checks do not hold."""
    from dataclasses import asdict

    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.app import App
    from nba_mcp_synthesis.settings import load_settings
    from nba_mcp_synthesis.warehouse import status

    found = status.data_status(App(load_settings()).warehouse)
    terminal.show(asdict(found), terminal.status(found), as_json=as_json)


@data.command("check")
def data_check(as_json: AsJson = False) -> None:
    """Run all checks again; exit code 1 when one does not hold."""
    from dataclasses import asdict

    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.settings import load_settings
    from nba_mcp_synthesis.warehouse import loading

    found = loading.check(load_settings().warehouse_path())
    terminal.show([asdict(check) for check in found], terminal.checks(found), as_json=as_json)
    if any(check.failures for check in found):
        raise typer.Exit(1)


@data.command("migrate")
def data_migrate() -> None:
    """Bring a warehouse of an older version to today's layout; all rows are kept."""
    from nba_mcp_synthesis.settings import load_settings
    from nba_mcp_synthesis.warehouse import loading

    path = load_settings().warehouse_path()
    loading.migrate(path)
    typer.echo(f"{path} has today's layout.")


def _finish_load(report: "LoadReport", *, as_json: bool) -> None:
    from dataclasses import asdict

    from nba_mcp_synthesis import terminal

    terminal.show({**asdict(report), "path": str(report.path)}, terminal.load_report(report), as_json=as_json)
    if not report.tables:
        raise SourceError("No file was loaded, and no warehouse was made.", "Give NBA data files.")
    if report.with_status("failed"):
        raise typer.Exit(1)
