"""Keys of callers in the state database: made, listed, revoked, and when each was used last."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import or_, select, update

from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.state.api_key import ApiKey
from nba_mcp_synthesis.state.database import StateDatabase
from nba_mcp_synthesis.state.tables import api_keys


class ApiKeys:
    """The keys in one database."""

    def __init__(self, database: Callable[[], StateDatabase]) -> None:
        self._database = database

    def add(self, key: ApiKey) -> None:
        """Stores a new key; Unavailable where the database is away."""
        row = {name: getattr(key, name) for name in ApiKey.__slots__}
        with self._database().transaction() as connection:
            connection.execute(api_keys.insert().values(**row | {"scopes": list(key.scopes)}))

    def all(self) -> list[ApiKey]:
        """All keys, the newest first; Unavailable where the database is away."""
        with self._database().transaction() as connection:
            rows = connection.execute(select(api_keys).order_by(api_keys.c.created_at.desc())).mappings()
            return [_key(row) for row in rows]

    def by_id(self) -> dict[str, ApiKey]:
        """All keys by id; Unavailable where the database is away."""
        with self._database().transaction() as connection:
            return {row["id"]: _key(row) for row in connection.execute(select(api_keys)).mappings()}

    def note(self, used: Mapping[str, datetime]) -> None:
        """Keeps when keys were used last; Unavailable where the database is away, or can only be read."""
        with self._database().transaction() as connection:
            for id_, moment in used.items():
                connection.execute(update(api_keys).where(api_keys.c.id == id_).values(last_used_at=moment))

    def end_others(self, id_: str, at: datetime) -> list[ApiKey]:
        """Ends the other keys of a key's name at a moment, those excepted that end earlier; gives them."""
        name = select(api_keys.c.name).where(api_keys.c.id == id_).scalar_subquery()
        which = (api_keys.c.name == name, api_keys.c.id != id_, api_keys.c.revoked_at.is_(None))
        later = or_(api_keys.c.expires_at.is_(None), api_keys.c.expires_at > at)
        change = update(api_keys).where(*which, later).values(expires_at=at).returning(api_keys)
        with self._database().transaction() as connection:
            return [_key(row) for row in connection.execute(change).mappings()]

    def revoke(self, id_or_name: str) -> list[ApiKey]:
        """Revokes the key of that id, or all of that name; UsageError where none is in force."""
        which = or_(api_keys.c.id == id_or_name, api_keys.c.name == id_or_name)
        change = update(api_keys).where(which, api_keys.c.revoked_at.is_(None))
        with self._database().transaction() as connection:
            found = connection.execute(change.values(revoked_at=datetime.now(UTC)).returning(api_keys))
            revoked = [_key(row) for row in found.mappings()]
        if not revoked:
            raise UsageError("No key in force has that id or name.", "`nba-mcp keys list` lists them.")
        return revoked


def _key(row: Mapping[Any, Any]) -> ApiKey:
    return ApiKey(**{**row, "scopes": tuple(row["scopes"])})
