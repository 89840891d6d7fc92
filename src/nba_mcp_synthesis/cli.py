"""The command line. Every command is a few lines into a room below.

Rooms are imported inside the commands: `nba-mcp --help` must not pay for any of them.
"""

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nba_mcp_synthesis.cli_alerts import alerts
from nba_mcp_synthesis.cli_ask import ask
from nba_mcp_synthesis.cli_data import AsJson, data
from nba_mcp_synthesis.cli_deploy import ops_deploy, ops_push
from nba_mcp_synthesis.cli_health import ops_health, ops_validate
from nba_mcp_synthesis.cli_keys import keys
from nba_mcp_synthesis.cli_lake import data_publish, lake
from nba_mcp_synthesis.cli_logs import ops_logs
from nba_mcp_synthesis.cli_ops import ops
from nba_mcp_synthesis.cli_rotation import secrets_migrate, secrets_rotate
from nba_mcp_synthesis.cli_secrets import secrets
from nba_mcp_synthesis.cli_state import answers, state
from nba_mcp_synthesis.errors import NbaMcpError

if TYPE_CHECKING:
    from nba_mcp_synthesis.app import App

app = typer.Typer(
    name="nba-mcp",
    help="NBA questions answered with the query behind every number.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
data.command("publish")(data_publish)
ops.command("health")(ops_health)
ops.command("validate")(ops_validate)
ops.command("deploy")(ops_deploy)
ops.command("push")(ops_push)
ops.command("logs")(ops_logs)
app.add_typer(lake, name="lake")
app.add_typer(data, name="data")
secrets.command("rotate")(secrets_rotate)
secrets.command("migrate")(secrets_migrate)
app.add_typer(secrets, name="secrets")
app.add_typer(ops, name="ops")
ops.add_typer(alerts, name="alerts")
app.add_typer(answers, name="answers")
app.add_typer(state, name="state")
app.add_typer(keys, name="keys")
guard = typer.Typer(help="Judge SQL without running it.", no_args_is_help=True)
app.add_typer(guard, name="guard")


app.command()(ask)


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
def stats(
    measures: Annotated[str, typer.Option(help="Such as pts_per_game,ts_pct.")],
    by: Annotated[str, typer.Option(help="Such as player, team, season, month or player,team.")] = "",
    where: Annotated[list[str] | None, typer.Option(help="Such as opponent=BOS or pts>=40.")] = None,
    having: Annotated[list[str] | None, typer.Option(help="Such as gp>=20, on the results.")] = None,
    season: Annotated[str | None, typer.Option(help="2025-26, 2019-20..2023-24 or all.")] = None,
    season_type: Annotated[str | None, typer.Option(help="Such as Playoffs.")] = None,
    order_by: Annotated[str, typer.Option(help="Names; a minus for descending.")] = "",
    limit: Annotated[int | None, typer.Option(min=1, help="Ranks of a board.")] = None,
    last: Annotated[int | None, typer.Option(min=1, help="Newest games of each.")] = None,
    no_qualifier: Annotated[bool, typer.Option("--no-qualifier", help="Rank everybody.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compute measures by dimensions, from whichever table covers them."""
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.basketball.stats.request import StatRequest

    request = StatRequest(
        measures=_names(measures),
        by=_names(by),
        where=tuple(where or ()),
        having=tuple(having or ()),
        order_by=_names(order_by),
        season=season,
        season_type=season_type,
        limit=limit,
        last=last,
        qualifier=not no_qualifier,
    )
    found = _product().stats.ask(request)
    terminal.show(found.as_dict(), terminal.stats(found), as_json=as_json)


@app.command()
def tables(
    name: Annotated[str | None, typer.Argument(help="A table, for its columns.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the tables of the warehouse and of the published lake, or the columns of one."""
    from dataclasses import asdict

    from nba_mcp_synthesis import terminal

    listed = _product().tables()
    found = listed.one(name) if name else listed.every()
    shown = terminal.columns(found.tables[0]) if name else terminal.tables(found.tables)
    terminal.show([asdict(table) for table in found.tables], shown, as_json=as_json)
    for note in found.notes:
        typer.echo(note, err=True)


@app.command()
def find(
    name: Annotated[str, typer.Argument(help="A player or team, as people say it; or a table.")],
    kind: Annotated[str | None, typer.Option(help="Only these: player, team or table.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=25)] = 5,
    as_json: AsJson = False,
) -> None:
    """Find players, teams and tables by name, nickname or misspelling."""
    from dataclasses import asdict

    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.basketball.finding import find as find_all
    from nba_mcp_synthesis.warehouse.catalog import FIND_KINDS

    wanted = next((one for one in FIND_KINDS if one == kind), None)
    if wanted != kind:
        raise typer.BadParameter(f"must be {', '.join(FIND_KINDS)}", param_hint="--kind")
    product = _product()
    found = find_all(product.names(), product.tables(), name, wanted, limit)
    tables = [{"kind": "table", **asdict(table)} for table in found.tables]
    matches = [*tables, *map(asdict, found.people)]
    terminal.show(matches, terminal.records(matches, f"Nothing is called {name!r}."), as_json=as_json)


@app.command()
def settings(as_json: AsJson = False) -> None:
    """List every setting: its value, its default and what it means."""
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.settings import load_settings
    from nba_mcp_synthesis.settings_shown import describe_settings

    rows = describe_settings(load_settings())
    terminal.show(rows, terminal.records(rows, ""), as_json=as_json)


@app.command()
def connect(
    client: Annotated[str | None, typer.Argument(help="Such as claude-code; all, if left out.")] = None,
    url: Annotated[
        str | None, typer.Option(help="Of a server that runs, such as https://HOST/mcp; else one is started.")
    ] = None,
    key_from_env: Annotated[
        str | None, typer.Option(help="Name of the environment variable with your key for that server.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the lines that connect an MCP client to this warehouse, or to a server elsewhere."""
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.server import clients

    found = clients.instructions(client, url, key_from_env)
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
    from nba_mcp_synthesis.server.secret_watch import Secrets

    server.prepare(transport, product.settings)
    services = product.services(transport)
    if transport == "stdio":
        server.serve_stdio(services)
    else:
        found = Secrets(product.secret_states, product.metrics_tokens)
        server.serve_http(services, product.settings, found, host, port)


@guard.command("check")
def guard_check(
    file: Annotated[Path, typer.Argument(help='A file of {"id", "sql"} lines.')],
    engine: Annotated[str, typer.Option(help="duckdb, postgres, athena or spark.")] = "duckdb",
    relations: Annotated[
        str | None, typer.Option(help="Served tables, with commas between; without it, those of the schema.")
    ] = None,
) -> None:
    """Say of each statement whether query_sql would let it run, as a JSON verdict a line."""
    from nba_mcp_synthesis.warehouse.guard.judging import judge
    from nba_mcp_synthesis.warehouse.opening import gate_of

    if engine not in ("duckdb", "postgres", "athena", "spark"):
        raise typer.BadParameter("must be duckdb, postgres, athena or spark", param_hint="--engine")
    served = frozenset(name.strip() for name in relations.split(",")) if relations is not None else None
    for verdict in judge(file, gate_of(engine, served)):
        print(json.dumps(verdict), flush=True)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _product() -> "App":
    from nba_mcp_synthesis.app import App
    from nba_mcp_synthesis.settings import load_settings

    return App(load_settings())


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
