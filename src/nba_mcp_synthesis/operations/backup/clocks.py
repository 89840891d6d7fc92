"""Whether this machine's clock can be believed: names and ages of backups come from it."""

from datetime import UTC, datetime, timedelta

from nba_mcp_synthesis.errors import BackupFailed
from nba_mcp_synthesis.operations.backup.store import BackupStore

MOST_APART = timedelta(minutes=5)


def check_clock(theirs: datetime, newest: datetime | None, now: datetime | None = None) -> None:
    """BackupFailed where the clock is far from the database's, or before the newest backup."""
    ours = now or datetime.now(UTC)
    if abs(ours - theirs) > MOST_APART:
        raise BackupFailed(
            f"This machine's clock says {ours:%Y-%m-%d %H:%M:%S} UTC, that of PostgreSQL "
            f"{theirs:%Y-%m-%d %H:%M:%S}: "
            "one of them jumped.",
            "Set the wrong one right (NTP), then run the command again.",
        )
    if newest and newest - ours > MOST_APART:
        raise BackupFailed(
            f"The newest backup is of {newest:%Y-%m-%d %H:%M:%S} UTC, and the clock says "
            f"{ours:%Y-%m-%d %H:%M:%S}: it "
            "jumped, now or then.",
            "Set the clock right (NTP). If that backup was made by a wrong clock, remove it.",
        )


_PRUNED = "pruned.json"


def check_store_clock(store: BackupStore, now: datetime | None = None) -> None:
    """BackupFailed where the clock is far from that of the store, which dates what is written into it."""
    ours = now or datetime.now(UTC)
    store.write(_PRUNED, f'{{"at": "{ours.isoformat()}"}}'.encode())
    theirs = store.keys(_PRUNED)[0].at
    if abs(ours - theirs) > MOST_APART:
        raise BackupFailed(
            f"This machine's clock says {ours:%Y-%m-%d %H:%M:%S} UTC, that of {store.place} "
            f"{theirs:%Y-%m-%d %H:%M:%S}: one of them jumped, and ages mean nothing.",
            "Set the wrong one right (NTP), then run the command again. Nothing was removed.",
        )
