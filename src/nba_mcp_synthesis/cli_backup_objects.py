"""`nba-mcp ops backup objects …`: what the cluster has, saved and applied again."""

from pathlib import Path
from typing import Annotated

import typer

from nba_mcp_synthesis.cli_backup_shared import BackupId, opened_desk
from nba_mcp_synthesis.cli_data import AsJson

objects = typer.Typer(help="Save the objects of the cluster, and apply them again.", no_args_is_help=True)


@objects.command("save")
def objects_save(
    folder: Annotated[Path | None, typer.Option(help="Also write the files here, such as backups.")] = None,
    as_json: AsJson = False,
) -> None:
    """Save configuration and secrets of the namespace; secrets are encrypted before they touch a disk."""
    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.operations.backup import objects as saving

    desk = opened_desk()
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

    desk = opened_desk()
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
