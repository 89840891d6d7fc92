"""Where a PostgreSQL warehouse is: the connection string, safe by default, and what of it may be shown."""

from collections.abc import Callable
from typing import Any

from psycopg.conninfo import make_conninfo

from nba_mcp_synthesis.connectors.postgres_url import parsed, with_tls

# Asked at every login, so that a changed password or a token of a few minutes is the one that is used.
Address = Callable[[], str]
_CONNECT_SECONDS = 5
_DEFAULTS: dict[str, Any] = {
    "application_name": "nba-mcp",
    "client_encoding": "UTF8",
    "connect_timeout": _CONNECT_SECONDS,
    # A server that is gone without a word is noticed within half a minute.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}


def conninfo(address: Address) -> str:
    """The connection string of now; what it leaves open is filled in: TLS is verified unless it says no."""
    return make_conninfo(**{**_DEFAULTS, **with_tls(parsed(address()))})


def conninfo_to_write(address: Address) -> str:
    """The same, and of several servers the one that may be written."""
    several = "," in parsed(address()).get("host", "")
    return make_conninfo(conninfo(address), **({"target_session_attrs": "read-write"} if several else {}))


def shown(address: Address) -> str:
    """The address without user and password."""
    given = parsed(address())
    hosts, ports = given.get("host", "localhost").split(","), given.get("port", "5432").split(",")
    ports = ports if len(ports) == len(hosts) else ports * len(hosts)
    places = ",".join(f"{host}:{port or 5432}" for host, port in zip(hosts, ports, strict=False))
    return f"postgresql://{places}/{given.get('dbname', '')}"
