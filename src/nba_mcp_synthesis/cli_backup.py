"""The commands of backups: `nba-mcp ops backup …`."""

import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nba_mcp_synthesis.cli_data import AsJson
from nba_mcp_synthesis.interrupting import ended_by_signals

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import RenderableType

    from nba_mcp_synthesis.operations.backup.databases import Database
    from nba_mcp_synthesis.operations.backup.desk import Backups
    from nba_mcp_synthesis.operations.backup.manifest import Manifest

backup = typer.Typer(help="Take backups, prove that they restore, and go back to one.", no_args_is_help=True)
objects = typer.Typer(help="Save the objects of the cluster, and apply them again.", no_args_is_help=True)
backup.add_typer(objects, name="objects")
DatabaseOption = Annotated[
    str | None, typer.Option("--database", help="warehouse or state; both, if left out.")
]
OneDatabase = Annotated[
    str | None, typer.Option("--database", help="warehouse or state; the warehouse, if left out.")
]
BackupId = Annotated[
    str | None, typer.Argument(metavar="ID", help="Of `nba-mcp ops backup list`; the newest, if left out.")
]


@backup.command("create")
def backup_create(
    database: DatabaseOption = None,
    due: Annotated[
        bool, typer.Option("--due", help="Only those that have none since 02:00 in New York.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Dump, encrypt and send the databases; nothing that fails counts as a backup."""
    desk = _desk()

    def created(one: "Database", say: Callable[[str], None]) -> dict[str, Any] | None:
        return _told(desk.create(one, say)) if not due or desk.is_due(one) else None

    _each(desk, database, created, as_json, nothing="Nothing is due.")


@backup.command("list")
def backup_list(
    check: Annotated[
        bool, typer.Option("--check", help="Exit code 1 where the schedule is not kept.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List dumps and snapshots of RDS with their age, and what is wrong by the schedule."""
    from nba_mcp_synthesis import terminal

    found = _desk().listed()
    shown = found.as_dict()
    parts: list[RenderableType] = [
        terminal.records([_without(row, "note") for row in shown["dumps"]], "There are no dumps."),
        terminal.records(shown["snapshots"], found.rds_note or "There are no snapshots of RDS."),
        *(f"{name}: {told}" for name, faults in found.faults.items() for told in faults),
        *found.notes(),
        *(one.told for one in found.failures),
    ]
    terminal.show(shown, terminal.group(parts), as_json=as_json)
    raise typer.Exit(1 if check and any(found.faults.values()) else 0)


@backup.command("verify")
def backup_verify(
    backup_id: BackupId = None,
    database: DatabaseOption = None,
    snapshot: Annotated[
        str | None,
        typer.Option(help="A snapshot of RDS instead: an instance is made of it, read, and removed."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Restore into a scratch database, compare every table with the manifest, and mark as verified."""
    from dataclasses import asdict

    from nba_mcp_synthesis import terminal

    if snapshot is not None:
        _check_alone("--snapshot", {"an ID": backup_id, "--database": database})
    desk = _desk()
    if snapshot is not None:
        with _saying() as say:
            looked = _rounded(asdict(desk.verify_snapshot(snapshot, say)))
        terminal.show(looked, terminal.records([looked], ""), as_json=as_json)
        return

    def verified(one: "Database", say: Callable[[str], None]) -> dict[str, Any]:
        manifest, restored = desk.verify(one, backup_id, say)
        return {"database": one.name, "id": manifest.id, **_rounded(asdict(restored))}

    _each(desk, database, verified, as_json, backup_id)


@backup.command("restore")
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
        _check_alone("--to", given)
        _in_time(_moment(to), confirm, as_json=as_json)
        return
    desk = _desk()
    (one,) = desk.chosen(database or "warehouse")
    with _saying() as say:
        if into:
            found = _rounded(asdict(desk.restore_into(one, backup_id, into, say)))
        else:
            restored, dbname, kept = desk.replace(one, backup_id, confirm, say, older=older)
            found = {**_rounded(asdict(restored)), "dbname": dbname, "former": kept}
    terminal.show(found, terminal.records([found], ""), as_json=as_json)


@backup.command("drill")
def backup_drill(
    reports: Annotated[Path, typer.Option(help="Folder for the report.")] = Path("reports"),
    as_json: AsJson = False,
) -> None:
    """Restore the newest backups elsewhere, ask a server on them reference questions, report RTO and RPO."""
    from nba_mcp_synthesis import terminal

    desk = _desk()
    with _saying() as say:
        found = desk.drill(say)
    from nba_mcp_synthesis.operations.backup import drill_report

    path = drill_report.write(found, reports)
    kept = drill_report.keep(found, desk.store)
    told = {**drill_report.as_dict(found), "report": str(path), "kept": kept}
    where = f"The report is {path}, and {kept} in {desk.store.place}."
    terminal.show(told, f"{drill_report.markdown(found)}\n{where}", as_json=as_json)
    raise typer.Exit(1 if found.verdict == "other answers" else 0)


@backup.command("prune")
def backup_prune(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go, and remove nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Remove backups that no day, week or month needs; never the newest, nor the last verified one."""
    from dataclasses import asdict

    from nba_mcp_synthesis import terminal

    found = _desk().prune(dry_run=dry_run)
    would = "Would remove" if dry_run else "Removed"
    lines = [f"{would} {name}, of {at:%Y-%m-%d %H:%M} UTC." for name, at in found.backups]
    lines += [f"{would} {name}, which was never finished." for name in found.leftovers]
    lines += [f"Left alone: {told}" for told in found.ignored]
    lines += [f"{found.kept} backups are kept."]
    terminal.show(asdict(found), "\n".join(lines), as_json=as_json)


@backup.command("check")
def backup_check(
    read: Annotated[bool, typer.Option("--read", help="Read every file of the lake.")] = False,
    rules: Annotated[bool, typer.Option("--rules", help="Print lifecycle rules for the buckets.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check recipients, the buckets of backups and lake, and the lake's files; exit code 1 for a finding."""
    from dataclasses import asdict

    from nba_mcp_synthesis import terminal

    if rules:
        from nba_mcp_synthesis.operations.backup.bucket import LIFECYCLE

        print(json.dumps(LIFECYCLE, indent=1))
        return
    desk = _desk()
    with _saying() as say:
        buckets, lake = desk.check_buckets(), desk.check_lake(say, read=read)
    faults = [
        *desk.check_settings(),
        *(told for found in buckets.values() for told in found),
        *(lake.faults if lake else ()),
    ]
    lines = faults or ["Nothing is wrong."]
    if lake:
        lines.append(f"The lake {lake.place} has {lake.files:,} files of snapshot {lake.snapshot}.")
    told = {"buckets": buckets, "lake": asdict(lake) if lake else None, "faults": faults}
    terminal.show(told, "\n".join(lines), as_json=as_json)
    raise typer.Exit(1 if faults else 0)


@objects.command("save")
def objects_save(
    folder: Annotated[Path | None, typer.Option(help="Also write the files here, such as backups.")] = None,
    as_json: AsJson = False,
) -> None:
    """Save configuration and secrets of the namespace; secrets are encrypted before they touch a disk."""
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.operations.backup import objects as saving

    desk = _desk()
    saved = saving.save(desk.cluster(), desk.store, desk.recipients)
    told = {**saved.model_dump(mode="json"), "files": [str(path) for path in desk.copied(saved, folder)]}
    rows = [{"kind": kind, "objects": count} for kind, count in saved.kinds.items()]
    lines = [terminal.records(rows, "There are no objects."), f"Saved as {saved.id} in {desk.store.place}."]
    terminal.show(told, terminal.group(lines), as_json=as_json)


@objects.command("apply")
def objects_apply(
    backup_id: BackupId = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Let the API server check, and keep nothing.")
    ] = False,
    confirm: Annotated[
        str | None, typer.Option(help="Name of the namespace whose objects are replaced.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Apply saved objects again; with --dry-run the API server only says what would happen."""
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.errors import UsageError
    from nba_mcp_synthesis.operations.backup import objects as saving

    desk = _desk()
    cluster = desk.cluster()
    saved = saving.choose(desk.store, backup_id)
    if not dry_run and confirm != cluster.namespace:
        raise UsageError(
            f"This puts {sum(saved.kinds.values())} objects of {cluster.namespace} back to "
            f"{saved.at:%Y-%m-%d %H:%M} UTC ({saved.id}).",
            f"To do it, say --confirm {cluster.namespace}. To see what would change, say --dry-run.",
        )
    told = saving.apply(cluster, desk.store, saved, desk.identity, dry_run=dry_run)
    terminal.show({"id": saved.id, "dry_run": dry_run, "applied": told.splitlines()}, told, as_json=as_json)


def _check_alone(option: str, others: dict[str, Any]) -> None:
    """UsageError where an option was given that has no meaning beside this one."""
    from nba_mcp_synthesis.errors import UsageError

    if given := [name for name, value in others.items() if value is not None]:
        raise UsageError(
            f"{option} is about RDS, and {' and '.join(given)} about dumps.", "Say one of them alone."
        )


def _in_time(to: "datetime", confirm: str | None, *, as_json: bool) -> None:
    """Plans the way back through RDS; goes it where the instance's name was typed."""
    from dataclasses import asdict

    from nba_mcp_synthesis import terminal

    rds = _desk().rds
    plan = rds.plan(to)
    told: dict[str, Any] = {"plan": asdict(plan), "instance": None}
    lines = [f"{plan.instance} as of {plan.to:%Y-%m-%d %H:%M:%S} UTC becomes a new instance, {plan.target}."]
    lines += [f"  {name}: {value}" for name, value in plan.call.items()]
    if confirm == plan.instance:
        with _saying() as say:
            made = rds.run(plan, say)
        told["instance"] = _rounded(asdict(made))
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


def _told(manifest: "Manifest") -> dict[str, Any]:
    from datetime import UTC, datetime

    from nba_mcp_synthesis.operations.backup.archive import Backup
    from nba_mcp_synthesis.operations.backup.listing import dump_row

    row = dump_row(Backup(manifest.database, manifest.id, manifest.snapshot_at, manifest), datetime.now(UTC))
    row.update(reference_answers=len(manifest.reference), note=manifest.reference_note)
    for name in ("age_hours", "verified_at", "fault"):
        del row[name]
    return row


def _each(
    desk: "Backups",
    name: str | None,
    work: "Callable[[Database, Callable[[str], None]], dict[str, Any] | None]",
    as_json: bool,
    backup_id: str | None = None,
    nothing: str = "",
) -> None:
    """Does it for each database. One that fails keeps no other from its turn; its error ends the command.

    With the ID of a backup it is for those that have it. `nothing` is said where there was nothing to do.
    """
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.errors import NbaMcpError

    found: list[dict[str, Any]] = []
    errors: list[NbaMcpError] = []
    with _saying() as say:
        for one in desk.chosen(name, backup_id):
            try:
                done = work(one, say)
            except NbaMcpError as error:
                errors.append(error)
            else:
                found += [done] if done else []
    if found or as_json or not errors:
        terminal.show(found, terminal.records(found, nothing), as_json=as_json)
    for other in errors[1:]:
        typer.echo(f"nba-mcp: {other}", err=True)
    if errors:
        raise errors[0]


@contextlib.contextmanager
def _saying() -> Iterator[Callable[[str], None]]:
    """A line on a terminal with what goes on; what ends the command from outside ends that as well."""
    from nba_mcp_synthesis import terminal

    with ended_by_signals(), terminal.working() as say:
        yield say


def _without(found: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in found.items() if key != name}


def _rounded(found: dict[str, Any]) -> dict[str, Any]:
    return {name: round(value, 3) if isinstance(value, float) else value for name, value in found.items()}


def _desk() -> "Backups":
    from nba_mcp_synthesis.app import App
    from nba_mcp_synthesis.settings import load_settings
    from nba_mcp_synthesis.telemetry.logs import configure_logs

    settings = load_settings()
    configure_logs(sys.stderr, settings.log_level if settings.log_level != "info" else "error")
    return App(settings).backups
