"""Whether the tables in a backup are those that this program works with."""

from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.operations.backup.manifest import Manifest


def current(database: str) -> str:
    """The layout of today: of the warehouse, or the migration of the state."""
    if database == "state":
        from nba_mcp_synthesis.state.tables import HEAD

        return HEAD
    from nba_mcp_synthesis.warehouse.layout import LAYOUT_VERSION

    return str(LAYOUT_VERSION)


def check(manifest: Manifest, *, older: bool) -> None:
    """UsageError where the backup has a newer layout, or an older one and `older` does not allow that."""
    have, now = manifest.schema_version, current(manifest.database)
    if have == now:
        return
    what = f"The backup {manifest.id} has {_told(manifest.database, have)}, this program {now}"
    if have is not None and _number(have) > _number(now):
        raise UsageError(
            f"{what}: it was made by a newer version.", "Update nba-mcp-synthesis, then restore."
        )
    if not older:
        command = "data" if manifest.database == "warehouse" else "state"
        raise UsageError(
            f"{what}: it is older, and the server would not start on it.",
            f"Say --older to restore it all the same, and run `nba-mcp {command} migrate` afterwards: rows "
            "are kept.",
        )


def _told(database: str, version: str | None) -> str:
    kind = "layout" if database == "warehouse" else "migration"
    return f"{kind} {version}" if version is not None else f"no {kind}, so no tables of ours"


def _number(version: str) -> int:
    return int(version) if version.isdigit() else 0
