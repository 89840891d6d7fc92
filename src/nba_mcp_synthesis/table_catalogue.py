"""Every table that can be found: of the warehouse, of the published lake, of the Glue catalogue, once each.

The warehouse has to be there. Lake and Glue may be away: then a sentence says so, and the rest is told.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from nba_mcp_synthesis.errors import NbaMcpError, NoWarehouse
from nba_mcp_synthesis.lake.catalogue_reading import GlueReader, GlueTable
from nba_mcp_synthesis.lake.manifest import Manifest, current
from nba_mcp_synthesis.lake.store import Store
from nba_mcp_synthesis.schema.tables import tables
from nba_mcp_synthesis.warehouse.catalog import (
    ColumnInfo,
    Elsewhere,
    Tables,
    describe_table,
    describe_tables,
    is_own,
    merged,
    unknown,
)
from nba_mcp_synthesis.warehouse.engine import Warehouse

# How long a look at lake and Glue is good for, and one that found a fault; how long somebody waits for one.
_GOOD_SECONDS, _BAD_SECONDS, _WAIT_SECONDS = 60.0, 10.0, 4.0
_SILENT = "The lake and its catalogue do not answer in time: what is told of them is old, or nothing."


@dataclass(frozen=True)
class _Seen:
    """What lake and Glue said, when (monotonic seconds), and what kept one of them from it."""

    at: float
    snapshot: str | None = None
    found: tuple[Elsewhere, ...] = ()
    notes: tuple[str, ...] = ()

    @cached_property
    def name(self) -> str:
        """Another one for other content."""
        told = repr((self.snapshot, self.found, self.notes))
        return hashlib.sha256(told.encode()).hexdigest()[:12]


class TableCatalogue:
    """The tables over one warehouse. Safe to use from several threads."""

    def __init__(self, warehouse: Warehouse, store: Callable[[], Store], glue: GlueReader | None) -> None:
        self._warehouse, self._store, self._glue = warehouse, store, glue
        self._lock = threading.Lock()
        self._looked = threading.Event()  # not set while somebody looks
        self._looked.set()
        self._seen: _Seen | None = None

    def version(self) -> str:
        """Names what is known of lake and Glue; waits a little where that is nothing yet."""
        return self._recent().name

    def known_version(self) -> str | None:
        """The name of what was seen last; has somebody look again where that is old."""
        if self._is_old():
            self._look_again()
        return self._seen.name if self._seen else None

    def every(self) -> Tables:
        """All tables; errors as of `catalog.describe_tables`."""
        own, seen = describe_tables(self._warehouse), self._recent()
        return Tables(merged(own, seen.found), self._notes(seen))

    def one(self, name: str) -> Tables:
        """One table; UnknownName where no place has it, otherwise as `catalog.describe_table`."""
        seen = self._recent()
        elsewhere = [one for one in seen.found if one.name == name]
        if not elsewhere and not is_own(name):
            names = [table.name for table in describe_tables(self._warehouse)]
            raise unknown(name, dict.fromkeys([*names, *(one.name for one in seen.found)]))
        own = [describe_table(self._warehouse, name)] if is_own(name) else []
        return Tables(merged(own, map(self._counted, elsewhere)), self._notes(seen))

    def _counted(self, one: Elsewhere) -> Elsewhere:
        """With its partitions, which Glue is asked for by table."""
        if one.partitions is not None or self._glue is None:
            return one
        try:
            return replace(one, partitions=self._glue.partitions(one.name))
        except NbaMcpError:
            return one  # that nobody told is what None says

    def _notes(self, seen: _Seen) -> tuple[str, ...]:
        held = self._warehouse.state().snapshot
        if seen.snapshot in (None, held):
            return seen.notes
        return (*seen.notes, f"The lake holds another state ({seen.snapshot}) than the warehouse ({held}).")

    def _is_old(self) -> bool:
        seen = self._seen
        if seen is None:
            return True
        return time.monotonic() - seen.at > (_BAD_SECONDS if seen.notes else _GOOD_SECONDS)

    def _recent(self) -> _Seen:
        """What was seen lately; after a short wait what was seen before, and that nothing newer is known."""
        if not self._is_old():
            return self._seen or _Seen(0)
        self._look_again()
        self._looked.wait(_WAIT_SECONDS)
        seen = self._seen or _Seen(0)
        return replace(seen, notes=(*seen.notes, _SILENT)) if self._is_old() else seen

    def _look_again(self) -> None:
        """Starts one look, unless one is under way."""
        with self._lock:
            if self._looked.is_set():
                self._looked.clear()
                threading.Thread(target=self._look, name="catalogue", daemon=True).start()

    def _look(self) -> None:
        try:
            snapshot, published, of_lake = self._lake()
            described, of_glue = self._described()
            found, notes = (*published, *described), (*of_lake, *of_glue)
            self._seen = _Seen(time.monotonic(), snapshot, found, notes)
        finally:
            self._looked.set()

    def _lake(self) -> tuple[str | None, tuple[Elsewhere, ...], tuple[str, ...]]:
        try:
            manifest = current(self._store())
        except NoWarehouse:
            return None, (), ()  # nothing was published: there is nothing to tell
        except NbaMcpError as error:
            return None, (), (f"The lake is not told of: {error.message}",)
        return manifest.about.snapshot, tuple(_published(manifest)), ()

    def _described(self) -> tuple[tuple[Elsewhere, ...], tuple[str, ...]]:
        if self._glue is None:
            return (), ()
        try:
            return tuple(map(_glue_table, self._glue.tables())), ()
        except NbaMcpError as error:
            return (), (f"The Glue catalogue is not told of: {error.message}",)


def _published(manifest: Manifest) -> Iterator[Elsewhere]:
    rows = manifest.rows()
    for name, table in tables().items():
        files = manifest.of("tables", name)
        parts = {file.key.rpartition("/")[0] for file in files if file.season}
        columns = tuple(ColumnInfo(c.name, c.type, c.comment) for c in table.columns)
        if files:
            yield Elsewhere(name, table.comment, columns, rows[name], len(parts), "lake")


def _glue_table(told: GlueTable) -> Elsewhere:
    columns = tuple(ColumnInfo(*column) for column in told.columns)
    partitions = None if told.is_partitioned else 0
    return Elsewhere(told.name, told.comment, columns, told.rows, partitions, "glue")
