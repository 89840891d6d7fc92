"""An issuer of tokens for tests: real keys behind a real HTTP server on loopback.

At the wire formats of OpenID Connect Discovery and RFC 7517; which keys it shows, and whether it answers, can
be changed.
"""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

AUDIENCE = "https://nba.example.com/mcp"


@dataclass
class Signer:
    """A private key that signs, under an id."""

    kid: str
    algorithm: str = "RS256"
    private: Any = None

    def __post_init__(self) -> None:
        if self.private is None:
            self.private = (
                ec.generate_private_key(ec.SECP256R1())
                if self.algorithm == "ES256"
                else rsa.generate_private_key(65_537, 2_048)
            )

    def jwk(self) -> dict[str, Any]:
        """The public half."""
        kind = ECAlgorithm if self.algorithm == "ES256" else RSAAlgorithm
        public: dict[str, Any] = kind.to_jwk(self.private.public_key(), as_dict=True)
        return {**public, "kid": self.kid, "use": "sig", "alg": self.algorithm}


@dataclass
class Issuer:
    """A running issuer."""

    url: str = ""
    signers: list[Signer] = field(default_factory=lambda: [Signer("one")])
    documents: dict[str, Any] = field(default_factory=dict)
    away: bool = False
    asked: list[str] = field(default_factory=list)

    @property
    def jwks_url(self) -> str:
        """Where its keys are."""
        return f"{self.url}/keys"

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Those of a token in order; None leaves one out."""
        now = int(time.time())
        usual = {"iss": self.url, "aud": AUDIENCE, "sub": "ana", "iat": now, "exp": now + 600}
        return {k: v for k, v in {**usual, "scope": "nba:read", **changes}.items() if v is not None}

    def token(self, signer: Signer | None = None, head: dict[str, Any] | None = None, **changes: Any) -> str:
        """A token, signed by the first of its keys or another."""
        by = signer or self.signers[0]
        headers = {"kid": by.kid, **(head or {})}
        return jwt.encode(self.claims(**changes), by.private, by.algorithm, headers)

    def document(self, path: str) -> Any:
        """What is at a path."""
        usual = {
            "/.well-known/openid-configuration": {"issuer": self.url, "jwks_uri": self.jwks_url},
            "/keys": {"keys": [signer.jwk() for signer in self.signers]},
        }
        return {**usual, **self.documents}.get(path)


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """An issuer with one RSA key."""
    yield from running_issuer()


@pytest.fixture(scope="module")
def lasting_issuer() -> Iterator[Issuer]:
    """The same for all tests of a module."""
    yield from running_issuer()


def running_issuer() -> Iterator[Issuer]:
    """Serves until the end."""
    issuer = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.asked.append(self.path)
            found = None if issuer.away else issuer.document(self.path)
            raw = found if isinstance(found, bytes) else json.dumps(found).encode()
            self.send_response(503 if issuer.away else 404 if found is None else 200)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the base has it
            """Nothing: the test's output is its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield issuer
    server.shutdown()
    server.server_close()
