"""The commands of backups: `nba-mcp ops backup …`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nba_mcp_synthesis.cli_backup_objects import objects
from nba_mcp_synthesis.cli_backup_restore import backup_restore
from nba_mcp_synthesis.cli_backup_shared import BackupId, check_alone, each, opened_desk, rounded, saying
from nba_mcp_synthesis.cli_data import AsJson

if TYPE_CHECKING:
    from rich.console import RenderableType

    from nba_mcp_synthesis.operations.backup.databases import Database
    from nba_mcp_synthesis.operations.backup.desk import Backups
    from nba_mcp_synthesis.operations.backup.drill import Report
    from nba_mcp_synthesis.operations.backup.manifest import Manifest

backup = typer.Typer(help="Take backups, prove that they restore, and go back to one.", no_args_is_help=True)
backup.add_typer(objects, name="objects")
DatabaseOption = Annotated[
    str | None, typer.Option("--database", help="warehouse or state; both, if left out.")
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
    desk = opened_desk()

    def created(one: "Database", say: Callable[[str], None]) -> dict[str, Any] | None:
        return _told(desk.create(one, say)) if not due or desk.is_due(one) else None

    each(desk, database, created, as_json, nothing="Nothing is due.")


@backup.command("list")
def backup_list(
    check: Annotated[
        bool, typer.Option("--check", help="Exit code 1 where the schedule is not kept.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List dumps and snapshots of RDS with their age, and what is wrong by the schedule."""
    from nba_mcp_synthesis import terminal

    found = opened_desk().listed()
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
        check_alone("--snapshot", {"an ID": backup_id, "--database": database})
    desk = opened_desk()
    if snapshot is not None:
        with saying() as say:
            looked = rounded(asdict(desk.verify_snapshot(snapshot, say)))
        terminal.show(looked, terminal.records([looked], ""), as_json=as_json)
        return

    def verified(one: "Database", say: Callable[[str], None]) -> dict[str, Any]:
        manifest, restored = desk.verify(one, backup_id, say)
        return {"database": one.name, "id": manifest.id, **rounded(asdict(restored))}

    each(desk, database, verified, as_json, backup_id)


backup.command("restore")(backup_restore)


@backup.command("drill")
def backup_drill(
    reports: Annotated[Path, typer.Option(help="Folder for the report.")] = Path("reports"),
    as_json: AsJson = False,
) -> None:
    """Restore the newest backups elsewhere, ask a server on them reference questions, report RTO and RPO."""
    from nba_mcp_synthesis import terminal

    desk = opened_desk()
    with saying() as say:
        found = desk.drill(say)
    from nba_mcp_synthesis.operations.backup import drill_report

    path = drill_report.write(found, reports)
    kept, where = _kept(found, desk)
    told = {**drill_report.as_dict(found), "report": str(path), "kept": kept}
    where = f"The report is {path}{where}"
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

    found = opened_desk().prune(dry_run=dry_run)
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
    desk = opened_desk()
    with saying() as say:
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


def _kept(found: "Report", desk: "Backups") -> tuple[str | None, str]:
    """(key of the report beside the backups, a half sentence); a store that is away costs no verdict."""
    from nba_mcp_synthesis.errors import BackupsDown
    from nba_mcp_synthesis.operations.backup import drill_report

    try:
        kept = drill_report.keep(found, desk.store)
    except BackupsDown as error:
        return None, f" alone; it is not kept beside the backups. {error.message}"
    return kept, f", and {kept} in {desk.store.place}."


def _told(manifest: "Manifest") -> dict[str, Any]:
    from datetime import UTC, datetime

    from nba_mcp_synthesis.operations.backup.archive import Backup
    from nba_mcp_synthesis.operations.backup.listing import dump_row

    row = dump_row(Backup(manifest.database, manifest.id, manifest.snapshot_at, manifest), datetime.now(UTC))
    row.update(reference_answers=len(manifest.reference), note=manifest.note)
    for name in ("age_hours", "verified_at", "fault"):
        del row[name]
    return row


def _without(found: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in found.items() if key != name}
