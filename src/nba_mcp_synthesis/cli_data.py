"""The commands about data: `nba-mcp data …`."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nba_mcp_synthesis.errors import SourceError, UsageError

if TYPE_CHECKING:
    from nba_mcp_synthesis.settings import Settings
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

    settings = load_settings()
    with (
        written(settings, settings.demo_path) as path,
        terminal.progress("Simulating games", seasons * 1_230) as advance_to,
    ):
        readings = simulate(seasons, seed, os.cpu_count() or 1, on_games=lambda done, _: advance_to(done))
        labelled = ((f"simulated season {n + 1} of {seasons}", r) for n, r in enumerate(readings))
        report = loading.load_demo(path, labelled)
    _finish_load(report, settings, as_json=as_json)


@data.command("load")
def data_load(
    paths: Annotated[
        list[str], typer.Argument(help="Files or folders of them; or one lake: s3://BUCKET/PREFIX or folder.")
    ],
    season: Annotated[
        str | None, typer.Option(help="Season of files that do not say it, such as 2025-26.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Let a lake replace what is loaded.")] = False,
    as_json: AsJson = False,
) -> None:
    """Load files of NBA data, recognised by content; or restore the warehouse from a published lake."""
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.settings import load_settings
    from nba_mcp_synthesis.sources.door import find_files
    from nba_mcp_synthesis.warehouse import loading
    from nba_mcp_synthesis.warehouse.restoring import is_lake

    if any(is_lake(path) for path in paths):
        _restore(paths, replace=replace, as_json=as_json)
        return
    files, settings = find_files([Path(path) for path in paths], season), load_settings()
    with (
        written(settings, settings.load_path) as path,
        terminal.progress("Loading files", len(files)) as advance_to,
    ):
        done = iter(range(1, len(files) + 1))
        report = loading.load_files(path, files, on_file=lambda _: advance_to(next(done)))
    _finish_load(report, settings, as_json=as_json)


def _restore(paths: list[str], *, replace: bool, as_json: bool) -> None:
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.lake.manifest import current
    from nba_mcp_synthesis.lake.opening import open_store
    from nba_mcp_synthesis.settings import load_settings
    from nba_mcp_synthesis.warehouse.restoring import restore

    if len(paths) > 1:
        raise UsageError("A lake is a whole warehouse.", "Load it alone.")
    settings, store = load_settings(), open_store(paths[0])
    manifest = current(store)
    with (
        written(settings, settings.demo_path if manifest.about.simulated else settings.load_path) as path,
        terminal.progress("Restoring", len(manifest.files)) as advance_to,
    ):
        restore(store, manifest, path, advance_to, replace=replace)
    place, rows = _place(settings, path), manifest.rows()
    told = f"{place} is as {store.place} has it: {sum(rows.values()):,} rows."
    terminal.show({"path": place, "lake": store.place, "tables": rows}, told, as_json=as_json)


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

    settings = load_settings()
    with written(settings, settings.warehouse_path) as path:
        found = loading.check(path)
    terminal.show([asdict(check) for check in found], terminal.checks(found), as_json=as_json)
    if any(check.failures for check in found):
        raise typer.Exit(1)


@data.command("migrate")
def data_migrate() -> None:
    """Bring a warehouse of an older version to today's layout, or make its tables; all rows are kept."""
    from nba_mcp_synthesis.settings import load_settings
    from nba_mcp_synthesis.warehouse import loading

    settings = load_settings()
    path = settings.warehouse_path()
    if settings.is_postgres:
        from nba_mcp_synthesis.warehouse.opening import migrate_postgres

        migrate_postgres(settings, _address(settings))
    else:
        loading.migrate(path)
    typer.echo(f"{_place(settings, path)} has today's layout.")


@data.command("roles")
def data_roles() -> None:
    """Make the roles nba_owner, nba_loader and nba_reader in PostgreSQL; takes an administrator's URL."""
    from nba_mcp_synthesis.settings import load_settings

    settings = load_settings()
    if not settings.is_postgres:
        raise UsageError(
            "Only PostgreSQL has roles.", "Set NBA_MCP_WAREHOUSE_URL to postgresql://ADMINISTRATOR@…."
        )
    from nba_mcp_synthesis.warehouse.postgres.roles import ROLES, make_roles

    make_roles(_address(settings))
    typer.echo(f"{', '.join(ROLES)} are there. Give one to a login: GRANT {ROLES[-1]} TO name.")


@contextlib.contextmanager
def written(settings: "Settings", path: Callable[[], Path]) -> Iterator[Path]:
    """The file to read or write: the warehouse, or one that PostgreSQL is brought level with afterwards.

    Raises:
        UsageError: the warehouse is a published lake, which Athena and Spark only read.
    """
    if settings.reads_lake:
        raise UsageError(
            "NBA_MCP_WAREHOUSE_URL is an engine that only reads a published lake.",
            "Set it to the DuckDB file or PostgreSQL database that is loaded, then `nba-mcp data publish`.",
        )
    if not settings.is_postgres:
        yield path()
        return
    from nba_mcp_synthesis.warehouse.opening import workshop_of

    with workshop_of(settings, _address(settings)) as made:
        yield made


def _address(settings: "Settings") -> Callable[[], str]:
    from nba_mcp_synthesis.doors import manager_of, warehouse_address

    return warehouse_address(settings, lambda: manager_of(settings))


def _place(settings: "Settings", path: Path) -> str:
    from nba_mcp_synthesis.warehouse.opening import open_warehouse

    return open_warehouse(settings).place if settings.is_postgres else str(path)


def _finish_load(report: "LoadReport", settings: "Settings", *, as_json: bool) -> None:
    from dataclasses import asdict

    from nba_mcp_synthesis import terminal

    place = _place(settings, report.path)
    shown = terminal.load_report(report, place)
    terminal.show({**asdict(report), "path": place}, shown, as_json=as_json)
    if not report.tables:
        raise SourceError("No file was loaded, and no warehouse was made.", "Give NBA data files.")
    if report.with_status("failed"):
        raise typer.Exit(1)
