"""Keys of callers for those who replace them: old ones end some days after the new one is there."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.server.access.key_format import NewKey, id_of, is_key, new_key, row_of
from nba_mcp_synthesis.state.api_key import ApiKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from nba_mcp_synthesis.state.api_keys import ApiKeys


class CallerKeys:
    """The keys in the state database. Every method raises Unavailable where that is away."""

    def __init__(self, keys: "Callable[[], ApiKeys]") -> None:
        self._keys = keys

    def text(self) -> str:
        """The text of a new key, which nobody knows yet."""
        return new_key("new", ["nba:read"], None).text

    def admit(self, text: str, like: str) -> None:
        """Lets a key in, with name, scopes and end of another that is in force; twice is once."""
        rows = self._keys().by_id()
        if id_of(text) in rows:
            return
        old = rows.get(id_of(like) or "")
        if old is None or not _in_force(old):
            raise UsageError(
                "The key in use is not one that is in force here, so nobody knows what the new one may do.",
                "Make one with `nba-mcp keys create` and store it: `nba-mcp secrets migrate`.",
            )
        self._keys().add(replace(row_of(text, old.name, old.scopes), expires_at=_end(old, rows.values())))

    def opens(self, text: str) -> bool:
        """Whether a key is in force."""
        row = self._keys().by_id().get(id_of(text) or "")
        return row is not None and _in_force(row) and is_key(text, row)

    def end(self, but: str, at: datetime) -> None:
        """Ends all other keys of this key's name at that moment, those that end earlier excepted."""
        self._keys().end_others(id_of(but) or "", at)

    def replace(self, id_or_name: str, overlap_days: int) -> tuple[NewKey, list[ApiKey]]:
        """(a new key like the newest in force, those whose end is now some days away).

        The new one has its name and scopes, and ends when it would have ended, or when the latest of those
        made after it with both.

        Raises:
            UsageError: no key in force has that id or name.
        """
        rows = self._keys().all()
        found = [row for row in rows if id_or_name in (row.id, row.name) and _in_force(row)]
        if not found:
            raise UsageError("No key in force has that id or name.", "`nba-mcp keys list` lists them.")
        text = self.text()
        made = NewKey(
            replace(row_of(text, found[0].name, found[0].scopes), expires_at=_end(found[0], rows)), text
        )
        self._keys().add(made.row)
        return made, self._keys().end_others(made.row.id, datetime.now(UTC) + timedelta(days=overlap_days))


def _in_force(row: ApiKey) -> bool:
    return row.revoked_at is None and (row.expires_at is None or row.expires_at > datetime.now(UTC))


def _end(like: ApiKey, rows: "Iterable[ApiKey]") -> datetime | None:
    """When a key that takes the place of this one ends: a replacement gives nobody more time than he had.

    One that was replaced before ends early for that alone; those made after it with its name and rights say
    how late, also where they are revoked by now. Older ones say nothing: theirs is another's time.
    """
    alike = (like.name, like.scopes)
    ends = [
        row.expires_at
        for row in rows
        if (row.name, row.scopes) == alike and row.created_at >= like.created_at
    ]
    return None if None in ends else max((end for end in ends if end), default=like.expires_at)
