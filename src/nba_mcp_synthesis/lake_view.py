"""The lake as callers see it: what is published, and rows of it, bounded."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from nba_mcp_synthesis.lake.browsing import browse
from nba_mcp_synthesis.lake.manifest import Manifest, current
from nba_mcp_synthesis.lake.store import Store
from nba_mcp_synthesis.schema.tables import tables
from nba_mcp_synthesis.shapes import json_rows
from nba_mcp_synthesis.warehouse.lake_engine import Engine
from nba_mcp_synthesis.warehouse.lake_scanning import Scan, scan
from nba_mcp_synthesis.warehouse.limits import Limits


class LakeView:
    """One lake. Each call reads the pointer anew, and sees one published state throughout."""

    def __init__(self, store: Callable[[], Store], limits: Limits, memory_mb: int) -> None:
        self._store, self._limits, self._memory_mb = store, limits, memory_mb

    def browse(self, path: str = "", after: str = "", limit: int = 100) -> dict[str, Any]:
        """A page of a folder, with columns where it is a table's; errors as of `browsing.browse`."""
        manifest = current(self._store())
        found = browse(manifest, path, after, limit)
        return {**asdict(found), **_about(manifest), "columns": _columns(found.path)}

    def read(self, wanted: Scan) -> dict[str, Any]:
        """A page of a table's rows; errors as of `lake_scanning.scan`."""
        store = self._store()
        manifest = current(store)
        found = scan(Engine(store.place, self._memory_mb), manifest, wanted, self._limits)
        result = found.result
        return {
            "columns": list(result.columns),
            "rows": json_rows(result.rows),
            "truncated": result.truncated,
            "next_cursor": found.next_cursor,
            "notes": list(result.notes),
            "sql": result.sql,
            "files": found.files,
            "elapsed_ms": result.elapsed_ms,
            "snapshot": result.snapshot,
            **_about(manifest),
        }

    def rows(
        self, table: str, columns: list[str], where: list[str], limit: int, cursor: str | None
    ) -> dict[str, Any]:
        """The same as `read`, as the tools ask for it."""
        return self.read(Scan(table, tuple(columns), tuple(where), limit, cursor))


def _about(manifest: Manifest) -> dict[str, Any]:
    return {"data_as_of": manifest.about.data_as_of, "simulated": manifest.about.simulated}


def _columns(path: str) -> list[dict[str, str]]:
    table = tables().get(path.partition("/")[2])
    return [asdict(column) for column in table.columns] if table else []
