"""`nba-mcp ops backup restore`: back to a dump, or through RDS to a moment."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from nba_mcp_synthesis.cli_backup_shared import BackupId, check_alone, opened_desk, rounded, saying
from nba_mcp_synthesis.cli_data import AsJson

if TYPE_CHECKING:
    from datetime import datetime

OneDatabase = Annotated[
    str | None, typer.Option("--database", help="warehouse or state; the warehouse, if left out.")
]


def backup_restore(
    backup_id: BackupId = None,
    database: OneDatabase = None,
    confirm: Annotated[
        str | None, typer.Option(help="Name of the database, or of the instance, that is replaced.")
    ] = None,
    into: Annotated[
        str | None, typer.Option(help="Restore into a new database of this name, and replace nothing.")
    ] = None,
    older: Annotated[bool, typer.Option("--older", help="Also one with an older layout of tables.")] = False,
    to: Annotated[
        str | None, typer.Option(help="A moment that RDS keeps, such as 2026-01-31T04:05:00Z, and no dump.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Go back to a backup. Run again after it was cut short, it goes on from there."""
    from dataclasses import asdict

    from nba_mcp_synthesis import terminal

    if to is not None:
        given = {"an ID": backup_id, "--database": database, "--into": into, "--older": older or None}
        check_alone("--to", given)
        _in_time(_moment(to), confirm, as_json=as_json)
        return
    desk = opened_desk()
    (one,) = desk.chosen(database or "warehouse")
    with saying() as say:
        if into:
            found = rounded(asdict(desk.restore_into(one, backup_id, into, say)))
        else:
            restored, dbname, kept = desk.replace(one, backup_id, confirm, say, older=older)
            found = {**rounded(asdict(restored)), "dbname": dbname, "former": kept}
    terminal.show(found, terminal.records([found], ""), as_json=as_json)


def _in_time(to: "datetime", confirm: str | None, *, as_json: bool) -> None:
    """Plans the way back through RDS; goes it where the instance's name was typed."""
    from dataclasses import asdict

    from nba_mcp_synthesis import terminal

    rds = opened_desk().rds
    plan = rds.plan(to)
    told: dict[str, Any] = {"plan": asdict(plan), "instance": None}
    lines = [f"{plan.instance} as of {plan.to:%Y-%m-%d %H:%M:%S} UTC becomes a new instance, {plan.target}."]
    lines += [f"  {name}: {value}" for name, value in plan.call.items()]
    if confirm == plan.instance:
        with saying() as say:
            made = rds.run(plan, say)
        told["instance"] = rounded(asdict(made))
        lines = [f"{made.id} is there, at {made.host}:{made.port}, after {made.seconds:.0f} s."]
        lines += [f"{number}. {step}" for number, step in enumerate(plan.then, start=1)]
    else:
        lines.append(f"Nothing was done. To do it, say --confirm {plan.instance}.")
    terminal.show(told, "\n".join(lines), as_json=as_json)


def _moment(told: str) -> "datetime":
    from datetime import datetime

    try:
        found = datetime.fromisoformat(told)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise typer.BadParameter(
            f"{told!r} is no moment with its time zone, such as 2026-01-31T04:05:00Z", param_hint="--to"
        )
    return found
