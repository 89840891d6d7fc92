"""The public keys of the issuer of tokens: read anew now and then, and when a token names an unknown one."""

import asyncio
from time import monotonic
from typing import Any

import jwt

from nba_mcp_synthesis.addresses import web_address
from nba_mcp_synthesis.errors import NbaMcpError, NotAuthenticated, Unavailable
from nba_mcp_synthesis.server.access.fetching import SECONDS, json_object
from nba_mcp_synthesis.telemetry.logs import get_logger

FRESH_SECONDS = 600.0  # a key that the issuer withdraws is good for no longer while the issuer answers
AGAIN_SECONDS = 10.0  # between two readings, whatever kinds of keys tokens name
AWAY_SECONDS = 86_400.0  # for so long known keys are good while the issuer is away


class KeySet:
    """The keys of one issuer. For one event loop."""

    def __init__(self, issuer: str, url: str | None) -> None:
        self._issuer, self._url = issuer, url
        self._keys: dict[str, dict[str, Any]] = {}
        self._made: dict[tuple[str, str], jwt.PyJWK] = {}
        self._read_at = self._tried_at = -1e9
        self._failed = True
        self._reading: asyncio.Task[None] | None = None

    async def key(self, kid: str, algorithm: str) -> jwt.PyJWK:
        """The key of that id; an empty id is that of the only key.

        Raises:
            NotAuthenticated: the issuer has no such key for this algorithm.
            Unavailable: the issuer's keys cannot be read, and this one is not known.
        """
        known = self._find(kid)
        if known is None:
            await self._read_again()
            known = self._find(kid)
        elif monotonic() - self._read_at > FRESH_SECONDS:
            self._begin()
        if known is None and self._failed:
            raise Unavailable("Tokens cannot be checked now: their issuer is away.", "Try again soon.")
        if known is None:
            raise NotAuthenticated("The token is signed with an unknown key.", reason="unknown_signing_key")
        return self._usable(known, algorithm)

    def _find(self, kid: str) -> str | None:
        """The id under which the key is known."""
        if monotonic() - self._read_at > AWAY_SECONDS:
            return None
        if not kid and len(self._keys) == 1:
            return next(iter(self._keys))
        return kid if kid in self._keys else None

    def _usable(self, kid: str, algorithm: str) -> jwt.PyJWK:
        """The key for an algorithm; its own, where it names one."""
        data = self._keys[kid]
        found = self._made.get((kid, algorithm))
        if found is None:
            try:
                found = jwt.PyJWK(data, data.get("alg") or algorithm)
            except (jwt.PyJWTError, ValueError, TypeError, KeyError):
                raise NotAuthenticated(
                    "The token's algorithm does not fit its key.", reason="wrong_algorithm"
                ) from None
            self._made[kid, algorithm] = found
        return found

    def _begin(self) -> "asyncio.Task[None] | None":
        """Starts a reading unless one goes on, or the last one was just now."""
        if self._reading is None and monotonic() - self._tried_at >= AGAIN_SECONDS:
            self._tried_at = monotonic()
            self._reading = asyncio.create_task(self._read())
        return self._reading

    async def _read_again(self) -> None:
        if reading := self._begin():
            await asyncio.wait({reading}, timeout=2 * SECONDS)

    async def _read(self) -> None:
        try:
            found = await asyncio.to_thread(self._fetched)
            self._keys, self._made = found, {}
            self._read_at, self._failed = monotonic(), False
        except NbaMcpError as error:
            self._failed = True
            get_logger().error("access", failed="reading the issuer's keys", error=str(error))
        finally:
            self._reading = None

    def _fetched(self) -> dict[str, dict[str, Any]]:
        listed = json_object(self._url or self._discovered()).get("keys")
        keys = [key for key in listed if isinstance(key, dict)] if isinstance(listed, list) else []
        signing = [key for key in keys if key.get("use", "sig") == "sig" and key.get("kty") != "oct"]
        if not signing:
            raise Unavailable("The issuer's keys cannot be read: there is none.")
        return {str(key.get("kid", "")): key for key in signing}

    def _discovered(self) -> str:
        """Where the issuer says that its keys are (OpenID Connect Discovery)."""
        told = json_object(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        if told.get("issuer") != self._issuer:
            raise Unavailable("The issuer's keys cannot be read: its metadata name another issuer.")
        try:
            return web_address(str(told.get("jwks_uri", "")))
        except ValueError:
            raise Unavailable("The issuer's keys cannot be read: its metadata name no place.") from None
