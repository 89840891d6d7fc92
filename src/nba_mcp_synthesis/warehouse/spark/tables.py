"""The tables of one published state as views of a Spark session: the files of its manifest, and no others."""

import hashlib
from pathlib import Path
from typing import Any

from nba_mcp_synthesis.lake.catalogue import PARTITION, staged_name
from nba_mcp_synthesis.lake.manifest import File, Kind, Manifest
from nba_mcp_synthesis.lake.store import S3, checked_key
from nba_mcp_synthesis.schema.tables import ColumnType, Table, tables

_TYPES: dict[ColumnType, str] = {
    "text": "STRING",
    "integer": "INT",
    "bigint": "BIGINT",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP_NTZ",
}


class Views:
    """The views of one state; each is made when a query first names it."""

    def __init__(self, place: str, manifest: Manifest) -> None:
        self._root = root_of(place)
        self._manifest = manifest
        digest = hashlib.sha256(manifest.key.encode()).hexdigest()[:16]
        self._prefix = f"nba_{digest}"
        self.made: dict[str, str] = {}

    @property
    def key(self) -> str:
        """The state that they are of."""
        return self._manifest.key

    def make(self, session: Any, name: str) -> str:
        """What the view of a table is called in the session; the caller holds a lock."""
        if name not in self.made:
            view = f"{self._prefix}_{name}"
            self._frame(session, name).createOrReplaceTempView(view)
            self.made[name] = view
        return self.made[name]

    def drop(self, session: Any) -> None:
        """Forgets all of them."""
        for view in self.made.values():
            session.catalog.dropTempView(view)
        self.made.clear()

    def _frame(self, session: Any, name: str) -> Any:
        kind, table = _table(name)
        schema, files = ddl(kind, table), self._manifest.of(kind, table.name)
        if not files:
            return session.createDataFrame([], schema)
        base = f"{self._root}/{kind}/{table.name}"
        reader = session.read.schema(schema).option("basePath", base)
        found = reader.parquet(*(self._path(file) for file in files))
        return found.select(*(["load_id"] if kind == "staged" else []), *table.column_names())

    def _path(self, file: File) -> str:
        return f"{self._root}/{checked_key(file.key)}"


def root_of(place: str) -> str:
    """A lake's root by the name that Spark's own file systems have for it."""
    if place.startswith(S3):
        return f"s3a://{place.removeprefix(S3).rstrip('/')}"
    return f"file:{Path(place).expanduser().resolve()}"


def ddl(kind: Kind, table: Table) -> str:
    """The columns of a table, those that partition it last, as Spark writes them."""
    own = [c for c in table.columns if not (table.has_season and c.name in PARTITION)]
    listed = [f"`{c.name}` {_TYPES[c.type]}" for c in own]
    load = ["`load_id` INT"] if kind == "staged" else []
    seasons = [f"`{name}` STRING" for name in PARTITION] if table.has_season else []
    return ", ".join([*load, *listed, *seasons])


def _table(name: str) -> tuple[Kind, Table]:
    prefix = staged_name("")
    if name.startswith(prefix):
        return "staged", tables()[name.removeprefix(prefix)]
    return "tables", tables()[name]
