"""A PostgreSQL that an address names: postgresql://USER[:PASSWORD]@HOST[:PORT]/DATABASE[?PARAMETER=VALUE…]."""

import ipaddress
import os
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import SecretStr

from nba_mcp_synthesis.errors import SettingsError
from nba_mcp_synthesis.extras import extra


@dataclass(frozen=True, slots=True, repr=False)
class URLLogin:
    """The login that an address gives; where it has no password, `password` and `user` are asked."""

    url: SecretStr
    password: Callable[[], SecretStr | None]
    user: Callable[[], SecretStr | None] = lambda: None

    def parameters(self) -> dict[str, str]:
        """The parameters of libpq. TLS is verified unless the address, or PGSSLMODE, says otherwise."""
        found = parsed(self.url.get_secret_value())
        if "password" not in found:
            user, password = self._held()
            if password:
                found["password"] = password.get_secret_value()
                found |= {"user": user.get_secret_value()} if user else {}
        return with_tls(found)

    def _held(self) -> tuple[SecretStr | None, SecretStr | None]:
        """Role and password, read until twice the same: separate files that change at one stroke."""
        held = (self.user(), self.password())
        for _ in range(3):
            before, held = held, (self.user(), self.password())
            if held == before:
                break
        return held


def parsed(address: str) -> dict[str, str]:
    """The parameters of libpq that an address gives; SettingsError where it cannot be read."""
    with extra("postgres"):
        from psycopg import ProgrammingError
        from psycopg.conninfo import conninfo_to_dict

    try:
        found = conninfo_to_dict(address)
    except ProgrammingError:  # its words quote the address, password and all
        raise SettingsError(
            "An address of PostgreSQL cannot be read as postgresql://USER:PASSWORD@HOST:PORT/DATABASE.",
            "Signs such as / and @ in a password are written as %2F and %40.",
        ) from None
    return {name: str(value) for name, value in found.items() if value is not None}


def with_tls(parameters: dict[str, str]) -> dict[str, str]:
    """The parameters with verified TLS where the way leaves this machine and nothing else is said."""
    said = parameters.get("sslmode") or os.environ.get("PGSSLMODE")
    mode = said or ("" if _stays_here(parameters) else "verify-full")
    if mode != "verify-full":
        return parameters
    system = {} if os.environ.get("PGSSLROOTCERT") else {"sslrootcert": "system"}
    return {**system, "sslmode": mode, **parameters}


def _stays_here(parameters: dict[str, str]) -> bool:
    """Whether nothing can lead elsewhere: an address, a service, a variable, or one of several hosts."""
    if {"hostaddr", "service"} & parameters.keys() or os.environ.get("PGSERVICE"):
        return False
    hosts = parameters.get("host") or os.environ.get("PGHOST", "")
    return not os.environ.get("PGHOSTADDR") and all(_is_here(host) for host in hosts.split(","))


def _is_here(host: str) -> bool:
    """Whether the way there leaves this machine: not by a socket, and not over loopback."""
    if not host or host.startswith("/") or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
