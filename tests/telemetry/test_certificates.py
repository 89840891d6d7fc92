"""When certificates end, as real TLS servers present them: one that is good, one that ended, none at all."""

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from nba_mcp_synthesis.server.certificates import CertificateWatch
from nba_mcp_synthesis.telemetry.metrics import Metrics
from running import free_port

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)


def certificate(folder: Path, ends: dt.datetime) -> Path:
    """A file with a certificate that ends then, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nba.example.com")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - dt.timedelta(days=400))
        .not_valid_after(ends)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{ends.timestamp():.0f}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@contextmanager
def presented(path: Path) -> Iterator[str]:
    """The address of a server that presents it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with context.wrap_socket(connection, server_side=True) as secured:
                secured.recv(1)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
        thread.join(5)


def told(watch: CertificateWatch, metrics: Metrics) -> float | None:
    """What the metric says after a look."""
    watch.look()
    return metrics.registry.get_sample_value(
        "nba_mcp_certificate_expiry_timestamp_seconds", {"host": "127.0.0.1"}
    )


def test_the_end_is_that_of_the_certificate(tmp_path: Path) -> None:
    """To the second, whether or not a client would trust it; few days are a reason to look."""
    for days, status in ((90, "ok"), (5, "degraded"), (-3, "degraded")):
        ends, metrics = NOW + dt.timedelta(days=days), Metrics()
        with presented(certificate(tmp_path, ends)) as address:
            watch = CertificateWatch([address], metrics)
            assert told(watch, metrics) == ends.timestamp()
        assert watch.health()["status"] == status


def test_an_address_that_does_not_answer_is_told_and_keeps_what_was_seen(tmp_path: Path) -> None:
    """Nothing is invented for it, and nothing raised."""
    metrics = Metrics()
    watch = CertificateWatch([f"https://127.0.0.1:{free_port()}"], metrics)
    assert told(watch, metrics) is None
    assert watch.health()["status"] == "degraded"
    assert watch.health()["failed"] == {"127.0.0.1": "ConnectionRefusedError"}
