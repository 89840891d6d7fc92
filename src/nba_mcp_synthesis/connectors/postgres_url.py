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
        if not _is_here(found.get("host", "")):
            _verify(found)
        return found


def _verify(parameters: dict[str, str]) -> None:
    if "sslmode" not in parameters and not os.environ.get("PGSSLMODE"):
        parameters["sslmode"] = "verify-full"
        if "sslrootcert" not in parameters and not os.environ.get("PGSSLROOTCERT"):
            parameters["sslrootcert"] = "system"


def _is_here(host: str) -> bool:
    """Whether the way there leaves this machine: not by a socket, and not over loopback."""
    if not host or host.startswith("/") or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
