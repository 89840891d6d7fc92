"""The lake as callers see it: what is published, and rows of it, bounded."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.facts import Result
from nba_mcp_synthesis.lake.browsing import browse
from nba_mcp_synthesis.lake.manifest import Manifest, current
from nba_mcp_synthesis.lake.store import Store
from nba_mcp_synthesis.schema.tables import tables
from nba_mcp_synthesis.shapes import json_rows
from nba_mcp_synthesis.warehouse.cautions import Cautions
from nba_mcp_synthesis.warehouse.engine import Warehouse
from nba_mcp_synthesis.warehouse.lake_engine import Engine
from nba_mcp_synthesis.warehouse.lake_scanning import Scan, scan

_UNCHECKED = (
    "The warehouse holds another state than the lake: games that its checks doubt, and what is not complete, "
    "are not told here."
)


class LakeView:
    """One lake. Each call reads the pointer anew, and sees one published state throughout."""

    def __init__(
        self, store: Callable[[], Store], warehouse: Warehouse, cautions: Cautions, memory_mb: int
    ) -> None:
        self._store, self._warehouse, self._cautions = store, warehouse, cautions
        self._memory_mb = memory_mb

    def browse(self, path: str = "", after: str = "", limit: int = 100) -> dict[str, Any]:
        """A page of a folder, with columns where it is a table's; errors as of `browsing.browse`."""
        manifest = current(self._store())
        found = browse(manifest, path, after, limit)
        return {**asdict(found), **_about(manifest), "columns": _columns(found.path)}

    def read(
        self, table: str, columns: Sequence[str], where: Sequence[str], limit: int, cursor: str | None
    ) -> dict[str, Any]:
        """A page of a table's rows; errors as of `lake_scanning.scan`."""
        store = self._store()
        manifest = current(store)
        wanted = Scan(table, tuple(columns), tuple(where), limit, cursor)
        found = scan(Engine(store.place, self._memory_mb), manifest, wanted, self._warehouse.limits)
        result = found.result
        return {
            "columns": list(result.columns),
            "rows": json_rows(result.rows),
            "truncated": result.truncated,
            "next_cursor": found.next_cursor,
            "notes": [*result.notes, *self._beware(result)],
            "sql": result.sql,
            "files": found.files,
            "elapsed_ms": result.elapsed_ms,
            "snapshot": result.snapshot,
            **_about(manifest),
        }

    def _beware(self, result: Result) -> tuple[str, ...]:
        """What the warehouse's checks say of the rows, where it holds the state that was published."""
        try:
            if self._warehouse.state().snapshot == result.snapshot:
                return self._cautions.of(result.sql)
        except NbaMcpError:
            pass  # without a warehouse nobody can tell either
        return (_UNCHECKED,)


def _about(manifest: Manifest) -> dict[str, Any]:
    return {"data_as_of": manifest.about.data_as_of, "simulated": manifest.about.simulated}


def _columns(path: str) -> list[dict[str, str]]:
    table = tables().get(path.partition("/")[2])
    return [asdict(column) for column in table.columns] if table else []
