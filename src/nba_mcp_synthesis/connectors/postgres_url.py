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
    """The login that an address gives; where it has no password, `password` is asked for one."""

    url: SecretStr
    password: Callable[[], SecretStr | None]

    def parameters(self) -> dict[str, str]:
        """The parameters of libpq. TLS is verified unless the address, or PGSSLMODE, says otherwise."""
        with extra("postgres"):
            from psycopg import ProgrammingError
            from psycopg.conninfo import conninfo_to_dict

        try:
            parsed = conninfo_to_dict(self.url.get_secret_value())
        except ProgrammingError:
            raise SettingsError("The address of PostgreSQL cannot be read.", "It looks like "
                                "postgresql://USER@HOST:5432/DATABASE.") from None  # fmt: skip
        found = {name: str(value) for name, value in parsed.items() if value is not None}
        if "password" not in found and (password := self.password()):
            found["password"] = password.get_secret_value()
        return with_tls(found)


def with_tls(parameters: dict[str, str]) -> dict[str, str]:
    """The parameters with verified TLS where the way leaves this machine and nothing else is said."""
    if _stays_here(parameters) or "sslmode" in parameters or os.environ.get("PGSSLMODE"):
        return parameters
    system = {} if os.environ.get("PGSSLROOTCERT") else {"sslrootcert": "system"}
    return {**system, "sslmode": "verify-full", **parameters}


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
