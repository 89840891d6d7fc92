"""Where a PostgreSQL warehouse is: the connection string, safe by default, and what of it may be shown."""

import os
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from nba_mcp_synthesis.errors import SettingsError

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
    given = _parsed(address())
    filled = {**_DEFAULTS, **given}
    hosts = str(given.get("host", "")).split(",")
    if not all(host.startswith("/") for host in hosts):  # a socket on this machine has no TLS
        filled.setdefault("sslmode", os.environ.get("PGSSLMODE", "verify-full"))
        if filled["sslmode"] == "verify-full" and "PGSSLROOTCERT" not in os.environ:
            filled.setdefault("sslrootcert", "system")
    return make_conninfo(**filled)


def shown(address: Address) -> str:
    """The address without user and password."""
    given = _parsed(address())
    host, port = given.get("host", "localhost"), given.get("port", 5432)
    return f"postgresql://{host}:{port}/{given.get('dbname', '')}"


def _parsed(text: str) -> dict[str, Any]:
    try:
        return conninfo_to_dict(text)
    except psycopg.ProgrammingError:  # its words quote the string, password and all
        raise SettingsError(
            "The address of the warehouse cannot be read as postgresql://USER:PASSWORD@HOST:PORT/DATABASE.",
            "Signs such as / and @ in a password are written as %2F and %40.",
        ) from None
