"""One key of a caller, as the state database keeps it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret, of which only a hash is kept."""

    id: str
    name: str
    hash: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None

    def as_dict(self) -> dict[str, Any]:
        """What may be shown of it."""
        moments = ("created_at", "expires_at", "revoked_at", "last_used_at")
        shown = {name: getattr(self, name) for name in moments}
        return {
            "id": self.id,
            "name": self.name,
            "scopes": list(self.scopes),
            **{
                name: moment.isoformat(timespec="seconds") if moment else None
                for name, moment in shown.items()
            },
        }
