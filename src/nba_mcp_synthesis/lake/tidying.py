"""Removing what nobody reads any more: what no state names that is in force, was before, or is catalogued."""

from datetime import UTC, datetime, timedelta

from nba_mcp_synthesis.errors import SourceError
from nba_mcp_synthesis.lake.manifest import manifest_of
from nba_mcp_synthesis.lake.noted import noted
from nba_mcp_synthesis.lake.store import Store, Stored

# What no manifest names is removed when it is older: another publication may be on its way.
ORPHAN_AGE = timedelta(hours=1)


def tidy(store: Store, *states: str | None) -> int:
    """Removes old files that neither these states nor catalogued ones name; how many. Readers of them go on.

    The manifest of a state goes before its files do: who finds the manifest has the files.
    """
    before = datetime.now(UTC) - ORPHAN_AGE
    manifests = store.keys("manifests/")
    try:
        kept = {*states, *(key for keys in noted(store).values() for key in keys)}
        gone = [one.key for one in manifests if one.key not in kept and one.at < before]
        files = _named(store, [one for one in manifests if one.key not in gone])
    except SourceError:  # nobody knows what is still read: the next publication may
        return 0
    stored = [one for prefix in ("tables/", "staged/") for one in store.keys(prefix)]
    orphans = [one.key for one in stored if one.key not in files and one.at < before]
    for keys in (gone, orphans):
        if keys:
            store.delete(keys)
    return len(gone) + len(orphans)


def _named(store: Store, manifests: list[Stored]) -> set[str]:
    """The files of all these states; SourceError where one cannot be read."""
    found: set[str] = set()
    for one in manifests:
        content = store.read(one.key)
        if content is not None:
            found |= {file.key for file in manifest_of(content, store.place, one.key).files}
    return found
