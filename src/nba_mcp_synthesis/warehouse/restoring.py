"""A warehouse file made anew from what a lake holds."""

from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.lake.manifest import POINTER, Manifest
from nba_mcp_synthesis.lake.store import S3, Store
from nba_mcp_synthesis.warehouse import lake_parts
from nba_mcp_synthesis.warehouse.building import next_state


def is_lake(path: str) -> bool:
    """Whether a path given for loading is a lake, and no folder of source files."""
    return path.startswith(S3) or (Path(path).expanduser() / POINTER).is_file()


def restore(
    store: Store,
    manifest: Manifest,
    path: Path,
    on_file: Callable[[int], None] = lambda _: None,
    *,
    replace: bool = False,
) -> None:
    """Makes the warehouse at `path` as the manifest has it; readers see all of it at once, or nothing.

    Raises:
        UsageError: the warehouse holds another state, and `replace` does not say that it may go.
        SourceError, LakeDown, Busy: as `lake_parts.restore` and `next_state` say.
    """
    permit = partial(_refuse_other, store=store, manifest=manifest)
    with next_state(path, fresh=True, permit=(lambda _: None) if replace else permit) as connection:
        for done, _ in enumerate(lake_parts.restore(connection, store, manifest), start=1):
            on_file(done)


def _refuse_other(path: Path, store: Store, manifest: Manifest) -> None:
    if not path.exists():
        return
    with closing(lake_parts.open_file(path)) as connection:
        held = lake_parts.about(connection).snapshot
    if held != manifest.about.snapshot:
        raise UsageError(
            f"The warehouse holds {held}, and {store.place} holds {manifest.about.snapshot}: "
            "it would be replaced.",
            "Say --replace if nothing in it is needed any more.",
        )
