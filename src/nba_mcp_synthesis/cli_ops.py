"""The commands of operations: `nba-mcp ops …`."""

from typing import TYPE_CHECKING, Annotated

import typer

from nba_mcp_synthesis.cli_backup import backup
from nba_mcp_synthesis.cli_data import AsJson

if TYPE_CHECKING:
    from datetime import datetime, timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
ops = typer.Typer(help="Operate the service.", no_args_is_help=True)
ops.add_typer(backup, name="backup")


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

    begin = ago(since)
    found = settled().state.newest_calls(limit, begin, caller)
    # What else is in the details differs from action to action.
    details = [row["detail"] or {} for row in found]
    shown = [
        {**row, "door": detail.get("door"), "address": detail.get("address")}
        for row, detail in zip(found, details, strict=True)
    ]
    for row in shown:
        del row["detail"]
    terminal.show(found, terminal.records(shown, "No such call is recorded."), as_json=as_json)


def ago(told: str) -> "datetime":
    """The moment that lies so far back: 90s, 15m, 1h or 7d."""
    from datetime import UTC, datetime

    return datetime.now(UTC) - span_of(told, "--since")


def span_of(told: str, option: str) -> "timedelta":
    """A length of time as people write it."""
    from datetime import timedelta

    number, unit = told[:-1], _UNITS.get(told[-1:])
    if unit is None or not number.isascii() or not number.isdigit() or len(number) > 5:
        raise typer.BadParameter(f"{told!r} is none of 90s, 15m, 1h, 7d", param_hint=option)
    return timedelta(**{unit: int(number)})
