"""Callers by the tokens of an OAuth 2.1 issuer: signed with one of its keys, for this server, in their time.

A token that was verified is good for some minutes without being looked at again, and never beyond its end.
Tokens are for this server alone: none is handed on.
"""

import hmac
import secrets
from time import time
from typing import Any

import jwt

from nba_mcp_synthesis.errors import NotAuthenticated
from nba_mcp_synthesis.facts import Caller
from nba_mcp_synthesis.server.access.jwks import KeySet
from nba_mcp_synthesis.server.access.kept import Kept
from nba_mcp_synthesis.server.access.scopes import SCOPES
from nba_mcp_synthesis.telemetry.logs import get_logger

# Public keys only: with a secret in common, whoever can check a token could make one.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
LEEWAY_SECONDS = 30
REMEMBERED_SECONDS = 300
_REMEMBERED = 10_000
_TYPES = frozenset({"", "jwt", "at+jwt", "application/at+jwt"})  # not those of logouts and of proofs
_CLAIMS = ["exp", "iat", "iss", "aud", "sub"]
_OPTIONS: Any = {"require": _CLAIMS, "enforce_minimum_key_length": True}
# The first that fits names what is wrong.
_REASONS: tuple[tuple[type[Exception], str, str], ...] = (
    (jwt.ExpiredSignatureError, "expired", "The token has expired."),
    (jwt.ImmatureSignatureError, "not_yet_valid", "The token is not valid yet."),
    (jwt.InvalidAudienceError, "wrong_audience", "The token is not meant for this server."),
    (jwt.InvalidIssuerError, "wrong_issuer", "The token is from another issuer."),
    (jwt.MissingRequiredClaimError, "missing_claim", f"A token needs the claims {', '.join(_CLAIMS)}."),
    (jwt.InvalidAlgorithmError, "wrong_algorithm", "The token is signed in a way that is not accepted."),
    (jwt.InvalidSignatureError, "wrong_signature", "The token's signature is wrong."),
)


class Tokens:
    """Finds the callers of tokens. For one event loop."""

    def __init__(self, issuer: str, audiences: tuple[str, ...], keys: KeySet) -> None:
        self._issuer, self._audiences, self._keys = issuer, audiences, keys
        self._pepper = secrets.token_bytes(32)
        self._verified: Kept[tuple[Caller, float]] = Kept(_REMEMBERED)

    async def caller(self, text: str, address: str) -> Caller:  # noqa: ARG002 - as keys have it
        """Who sends this token.

        Raises:
            NotAuthenticated: the token is not one for this server that is in force.
            Unavailable: the issuer's keys cannot be read, and the token's is not known.
        """
        digest = hmac.digest(self._pepper, text.encode(), "sha256")
        known = self._verified.get(digest)
        if known is not None and time() < known[1]:
            return known[0]
        self._verified.drop(digest)
        claims = await self._claims(text)
        caller = Caller(_name(claims), "token", _scopes(claims))
        through = str(claims.get("client_id", claims.get("azp", "")))[:255]
        get_logger().info(
            "access", family="auth", outcome="login", auth="token", through=through, caller=caller.name
        )
        self._verified.put(digest, (caller, min(float(claims["exp"]), time() + REMEMBERED_SECONDS)))
        return caller

    async def _claims(self, text: str) -> dict[str, Any]:
        try:
            head = jwt.get_unverified_header(text)
            algorithm, kid = _told(head)
            key = await self._keys.key(kid, algorithm)
            return jwt.decode(
                text,
                key,
                algorithms=list(ALGORITHMS),
                audience=self._audiences,
                issuer=self._issuer,
                leeway=LEEWAY_SECONDS,
                options=_OPTIONS,
            )
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise _refused(error) from None


def _told(head: dict[str, Any]) -> tuple[str, str]:
    """Algorithm and id of the key, as the unverified head has them."""
    algorithm, kid, kind = head.get("alg"), head.get("kid", ""), head.get("typ", "")
    if algorithm not in ALGORITHMS:
        raise jwt.InvalidAlgorithmError
    if not isinstance(kid, str) or str(kind).lower() not in _TYPES:
        raise jwt.InvalidTokenError
    return algorithm, kid


def _name(claims: dict[str, Any]) -> str:
    name: str = claims["sub"]
    if not 0 < len(name) <= 255 or not name.isprintable():
        raise NotAuthenticated("The token's sub names nobody.", reason="malformed")
    return name


def _scopes(claims: dict[str, Any]) -> frozenset[str]:
    """Those of ours that `scope` or `scp` name, as text or as a list."""
    given = claims.get("scope", claims.get("scp", ""))
    named = given.split() if isinstance(given, str) else given if isinstance(given, list) else []
    return SCOPES.intersection(name for name in named if isinstance(name, str))


def _refused(error: Exception) -> NotAuthenticated:
    for kind, reason, message in _REASONS:
        if isinstance(error, kind):
            return NotAuthenticated(message, "Get a new one from the issuer.", reason=reason)
    return NotAuthenticated("This is no token that can be read.", reason="malformed")
