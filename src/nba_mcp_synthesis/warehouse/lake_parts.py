"""A warehouse file as the partitions of a lake, and back."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import duckdb
import pyarrow as pa

from nba_mcp_synthesis.errors import NoWarehouse, SourceError, UsageError
from nba_mcp_synthesis.lake import parquet
from nba_mcp_synthesis.lake.manifest import About, File, Kind, Manifest
from nba_mcp_synthesis.lake.publishing import Part
from nba_mcp_synthesis.lake.store import Store
from nba_mcp_synthesis.schema.arrow import ARROW_TYPES
from nba_mcp_synthesis.schema.tables import Table, tables
from nba_mcp_synthesis.warehouse import layout, migrations

_PARTITION = ("season", "season_type")
_AHEAD = 4  # files that are fetched before their turn


def about(connection: duckdb.DuckDBPyConnection) -> About:
    """What the state in a warehouse file is called; NoWarehouse where nothing has been loaded."""
    told = dict(connection.execute("SELECT name, value FROM internal.info").fetchall())
    (newest,) = connection.execute("SELECT max(game_date)::VARCHAR FROM games").fetchall()[0]
    (simulated,) = connection.execute(
        "SELECT coalesce(bool_or(simulated), false) FROM load_history WHERE status = 'loaded'"
    ).fetchall()[0]
    if not told.get("snapshot"):
        raise NoWarehouse("Nothing has been loaded that could be published.", "Load data first.")
    return About(told["snapshot"], int(told["layout_version"]), newest, bool(simulated))


def parts_of(connection: duckdb.DuckDBPyConnection) -> Iterator[Part]:
    """Every partition of every table, and of what each source gave."""
    for kind, table in _relations():
        for season, season_type in _partitions(connection, kind, table):
            yield Part(
                kind, table.name, season, season_type, _rows(connection, kind, table, season, season_type)
            )


def count_parts(connection: duckdb.DuckDBPyConnection) -> int:
    """How many there are."""
    return sum(len(_partitions(connection, kind, table)) for kind, table in _relations())


def restore(connection: duckdb.DuckDBPyConnection, store: Store, manifest: Manifest) -> Iterator[File]:
    """Fills an empty warehouse with a published state, file by file.

    Raises:
        SourceError: a file is missing, or is not as it was published.
        UsageError: the state was published by a newer version of this program.
        LakeDown: the lake does not answer.
    """
    if manifest.about.layout_version != layout.LAYOUT_VERSION:
        raise UsageError(
            f"The lake has layout {manifest.about.layout_version}; this program writes "
            f"{layout.LAYOUT_VERSION}.",
            "Publish again with this version, or use the version that published it.",
        )
    for file, rows in _contents(store, manifest.files):
        _insert(connection, file, rows)
        yield file
    migrations.set_info(connection, "snapshot", manifest.about.snapshot)


def _contents(store: Store, files: Sequence[File]) -> Iterator[tuple[File, pa.Table]]:
    """The files in their order, the next ones fetched and checked while one is used."""
    threads = ThreadPoolExecutor(_AHEAD)
    try:
        fetched = ((file, threads.submit(_content, store, file)) for file in files)
        coming = deque(islice(fetched, _AHEAD))
        while coming:
            file, rows = coming.popleft()
            found = rows.result()
            coming.extend(islice(fetched, 1))
            yield file, found
    finally:
        threads.shutdown(cancel_futures=True)


def _content(store: Store, file: File) -> pa.Table:
    content = store.read(file.key)
    name = f"{file.key} in {store.place}"
    if content is None:
        raise SourceError(f"{name} is missing.", "Publish again from a warehouse that is sound.")
    return parquet.read(content, file.sha256, file.rows, name)


def _insert(connection: duckdb.DuckDBPyConnection, file: File, rows: pa.Table) -> None:
    known = [name for name, table in _named().items() if name == (file.kind, file.table) and table]
    if not known:
        raise SourceError(f"{file.key} is of no table that this version knows.", "Update nba-mcp-synthesis.")
    for name, value in zip(_PARTITION, (file.season, file.season_type), strict=True):
        if value is not None:
            rows = rows.append_column(name, pa.array([value] * rows.num_rows, pa.string()))
    connection.register("lake_rows", rows)
    try:
        connection.execute(f"INSERT INTO {_place(file.kind, file.table)} BY NAME SELECT * FROM lake_rows")
    except duckdb.Error as error:
        raise SourceError(f"{file.key} does not fit its table: {str(error).splitlines()[0]}") from error
    finally:
        connection.unregister("lake_rows")


def _relations() -> Iterator[tuple[Kind, Table]]:
    yield from (("tables", table) for table in tables().values())
    yield from (("staged", table) for table in layout.merged_tables())


def _named() -> dict[tuple[str, str], Table]:
    return {(kind, table.name): table for kind, table in _relations()}


def _place(kind: Kind, table: str) -> str:
    return f"{'main' if kind == 'tables' else 'staged'}.{table}"


def _partitions(
    connection: duckdb.DuckDBPyConnection, kind: Kind, table: Table
) -> list[tuple[str | None, str | None]]:
    if not table.has_season:
        return [(None, None)]
    query = f"SELECT DISTINCT season, season_type FROM {_place(kind, table.name)} ORDER BY ALL"
    return connection.execute(query).fetchall()


def _rows(
    connection: duckdb.DuckDBPyConnection,
    kind: Kind,
    table: Table,
    season: str | None,
    season_type: str | None,
) -> pa.Table:
    schema = schema_of(kind, table)
    where = "" if season is None else "WHERE season = ? AND season_type = ?"
    values = [] if season is None else [season, season_type]
    # by all columns in the end, so that the same rows are the same bytes
    order = ", ".join(dict.fromkeys((*table.key, *schema.names)))
    found = connection.execute(
        f"SELECT {', '.join(schema.names)} FROM {_place(kind, table.name)} {where} ORDER BY {order}", values
    )
    return found.to_arrow_table().combine_chunks().cast(schema)


def schema_of(kind: Kind, table: Table) -> pa.Schema:
    """Columns of the files of a table, with their comments; those that partition it are in its folders."""
    columns = [c for c in table.columns if not (table.has_season and c.name in _PARTITION)]
    fields = [pa.field(c.name, ARROW_TYPES[c.type], metadata={"comment": c.comment}) for c in columns]
    load = [pa.field("load_id", pa.int32(), metadata={"comment": "The load that the row came with."})]
    return pa.schema([*(load if kind == "staged" else []), *fields], metadata={"comment": table.comment})


def open_file(path: Path) -> duckdb.DuckDBPyConnection:
    """A warehouse file to read from; NoWarehouse, WarehouseOutdated where it is none of today's."""
    if not path.exists():
        raise NoWarehouse(f"There is no warehouse at {path}.", "Load data first: `nba-mcp data load FOLDER`.")
    connection = duckdb.connect(str(path), read_only=True)
    try:
        migrations.check(migrations.version_of(connection), path)
    except BaseException:
        connection.close()
        raise
    return connection
