"""The tables in PostgreSQL, made or brought to today's layout: once, however many try at the same time."""

from nba_mcp_synthesis.errors import WarehouseOutdated
from nba_mcp_synthesis.warehouse import layout, migrations
from nba_mcp_synthesis.warehouse.postgres import tables
from nba_mcp_synthesis.warehouse.postgres.address import Address, shown
from nba_mcp_synthesis.warehouse.postgres.roles import grants
from nba_mcp_synthesis.warehouse.postgres.writing import Session, info, set_info, writing

_OLDEST_SERVER = 150_000
# Texts are compared by their code points, as in DuckDB; with the cases of all letters where they can be had.
_COLLATIONS = """SELECT collname FROM pg_collation
WHERE collname IN ('pg_c_utf8', 'C.utf8', 'C') AND collencoding IN (-1, pg_char_to_encoding('UTF8'))
ORDER BY collname = 'pg_c_utf8' DESC, collname = 'C.utf8' DESC LIMIT 1"""


def migrate(address: Address) -> None:
    """Makes what is not there yet, in one transaction; rows stay as they are.

    Raises:
        WarehouseOutdated: the warehouse was written by a newer version, or the server is too old.
        WarehouseDown, SourceError: as `writing` says.
    """
    with writing(address, wait=True) as session:
        make_tables(session, shown(address))


def make_tables(session: Session, place: str) -> None:
    """The same in a session that holds the lock; nothing is touched where there is nothing to do."""
    known = info(session)
    if known.get("tables") == tables.digest():
        return
    _check(session, known, place)
    (collation,) = session.execute(_COLLATIONS).fetchall()[0]
    with session.transaction():
        session.execute(b"SET LOCAL search_path = nba")
        for statement in tables.statements(f'pg_catalog."{collation}"'):
            session.execute(statement.encode())
        if known.get("views") != tables.views_digest():
            for _, statement in tables.view_statements():
                session.execute(statement.encode())
        for statement in grants(session):
            session.execute(statement.encode())
        set_info(session, views=tables.views_digest(), tables=tables.digest())
        if not known.get("layout_version"):
            set_info(session, layout_version=str(layout.LAYOUT_VERSION))


def _check(session: Session, known: dict[str, str], place: str) -> None:
    if session.info.server_version < _OLDEST_SERVER:
        raise WarehouseOutdated(
            f"The server at {place} is PostgreSQL {session.info.server_version // 10_000}.",
            "PostgreSQL 15 or newer is needed.",
        )
    if known.get("layout_version"):
        migrations.check_known(int(known["layout_version"]), place)
