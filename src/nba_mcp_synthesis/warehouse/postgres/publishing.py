"""From a DuckDB file to PostgreSQL and back: what differs is copied, in one transaction.

Every table is told by parts (a season and season type, or a load), and each part by a digest. The digests of
what PostgreSQL holds lie beside it, so that a file tells by itself which parts it would change.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb
from psycopg import errors as pg

from nba_mcp_synthesis.errors import SourceError
from nba_mcp_synthesis.schema.tables import Table, tables
from nba_mcp_synthesis.warehouse import kept, layout, migrations
from nba_mcp_synthesis.warehouse.postgres.tables import INTERNAL, SCHEMA, STAGED
from nba_mcp_synthesis.warehouse.postgres.writing import Session, info, set_info

_BLOCK = 1 << 20
# Quotation marks around every text tell an empty one from a missing one.
_TO_CSV = "(FORMAT csv, HEADER false, NULLSTR '\\N', FORCE_QUOTE ({texts}))"
_FROM_CSV = (
    "(FORMAT csv, HEADER false, NULLSTR '\\N', ALLOW_QUOTED_NULLS false, AUTO_DETECT false, "
    "DELIM ',', QUOTE '\"', ESCAPE '\"')"
)
_CSV = "(FORMAT csv, HEADER false, NULL '\\N'{more})"


class Relation(NamedTuple):
    """A table on both sides: `part` names the part of a row, `inside` says whether a row is in a part."""

    table: Table
    file: str
    server: str
    part: str
    inside: str
    columns: tuple[str, ...]


_PAIRS = "SELECT split_part(p, '/', 1), split_part(p, '/', 2) FROM unnest(%s::text[]) AS p"
_SEASON = ("season || '/' || season_type", f"(season, season_type) IN ({_PAIRS})")
_LOAD = ("load_id::text", "load_id = ANY(%s::integer[])")
_WHOLE = ("''", "'' = ANY(%s::text[])")


def relations() -> Iterator[Relation]:
    """Everything that is copied."""
    for table in tables().values():
        parts = _SEASON if table.has_season else _WHOLE
        yield Relation(table, f"main.{table.name}", f"{SCHEMA}.{table.name}", *parts, table.column_names())
    for table in layout.merged_tables():
        columns = ("load_id", *table.column_names())
        yield Relation(table, f"staged.{table.name}", f"{STAGED}.{table.name}", *_LOAD, columns)


def publish(session: Session, path: Path) -> None:
    """Makes PostgreSQL hold what the file holds; readers see all of it at once, or nothing."""
    with duckdb.connect(str(path), read_only=True) as file, session.transaction():
        for relation in relations():
            _publish(session, file, relation)
        _publish_kept(session, file)
        set_info(session, **_told(file))


def _publish_kept(session: Session, file: duckdb.DuckDBPyConnection) -> None:
    """Never those of before: the same files, read by another version, have the same name and other rows."""
    found = kept.of_file(file)
    session.execute(f"DELETE FROM {INTERNAL}.kept".encode())
    with session.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {INTERNAL}.kept VALUES (%s, %s)".encode(), found)


def fetch(session: Session, path: Path) -> None:
    """Writes what PostgreSQL holds as a file at `path`; nothing where it holds nothing."""
    held = info(session)
    path.unlink(missing_ok=True)
    if not held.get("snapshot"):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.fetched")
    draft.unlink(missing_ok=True)
    with duckdb.connect(str(draft)) as file, session.transaction():
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        layout.create(file)
        for relation in relations():
            _fetch(session, file, relation)
        for name in ("layout_version", "snapshot"):
            migrations.set_info(file, name, held[name])
        kept.write(file)
    draft.replace(path)


def _publish(session: Session, file: duckdb.DuckDBPyConnection, relation: Relation) -> None:
    found, held = _digests(file, relation), _held(session, relation)
    changed = sorted(part for part in found if found[part] != held.get(part))
    gone = sorted(part for part in held if part not in found)
    if changed or gone:
        session.execute(
            f"DELETE FROM {relation.server} WHERE {relation.inside}".encode(), ([*changed, *gone],)
        )
    if changed:
        _copy_to(session, file, relation, changed)
    if changed or gone:
        _note(session, relation, found)
        session.execute(f"ANALYZE {relation.server}".encode())


def _digests(file: duckdb.DuckDBPyConnection, relation: Relation) -> dict[str, str]:
    """The parts of a table in the file: rows in another order have the same digest."""
    columns = ", ".join(relation.columns)
    return dict(
        file.execute(
            f"SELECT {relation.part}, sum(hash({columns})::HUGEINT)::VARCHAR FROM {relation.file} GROUP BY 1"
        ).fetchall()
    )


def _held(session: Session, relation: Relation) -> dict[str, str]:
    """The parts of a table that the server has."""
    query = f"SELECT part, digest FROM {INTERNAL}.parts WHERE relation = %s"
    return dict(session.execute(query.encode(), (relation.server,)).fetchall())


def _note(session: Session, relation: Relation, found: dict[str, str]) -> None:
    session.execute(f"DELETE FROM {INTERNAL}.parts WHERE relation = %s".encode(), (relation.server,))
    with session.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {INTERNAL}.parts VALUES (%s, %s, %s)".encode(),
            [(relation.server, part, digest) for part, digest in found.items()],
        )


def _copy_to(session: Session, file: duckdb.DuckDBPyConnection, relation: Relation, parts: list[str]) -> None:
    names = ", ".join(relation.columns)
    rows = f"SELECT {names} FROM {relation.file} WHERE {relation.part} IN (SELECT unnest(?))"
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "rows.csv"
        options = _TO_CSV.format(texts=", ".join(_texts(relation)))
        file.execute(f"COPY ({rows}) TO '{written}' {options}", [parts])
        into = f"COPY {relation.server} ({names}) FROM STDIN {_CSV.format(more='')}"
        try:
            with session.cursor() as cursor, cursor.copy(into.encode()) as copy, written.open("rb") as lines:
                while block := lines.read(_BLOCK):
                    copy.write(block)
        except pg.CharacterNotInRepertoire:
            raise _not_text(file, relation) from None


def _not_text(file: duckdb.DuckDBPyConnection, relation: Relation) -> SourceError:
    """DuckDB keeps the character NUL in a text, PostgreSQL knows none; says where it is."""
    counts = ", ".join(f"count(*) FILTER (contains({name}, chr(0)))" for name in _texts(relation))
    (found,) = file.execute(f"SELECT {counts} FROM {relation.file}").fetchall()
    places = [f"{name} ({n} rows)" for name, n in zip(_texts(relation), found, strict=True) if n]
    return SourceError(
        f"{relation.table.name} has the character NUL in {', '.join(places) or 'a text'}, and "
        "PostgreSQL keeps no such text.",
        "Remove it from the source files and load them again; what was loaded before is unchanged.",
    )


def _fetch(session: Session, file: duckdb.DuckDBPyConnection, relation: Relation) -> None:
    names = ", ".join(relation.columns)
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "rows.csv"
        options = _CSV.format(
            more=f", FORCE_QUOTE ({', '.join(_texts(relation))})" if _texts(relation) else ""
        )
        rows = f"SELECT {names} FROM {relation.server} ORDER BY {', '.join(relation.table.key)}"
        with (
            written.open("wb") as lines,
            session.cursor() as cursor,
            cursor.copy(f"COPY ({rows}) TO STDOUT {options}".encode()) as copy,
        ):
            for block in copy:
                lines.write(block)
        if written.stat().st_size:
            file.execute(f"COPY {relation.file} ({names}) FROM '{written}' {_FROM_CSV}")


def _texts(relation: Relation) -> list[str]:
    return [column.name for column in relation.table.columns if column.type == "text"]


def _told(file: duckdb.DuckDBPyConnection) -> dict[str, str]:
    told = dict(file.execute("SELECT name, value FROM internal.info").fetchall())
    (newest,) = file.execute("SELECT coalesce(max(game_date)::VARCHAR, '') FROM games").fetchall()[0]
    (simulated,) = file.execute(
        "SELECT coalesce(bool_or(simulated), false) FROM load_history WHERE status = 'loaded'"
    ).fetchall()[0]
    return {**told, "data_as_of": newest, "simulated": str(bool(simulated)).lower()}
