"""Sessions of a login that was changed: work under way finishes in them, and the next work is in new ones."""

import time

import pytest
from psycopg import sql
from sqlalchemy import text

from nba_mcp_synthesis import doors
from nba_mcp_synthesis.connectors.rds import RDSConnector
from nba_mcp_synthesis.state.engines import postgres_engine
from nba_mcp_synthesis.warehouse.limits import Limits
from nba_mcp_synthesis.warehouse.postgres import sessions
from nba_mcp_synthesis.warehouse.postgres.session import Session
from nba_mcp_synthesis.warehouse.postgres.sessions import Sessions
from rotation.ground import Place, Prepare
from secret_ground import Ground

_NAMES = ("RDS_HOST", "RDS_PORT", "RDS_DATABASE", "RDS_USERNAME", "RDS_PASSWORD")


@pytest.fixture
def place(prepared: Prepare) -> Place:
    """A login whose group may read what a warehouse says of itself."""
    found = prepared()
    with found.postgres.connect(found.database) as admin:
        admin.execute("CREATE SCHEMA nba_internal")
        admin.execute("CREATE TABLE nba_internal.info AS SELECT 'snapshot' AS name, 'x' AS value")
        group = sql.Identifier(found.user.replace("app_", "group_"))
        admin.execute(sql.SQL("GRANT USAGE ON SCHEMA nba_internal TO {}").format(group))
        admin.execute(sql.SQL("GRANT SELECT ON nba_internal.info TO {}").format(group))
    return found


def mount(ground: Ground, place: Place) -> None:
    """What AWS has now as mounted files."""
    for name in _NAMES:
        ground.mount(name, place.current()[name])


def role(session: Session) -> str:
    """Who a session is."""
    found = session.execute(b"SELECT current_user::text").fetchone()
    assert found is not None
    return str(found[0])


def test_the_warehouse_logs_in_anew(place: Place, ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within a second of the change; the address names no role, so that it is the secret's."""
    monkeypatch.setattr(sessions, "_LOGIN_SECONDS", 0.05)
    mount(ground, place)
    manager = ground.manager()
    manager.load_secrets_hierarchical("production")
    url = f"postgresql://{place.postgres.host}:{place.postgres.port}/{place.database}?sslmode=disable"
    settings = place.settings(NBA_MCP_WAREHOUSE_URL=url)
    pool = Sessions(doors.warehouse_address(settings, lambda: manager))
    with pool.reading(Limits()) as (under_way, _):
        with pool.reading(Limits()) as (other, _):
            assert (role(under_way), role(other)) == (place.user, place.user)
        place.rotations(even_in_use=True).run()
        mount(ground, place)
        time.sleep(0.1)
        with pool.reading(Limits()) as (fresh, _):
            assert role(fresh) == f"{place.user}_b"
        assert role(under_way) == place.user
    # of clients: the server's own, such as autovacuum, come and go
    query = (
        "SELECT usename::text, count(*) FROM pg_stat_activity "
        "WHERE datname = %s AND backend_type = 'client backend' GROUP BY 1"
    )
    wanted, deadline = {f"{place.user}_b": 1}, time.monotonic() + 10
    with place.postgres.connect() as admin:
        while (found := dict(admin.execute(query, (place.database,)).fetchall())) != wanted:
            assert time.monotonic() < deadline, found  # a backend takes a moment to notice that it was left
            time.sleep(0.05)
    pool.close()


def test_the_state_database_is_logged_in_to_anew(place: Place, ground: Ground) -> None:
    """At the next transaction; one that is under way is not disturbed."""
    mount(ground, place)
    manager = ground.manager()
    manager.load_secrets_hierarchical("production")
    connector = RDSConnector(lambda: doors.rds_login(lambda: manager))
    engine = postgres_engine(connector.connect, connector.login_mark)
    who = text("SELECT current_user::text, count(*) FROM numbers")
    with engine.begin() as under_way:
        assert under_way.execute(who).one() == (place.user, 3)
        place.rotations(even_in_use=True).run()
        mount(ground, place)
        with engine.begin() as fresh:
            assert fresh.execute(who).one() == (f"{place.user}_b", 3)
        assert under_way.execute(who).one() == (place.user, 3)
    with engine.begin() as fresh:
        assert fresh.execute(who).one() == (f"{place.user}_b", 3)
    engine.dispose()
