"""What a key looks like: `nba_ID_SECRET`, so that scanners of secrets find it; and how its hash is made."""

import re
import secrets
import string
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.server.access.scopes import SCOPES
from nba_mcp_synthesis.state.api_key import ApiKey

_LETTERS = string.ascii_letters + string.digits
_ID, _SECRET = 10, 43  # 43 of 62 letters are 256 bits
_KEY = re.compile(rf"nba_([0-9A-Za-z]{{{_ID}}})_[0-9A-Za-z]{{{_SECRET}}}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
# OWASP's least for argon2id, some tens of milliseconds: no word is guessed here, but 256 bits.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


class NewKey(NamedTuple):
    """A key and its text, which nobody can find out later."""

    row: ApiKey
    text: str


def new_key(name: str, scopes: list[str], days: int | None) -> NewKey:
    """Makes a key; UsageError where name, scopes or days are not usable."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            "A key's name has up to 64 letters, digits and . _ @ -, and begins with a letter or digit."
        )
    unknown = sorted(set(scopes) - SCOPES)
    if unknown or not scopes:
        told = f"There is no scope {', '.join(unknown)}." if unknown else "A key needs a scope at least."
        raise UsageError(told, f"Scopes: {', '.join(sorted(SCOPES))}.")
    now = datetime.now(UTC)
    id_, secret = _random(_ID), _random(_SECRET)
    text = f"nba_{id_}_{secret}"
    expires = now + timedelta(days=days) if days else None
    return NewKey(ApiKey(id_, name, _HASHER.hash(text), tuple(sorted(set(scopes))), now, expires), text)


def row_of(text: str, name: str, scopes: Iterable[str]) -> ApiKey:
    """The row of a key whose text is known already; UsageError where that is no key."""
    id_ = id_of(text)
    if id_ is None:
        raise UsageError("That is no key of this service.")
    return ApiKey(id_, name, _HASHER.hash(text), tuple(sorted(scopes)), datetime.now(UTC))


def id_of(text: str) -> str | None:
    """The id in the text of a key; None for what is no key."""
    found = _KEY.fullmatch(text)
    return found[1] if found else None


def is_key(text: str, row: ApiKey) -> bool:
    """Whether this is the key's text. Takes tens of milliseconds and 19 MiB."""
    try:
        return _HASHER.verify(row.hash, text)
    except (VerificationError, InvalidHashError):
        return False


def _random(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))
