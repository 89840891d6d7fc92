"""Three roles: `nba_owner` has the tables, `nba_loader` writes their rows, `nba_reader` reads what is served.

They cannot log in. Whoever may is given one of them: `GRANT nba_reader TO analyst`, and so no password passes
through here.
"""

from collections.abc import Iterator

from nba_mcp_synthesis.schema.tables import tables, views
from nba_mcp_synthesis.warehouse.postgres.address import Address
from nba_mcp_synthesis.warehouse.postgres.tables import INTERNAL, SCHEMA, STAGED
from nba_mcp_synthesis.warehouse.postgres.writing import Session, writing

OWNER, LOADER, READER = ROLES = ("nba_owner", "nba_loader", "nba_reader")
_SCHEMAS = f"{SCHEMA}, {STAGED}, {INTERNAL}"


def make_roles(address: Address) -> None:
    """Makes the roles and gives them their rights; may be run again. Takes an administrator's address.

    Raises:
        WarehouseDown, SourceError: as `writing` says; SourceError where the login is no administrator.
    """
    with writing(address, wait=True) as session, session.transaction():
        for role in ROLES:
            if role not in _there(session):
                session.execute(f"CREATE ROLE {role} NOLOGIN".encode())
        (database, me) = session.execute("SELECT quote_ident(current_database()), current_user").fetchall()[0]
        # Whoever is not named has no way to write here, not even a temporary table.
        session.execute(f"REVOKE CREATE, TEMPORARY ON DATABASE {database} FROM PUBLIC".encode())
        session.execute(b"REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        session.execute(f"GRANT CONNECT ON DATABASE {database} TO {', '.join(ROLES)}".encode())
        session.execute(f"GRANT CREATE, TEMPORARY ON DATABASE {database} TO {OWNER}".encode())
        for statement in (*_ownership(session, me), *grants(session)):
            session.execute(statement.encode())


def grants(session: Session) -> Iterator[str]:
    """What the roles may do with the tables that there are; nothing where there are no roles."""
    schemas = {row[0] for row in session.execute("SELECT nspname::text FROM pg_namespace").fetchall()}
    if not {OWNER, LOADER, READER} <= _there(session) or not {SCHEMA, STAGED, INTERNAL} <= schemas:
        return
    yield f"GRANT USAGE ON SCHEMA {_SCHEMAS} TO {LOADER}"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {_SCHEMAS} TO {LOADER}"
    if session.info.server_version >= 170_000:
        yield f"GRANT MAINTAIN ON ALL TABLES IN SCHEMA {SCHEMA}, {STAGED} TO {LOADER}"
    yield f"GRANT USAGE ON SCHEMA {SCHEMA}, {INTERNAL} TO {READER}"
    served = ", ".join(f"{SCHEMA}.{name}" for name in (*tables(), *views()))
    yield f"GRANT SELECT ON {served}, {INTERNAL}.info, {INTERNAL}.kept TO {READER}"


def _ownership(session: Session, me: str) -> Iterator[str]:
    """Hands the schemas and what is in them to the owner, where somebody else made them."""
    yield f'GRANT {OWNER} TO "{me}"'
    found = session.execute(
        "SELECT n.nspname::text, c.relname::text, c.relkind::text FROM pg_class c "
        "JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname IN ('nba', 'nba_staged', 'nba_internal') AND c.relkind IN ('r', 'v')"
    ).fetchall()
    for schema in sorted({row[0] for row in found}):
        yield f"ALTER SCHEMA {schema} OWNER TO {OWNER}"
    for schema, name, kind in found:
        yield f"ALTER {'VIEW' if kind == 'v' else 'TABLE'} {schema}.{name} OWNER TO {OWNER}"


def _there(session: Session) -> set[str]:
    return {row[0] for row in session.execute("SELECT rolname::text FROM pg_roles").fetchall()}
