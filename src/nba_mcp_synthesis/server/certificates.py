"""When the certificates of the addresses end that people reach the server by: looked at every hour.

Whatever the address presents is read, also what no client would trust any more: that is when it matters.
"""

import socket
import ssl
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509

from nba_mcp_synthesis.server.watches import Watch
from nba_mcp_synthesis.telemetry.logs import get_logger
from nba_mcp_synthesis.telemetry.metrics import Metrics

_EVERY_SECONDS, _TIMEOUT_SECONDS = 3_600.0, 5.0
_DAY = 86_400.0
# Certificates are renewed a month before they end; half of that is left to those who have to look.
_SOON_SECONDS = 14 * _DAY


class CertificateWatch(Watch):
    """Looks at the certificates of `addresses` (https://HOST[:PORT]) in a thread of its own."""

    name = "certificates"

    def __init__(self, addresses: Sequence[str], metrics: Metrics, seconds: float = _EVERY_SECONDS) -> None:
        super().__init__(seconds)
        self._places = [(parts.hostname or "", parts.port or 443) for parts in map(urlsplit, addresses)]
        self._metrics = metrics
        self._ends: dict[str, float] = {}
        self._faults: dict[str, str] = {}

    def health(self) -> dict[str, Any]:
        """Days that are left of each; degraded where few are, or where an address could not be looked at."""
        left = {host: round((ends - time.time()) / _DAY, 1) for host, ends in self._ends.items()}
        soon = any(days * _DAY < _SOON_SECONDS for days in left.values())
        status = "degraded" if soon or self._faults else "ok"
        return {"status": status, "days_left": left} | (
            {"failed": dict(self._faults)} if self._faults else {}
        )

    def look(self) -> None:
        """Looks now; waits some seconds for each address at the most."""
        for host, port in self._places:
            try:
                ends = end_of(host, port)
            except (OSError, ValueError) as error:
                self._fail(host, type(error).__name__)
            else:
                self._faults.pop(host, None)
                self._ends[host] = ends
                self._metrics.certificate_expiry.labels(host).set(ends)

    def _fail(self, host: str, fault: str) -> None:
        """What was last seen stays; a fault is told once."""
        if self._faults.get(host) != fault:
            get_logger().warning("certificates", host=host, failed="reading the certificate", reason=fault)
        self._faults[host] = fault


def end_of(host: str, port: int) -> float:
    """When the certificate that an address presents ends (Unix time); OSError, ValueError for none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection((host, port), _TIMEOUT_SECONDS) as connection,
        context.wrap_socket(connection, server_hostname=host) as secured,
    ):
        presented = secured.getpeercert(binary_form=True)
    if presented is None:
        raise ValueError(host)
    return x509.load_der_x509_certificate(presented).not_valid_after_utc.timestamp()
