"""Loading into PostgreSQL: a file beside is made as ever, then what it changes is published.

The file is only a workshop. It is made anew from PostgreSQL whenever it holds another state, so that
losing it, or loading from another machine, loses nothing.
"""

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path

import duckdb

from nba_mcp_synthesis.warehouse import layout, migrations
from nba_mcp_synthesis.warehouse.loading import migrate as migrate_file
from nba_mcp_synthesis.warehouse.postgres import publishing, tables
from nba_mcp_synthesis.warehouse.postgres.address import Address, shown
from nba_mcp_synthesis.warehouse.postgres.migrating import make_tables
from nba_mcp_synthesis.warehouse.postgres.writing import Session, info, opened, writing


@contextlib.contextmanager
def workshop(address: Address, home: Path) -> Iterator[Path]:
    """The file to load into, as the warehouse is now; what it becomes is published when the block ends well.

    Raises:
        Busy: another process is loading.
        WarehouseDown, WarehouseOutdated, SourceError: as `writing` and `make_tables` say.
    """
    with writing(address) as session, _workshop(session, shown(address), home) as path:
        yield path


def migrate(address: Address, home: Path) -> None:
    """Brings tables and rows to today's layout.

    Any number of processes may do so at once, beside a load: where nothing is to do they only look, and
    otherwise the first one does it and the others wait.

    Raises:
        WarehouseDown, WarehouseOutdated, SourceError: as `writing` and `make_tables` say.
    """
    with opened(address) as session:
        if _is_current(session):
            return
    with writing(address, wait=True) as session:
        make_tables(session, shown(address))
        if not _is_current(session):
            with _workshop(session, shown(address), home) as path:
                migrate_file(path)


def _is_current(session: Session) -> bool:
    told = info(session)
    made = told.get("tables") == tables.digest()
    # rows that there are not need not be brought anywhere
    return made and (not told.get("snapshot") or int(told["layout_version"]) >= layout.LAYOUT_VERSION)


@contextlib.contextmanager
def _workshop(session: Session, place: str, home: Path) -> Iterator[Path]:
    path = home / "workshop" / f"{hashlib.sha256(place.encode()).hexdigest()[:12]}.duckdb"
    make_tables(session, place)
    if _state_of(path) != _held(info(session)):
        publishing.fetch(session, path)
    yield path
    if path.exists():
        publishing.publish(session, path)


def _held(told: dict[str, str]) -> tuple[str, str] | None:
    return (told["layout_version"], told["snapshot"]) if told.get("snapshot") else None


def _state_of(path: Path) -> tuple[str, str] | None:
    """(layout, snapshot) of a file; None where it cannot be read as one of ours."""
    try:
        with duckdb.connect(str(path), read_only=True) as file:
            told = dict(file.execute("SELECT name, value FROM internal.info").fetchall())
            return str(migrations.version_of(file)), told.get("snapshot", "")
    except duckdb.Error:
        return None
