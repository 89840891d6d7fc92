"""The command line. Every command is a few lines into a room below.

Rooms are imported inside the commands: `nba-mcp --help` must not pay for any of them.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nba_mcp_synthesis.errors import NbaMcpError, SourceError, UsageError

if TYPE_CHECKING:
    from nba_mcp_synthesis.app import App
    from nba_mcp_synthesis.warehouse.loading import LoadReport

app = typer.Typer(
    name="nba-mcp",
    help="NBA questions answered with the query behind every number.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
data = typer.Typer(help="Load data and see what is loaded.", no_args_is_help=True)
app.add_typer(data, name="data")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="In plain English.")] = None,
    batch: Annotated[
        Path | None,
        typer.Option(help='A file of {"id", "question"} lines; prints a JSON answer a line.'),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question, with the query behind every number."""
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.shapes import answer_json

    if (question is None) == (batch is None):
        raise typer.BadParameter("Give a question, or --batch FILE.")
    product = _product()
    if batch is not None:
        for line in _batch(product, batch):
            print(json.dumps(line, ensure_ascii=False), flush=True)
        return
    answer = product.ask(question or "")
    terminal.show(answer_json(answer), terminal.answer(answer), as_json=as_json)


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="One SELECT.")],
    limit: Annotated[int, typer.Option(min=1, help="Most rows.")] = 1_000,
    as_json: AsJson = False,
) -> None:
    """Run one read-only SELECT on the warehouse."""
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.shapes import result_json

    result = _product().queries.run(sql, limit).result
    terminal.show(result_json(result), terminal.result(result), as_json=as_json)


@app.command()
def tables(
    name: Annotated[str | None, typer.Argument(help="A table, for its columns.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the tables, or the columns of one."""
    from dataclasses import asdict

    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.warehouse import catalog

    warehouse = _product().warehouse
    found = (catalog.describe_table(warehouse, name),) if name else catalog.describe_tables(warehouse)
    shown = terminal.columns(found[0]) if name else terminal.tables(found)
    terminal.show([asdict(table) for table in found], shown, as_json=as_json)


@app.command()
def find(
    name: Annotated[str, typer.Argument(help="A player or team, as people say it.")],
    limit: Annotated[int, typer.Option(min=1, max=25)] = 5,
    as_json: AsJson = False,
) -> None:
    """Find players and teams by name, nickname or misspelling."""
    from dataclasses import asdict

    from nba_mcp_synthesis import terminal

    matches = [asdict(match) for match in _product().names().find(name, None, limit)]
    terminal.show(matches, terminal.records(matches, f"No one is called {name!r}."), as_json=as_json)


@app.command()
def settings(as_json: AsJson = False) -> None:
    """List every setting: its value, its default and what it means."""
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.settings import describe_settings, load_settings

    rows = describe_settings(load_settings())
    terminal.show(rows, terminal.records(rows, ""), as_json=as_json)


@app.command()
def connect(
    client: Annotated[
        str | None, typer.Argument(help="claude-desktop, claude-code, cursor, vscode or inspector.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the lines that connect an MCP client to this warehouse."""
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.server import clients

    found = clients.instructions(client)
    terminal.show([c.as_dict() for c in found], terminal.connections(found), as_json=as_json)


@app.command()
def serve(
    transport: Annotated[str, typer.Option(help="http or stdio.")] = "http",
    host: Annotated[str, typer.Option(help="Address to listen on (http).")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535)] = 8_000,
) -> None:
    """Serve MCP and HTTP."""
    if transport not in ("http", "stdio"):
        raise typer.BadParameter("must be http or stdio", param_hint="--transport")
    product = _product()
    from nba_mcp_synthesis.server import serve as server
    from nba_mcp_synthesis.server.tools import Services

    services = Services(product.warehouse, product.queries, product.names, product.ask)
    if transport == "stdio":
        server.serve_stdio(services, product.settings)
    else:
        server.serve_http(services, product.settings, host, port)


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
    from nba_mcp_synthesis.warehouse import status

    found = status.data_status(_product().warehouse)
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


def _product() -> "App":
    from nba_mcp_synthesis.app import App
    from nba_mcp_synthesis.settings import load_settings

    return App(load_settings())


def _batch(product: "App", path: Path) -> Iterator[dict[str, Any]]:
    from nba_mcp_synthesis.shapes import answer_json

    for answer_id, text in _questions(path):
        try:
            yield answer_json(product.ask(text, answer_id))
        except UsageError as error:
            yield {
                "id": answer_id,
                "question": text,
                "text": str(error),
                "status": "refused",
                "values": [],
            }


def _questions(path: Path) -> list[tuple[str, str]]:
    """(id, question) of every line; all of them are read before the first is asked."""
    try:
        lines = path.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path} cannot be read as UTF-8 text: {error}.") from error
    return [_asked(path, n, line) for n, line in enumerate(lines, start=1) if line.strip()]


def _asked(path: Path, number: int, line: str) -> tuple[str, str]:
    try:
        asked = json.loads(line)
        return str(asked["id"]), str(asked["question"])
    except (ValueError, KeyError, TypeError):
        raise SourceError(
            f'{path} line {number} is not {{"id": …, "question": …}}.',
            "Mend it; nothing was asked yet.",
        ) from None


def _finish_load(report: "LoadReport", *, as_json: bool) -> None:
    from dataclasses import asdict

    from nba_mcp_synthesis import terminal

    terminal.show({**asdict(report), "path": str(report.path)}, terminal.load_report(report), as_json=as_json)
    if not report.tables:
        raise SourceError("No file was loaded, and no warehouse was made.", "Give NBA data files.")
    if report.with_status("failed"):
        raise typer.Exit(1)


def main() -> None:
    """Runs the command line; an error of ours is one or two lines on stderr and its exit code."""
    if sys.argv[1:] == ["--version"]:
        from importlib.metadata import version

        print(version("nba-mcp-synthesis"))
        return
    try:
        app()
    except (KeyboardInterrupt, RuntimeError) as error:
        # The query engine words an interruption in its own way.
        if isinstance(error, RuntimeError) and "interrupted" not in str(error):
            raise
        print("nba-mcp: interrupted; nothing was changed.", file=sys.stderr)
        sys.exit(130)
    except NbaMcpError as error:
        _tell(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output left (`nba-mcp query … | head`): nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tell(error: NbaMcpError) -> None:
    if "--json" in sys.argv:
        told = {"error": {"code": error.code, "message": error.message, "hint": error.hint}}
        print(json.dumps(told, ensure_ascii=False), file=sys.stderr)
        return
    print(f"nba-mcp: {error.message}", file=sys.stderr)
    if error.hint:
        print(f"         {error.hint}", file=sys.stderr)
