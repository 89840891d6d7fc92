"""What RDS keeps: snapshots beside dumps, one of them read, and the way back to a moment."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backup_ground import Key, said_nothing, taken
from nba_mcp_synthesis.errors import BackupDamaged, Unavailable, UsageError
from nba_mcp_synthesis.operations.backup.databases import Database
from nba_mcp_synthesis.operations.backup.listing import listing
from nba_mcp_synthesis.operations.backup.rds import Rds
from nba_mcp_synthesis.operations.backup.snapshots import look_into
from nba_mcp_synthesis.operations.backup.store import BackupStore
from servers.aws import AwsServer
from servers.postgres import PostgresServer

pytestmark = pytest.mark.system  # each client of RDS takes a second
INSTANCE = "nba-simulator-db"


@pytest.fixture
def api(aws_server: AwsServer, postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client of RDS in an account with the instance; every address there leads to our PostgreSQL."""
    monkeypatch.setenv("PGHOSTADDR", postgres_server.host)
    monkeypatch.setenv("PGSSLMODE", "disable")
    client = aws_server.client("rds")
    client.create_db_instance(
        DBInstanceIdentifier=INSTANCE,
        DBInstanceClass="db.t3.medium",
        Engine="postgres",
        Port=postgres_server.port,
        AllocatedStorage=20,
        BackupRetentionPeriod=14,
        MultiAZ=True,
    )
    return client


@pytest.fixture
def rds() -> Rds:
    """The instance as the program sees it."""
    return Rds(INSTANCE, pause_seconds=0.01)


@pytest.mark.requirement("MNT-RDS-SNAPSHOTS")
def test_snapshots_are_listed_beside_dumps(
    api: Any, rds: Rds, filled: Database, folder_store: BackupStore, key: Key
) -> None:
    """Each with its age and state; those of other instances are none of ours."""
    api.create_db_snapshot(DBSnapshotIdentifier="before-release", DBInstanceIdentifier=INSTANCE)
    made = taken(filled, folder_store, key)
    found = listing(folder_store, ("warehouse", "state"), rds).as_dict()
    assert [one["id"] for one in found["dumps"]] == [made.id]
    told = api.describe_db_snapshots(DBInstanceIdentifier=INSTANCE)["DBSnapshots"]
    assert {one["id"] for one in found["snapshots"]} == {one["DBSnapshotIdentifier"] for one in told}
    (ours,) = [one for one in found["snapshots"] if one["id"] == "before-release"]
    assert (ours["kind"], ours["status"], ours["gigabytes"]) == ("manual", "available", 20)
    assert 0 <= ours["age_hours"] < 0.1
    assert found["faults"] == {"warehouse": ["None was ever verified."], "state": ["There is none."]}


@pytest.mark.requirement("MNT-RDS-SNAPSHOTS")
def test_a_snapshot_is_read(
    api: Any, rds: Rds, filled: Database, folder_store: BackupStore, key: Key
) -> None:
    """An instance is made of it, every table is read there, and the instance is gone afterwards."""
    api.create_db_snapshot(DBSnapshotIdentifier="nightly", DBInstanceIdentifier=INSTANCE)
    made = taken(filled, folder_store, key)
    looked = look_into(rds, "nightly", filled.server, made, said_nothing)
    assert (looked.tables, looked.rows) == (5, 5040)
    with pytest.raises(UsageError, match="no snapshot weekly"):
        look_into(rds, "weekly", filled.server, made, said_nothing)
    with filled.server.connected() as session:
        session.execute("DROP TABLE nba.empty")
    with pytest.raises(BackupDamaged, match=r"The snapshot nightly lacks nba\.empty"):
        look_into(rds, "nightly", filled.server, made, said_nothing)
    left = api.describe_db_instances()["DBInstances"]
    assert [one["DBInstanceIdentifier"] for one in left] == [INSTANCE]


def test_a_moment_is_planned_and_gone_back_to(api: Any, rds: Rds) -> None:
    """The new instance is like the old one, which stays; the same call again waits for the same instance."""
    to = api.describe_db_instances()["DBInstances"][0]["LatestRestorableTime"]
    plan = rds.plan(to)
    assert plan.call["RestoreTime"] == to
    assert plan.call["MultiAZ"] is True
    assert plan.call["DBInstanceClass"] == "db.t3.medium"
    first, second = rds.run(plan, said_nothing), rds.run(plan, said_nothing)
    assert first.id == second.id == plan.target
    there = {one["DBInstanceIdentifier"]: one for one in api.describe_db_instances()["DBInstances"]}
    assert there.keys() == {INSTANCE, plan.target}
    assert there[plan.target]["MultiAZ"] is True


@pytest.mark.parametrize(
    ("hours", "told"),
    [(72, "is yet to come"), (-24 * 365, "is not between"), (-24 * 15, "is not between")],
)
def test_a_moment_that_is_not_kept_is_refused(api: Any, rds: Rds, hours: int, told: str) -> None:
    """AWS's emulation takes the future; the program does not."""
    with pytest.raises(UsageError, match=told):
        rds.plan(datetime.now(UTC) + timedelta(hours=hours))


def test_what_rds_does_not_keep_is_named(
    api: Any, aws_server: AwsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No automated backups, no such instance, no AWS: each in its own words."""
    api.modify_db_instance(DBInstanceIdentifier=INSTANCE, BackupRetentionPeriod=0)
    with pytest.raises(UsageError, match="no automated backups"):
        Rds(INSTANCE).plan(datetime.now(UTC))
    with pytest.raises(UsageError, match="RDS has no instance nba-other"):
        Rds("nba-other").plan(datetime.now(UTC))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(Unavailable, match="Nothing accepts connections"):
        Rds(INSTANCE).snapshots()
