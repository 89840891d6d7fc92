"""The commands of operations: `nba-mcp ops …`."""

from typing import Annotated

import typer

from nba_mcp_synthesis.cli_data import AsJson
from nba_mcp_synthesis.cli_secrets import EXIT_CODES, Context, loaded

ops = typer.Typer(help="Operate the service.", no_args_is_help=True)


@ops.callback()
def _group() -> None:
    """Keeps `health` a command of its own although it is the only one."""


@ops.command("health")
def ops_health(
    only: Annotated[list[str] | None, typer.Option(help="secrets or database; may be repeated.")] = None,
    context: Context = None,
    as_json: AsJson = False,
) -> None:
    """Check what the service needs; exit code 1 when a check fails, 3 when something is down."""
    from dataclasses import asdict

    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.operations.health import CHECKS

    names = only or list(CHECKS)
    if unknown := [name for name in names if name not in CHECKS]:
        raise typer.BadParameter(f"{unknown[0]} is none of {', '.join(CHECKS)}", param_hint="--only")
    manager = loaded(context)
    found = [asdict(CHECKS[name](manager)) for name in names]
    for check in found:
        check["seconds"] = round(check["seconds"], 3)
    terminal.show(found, terminal.records(found, ""), as_json=as_json)
    verdicts = {check["verdict"] for check in found}
    raise typer.Exit(EXIT_CODES["failed" if "failed" in verdicts else "down" if "down" in verdicts else "ok"])
