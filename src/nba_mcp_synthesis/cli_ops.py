"""The commands of operations: `nba-mcp ops …`."""

from typing import TYPE_CHECKING, Annotated

import typer

from nba_mcp_synthesis.cli_backup import backup
from nba_mcp_synthesis.cli_data import AsJson
from nba_mcp_synthesis.cli_secrets import EXIT_CODES, Context, loaded

if TYPE_CHECKING:
    from datetime import datetime

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
ops = typer.Typer(help="Operate the service.", no_args_is_help=True)
ops.add_typer(backup, name="backup")


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


@ops.command("audit")
def ops_audit(
    caller: Annotated[str | None, typer.Option(help="Calls of this caller only.")] = None,
    since: Annotated[str, typer.Option(help="How far back: 90s, 15m, 1h or 7d.")] = "1d",
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="Most calls.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List who called what, when and with which outcome, the newest first; never what was asked."""
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.cli_state import settled

    begin = _ago(since)
    found = settled().state.newest_calls(limit, begin, caller)
    shown = [{**row, **row["detail"]} for row in found]
    for row in shown:
        del row["detail"]
    terminal.show(found, terminal.records(shown, "No such call is recorded."), as_json=as_json)


def _ago(told: str) -> "datetime":
    """The moment that lies so far back."""
    from datetime import UTC, datetime, timedelta

    number, unit = told[:-1], _UNITS.get(told[-1:])
    if unit is None or not number.isascii() or not number.isdigit() or len(number) > 5:
        raise typer.BadParameter(f"{told!r} is none of 90s, 15m, 1h, 7d", param_hint="--since")
    return datetime.now(UTC) - timedelta(**{unit: int(number)})
