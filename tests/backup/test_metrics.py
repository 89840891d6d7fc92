"""The server tells the age of backups that jobs take, and of what failed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from backup_ground import Key, database_at, opened, said_nothing, taken
from nba_mcp_synthesis.errors import BackupsDown, SettingsError
from nba_mcp_synthesis.operations.backup.databases import Database
from nba_mcp_synthesis.operations.backup.listing import states
from nba_mcp_synthesis.operations.backup.store import BackupStore, open_store
from nba_mcp_synthesis.operations.backup.verifying import verify
from nba_mcp_synthesis.server.watches import BackupWatch
from nba_mcp_synthesis.telemetry.metrics import Metrics
from servers.postgres import programs

BOTH = ("warehouse", "state")


def samples(metrics: Metrics) -> dict[str, float]:
    """The samples about backups, by name and label."""
    lines = [
        line for line in metrics.exposition().decode().splitlines() if line.startswith("nba_mcp_backup_")
    ]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_a_server_tells_of_backups(filled: Database, folder_store: BackupStore, key: Key) -> None:
    """Success, proof, size and duration are those of the manifest; what never happened has no sample."""
    metrics = Metrics()
    watch = BackupWatch(lambda: states(folder_store, BOTH), metrics, 60)
    watch.look()
    assert samples(metrics) == {}
    made = taken(filled, folder_store, key)
    watch.look()
    assert samples(metrics) == {
        'nba_mcp_backup_last_success_timestamp_seconds{database="warehouse"}': made.snapshot_at.timestamp(),
        'nba_mcp_backup_size_bytes{database="warehouse"}': folder_store.size(made.key()),
        'nba_mcp_backup_duration_seconds{database="warehouse"}': made.seconds,
    }
    verify(opened(made, folder_store, key), filled.server, programs(), said_nothing)
    watch.look()
    proven = samples(metrics)['nba_mcp_backup_last_verified_timestamp_seconds{database="warehouse"}']
    assert proven == made.snapshot_at.timestamp()
    assert watch.health()["status"] == "ok"


def test_a_failure_is_told(filled: Database, folder_store: BackupStore, key: Key) -> None:
    """A job that failed is gone; what it wrote down makes the server tell of it."""
    before = datetime.now(UTC).timestamp()
    with pytest.raises(SettingsError):
        taken(database_at("postgresql:///x"), folder_store, Key("", key.file))
    (warehouse, _) = states(folder_store, BOTH)
    assert warehouse.last_failure is not None
    assert before <= warehouse.last_failure <= datetime.now(UTC).timestamp()


def test_a_store_that_is_away_degrades_and_keeps_the_age(filled: Database, tmp_path: Path, key: Key) -> None:
    """The last values stay, so that the age goes on growing."""
    store, metrics = open_store(str(tmp_path / "backups")), Metrics()
    taken(filled, store, key)
    away = False

    def look() -> list[object]:
        if away:
            raise BackupsDown("The backups in there could not be read: gone.")
        return list(states(store, BOTH))

    watch = BackupWatch(look, metrics, 60)  # type: ignore[arg-type]
    watch.look()
    before = samples(metrics)
    away = True
    watch.look()
    assert samples(metrics) == before
    assert watch.health() == {
        "status": "degraded",
        "message": "The backups in there could not be read: gone.",
    }
