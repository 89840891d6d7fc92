"""What a lake knows of the catalogues over it: of which states their tables are, so that these stay.

A catalogue is brought level after a publication, perhaps much later, or by somebody else. Until then its
tables name files of an older state, which whoever tidies must not remove.
"""

import json
from collections.abc import Iterable
from urllib.parse import quote, unquote

from nba_mcp_synthesis.errors import SourceError
from nba_mcp_synthesis.lake.store import Store

_FOLDER = "catalogues/"


def noted(store: Store) -> dict[str, frozenset[str]]:
    """The manifests that each catalogue may name, by its name; SourceError where a note is spoilt."""
    found = {}
    for one in store.keys(_FOLDER):
        name = unquote(one.key.removeprefix(_FOLDER).removesuffix(".json"))
        content = store.read(one.key)
        found[name] = _manifests(content, one.key, store.place) if content is not None else frozenset()
    return found


def add(store: Store, catalogue: str, manifests: Iterable[str]) -> bytes:
    """Notes that a catalogue may name these too, before it does; gives the note as it is stored."""
    key = _key(catalogue)
    while True:
        before = store.read(key)
        try:
            known = _manifests(before, key, store.place) if before is not None else frozenset[str]()
        except SourceError:  # a spoilt note is made anew
            known = frozenset()
        content = _written(known | set(manifests))
        if content == before or store.swap(key, content, before):
            return content


def narrow(store: Store, catalogue: str, manifest: str, before: bytes) -> None:
    """Notes that a catalogue names this one alone, unless somebody has changed the note since."""
    content = _written({manifest})
    if content != before:
        store.swap(_key(catalogue), content, before)


def _key(catalogue: str) -> str:
    return f"{_FOLDER}{quote(catalogue, safe='')}.json"


def _written(manifests: Iterable[str]) -> bytes:
    return json.dumps({"manifests": sorted(manifests)}, indent=1).encode()


def _manifests(content: bytes, key: str, place: str) -> frozenset[str]:
    try:
        found = json.loads(content)["manifests"]
        return frozenset(str(one) for one in found)
    except (ValueError, TypeError, KeyError) as error:
        raise SourceError(
            f"{key} in {place} cannot be read.", "Publish again with its Glue database."
        ) from error
