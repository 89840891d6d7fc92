"""What RDS keeps by itself: snapshots, and the way back to a moment."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from nba_mcp_synthesis.connectors.aws import explain_aws, patient_client
from nba_mcp_synthesis.errors import BackupFailed, NbaMcpError, Unavailable, UsageError

_LAG = timedelta(minutes=5)  # RDS ships its log that often
_WAIT_SECONDS, _WAIT_TIMES = 30, 240
# Of the instance that is copied: what RDS would else choose anew.
_ALIKE = ("DBInstanceClass", "StorageType", "MultiAZ", "AutoMinorVersionUpgrade", "PubliclyAccessible",
          "CopyTagsToSnapshot", "EnableIAMDatabaseAuthentication")  # fmt: skip
_DESCRIBED = {"EnableIAMDatabaseAuthentication": "IAMDatabaseAuthenticationEnabled"}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot of the instance: kind is automated, manual or awsbackup; the size is that of its volume."""

    id: str
    at: datetime | None
    kind: str
    status: str
    gigabytes: int
    encrypted: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What a point-in-time restore does: the call of the AWS API, and what is left to people."""

    instance: str
    target: str
    to: datetime
    earliest: datetime
    latest: datetime
    call: dict[str, Any] = field(default_factory=dict)
    then: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance that is there: its address, and how long it took to come."""

    id: str
    host: str
    port: int
    seconds: float


class Rds:
    """One instance of RDS, by the default chain of credentials; Unavailable where AWS does not answer."""

    def __init__(self, instance: str, pause_seconds: float = _WAIT_SECONDS) -> None:
        self.instance, self._pause = instance, pause_seconds
        self._client: Any = None

    def snapshots(self) -> list[Snapshot]:
        """All snapshots, the newest first."""
        pages = self._asked("get_paginator", "describe_db_snapshots").paginate(
            DBInstanceIdentifier=self.instance
        )
        rows = self._worded(lambda: [row for page in pages for row in page["DBSnapshots"]])
        found = [_snapshot(row) for row in rows]
        return sorted(found, key=lambda one: one.at or datetime.max.replace(tzinfo=UTC), reverse=True)

    def plan(self, to: datetime, now: datetime | None = None) -> Plan:
        """A restore to a moment, into a new instance; UsageError where RDS does not keep that moment."""
        now = now or datetime.now(UTC)
        about = self._about()
        earliest, latest = self._window(about, now)
        if not earliest <= to <= latest:
            told = "is yet to come" if to > now else f"is not between {_time(earliest)} and {_time(latest)}"
            raise UsageError(
                f"{_time(to)} {told}, and RDS keeps {self.instance} from the one to the other only.",
                f"Name a moment between {_time(earliest)} and {_time(latest)}, or restore a dump.",
            )
        target = f"{self.instance[:40]}-{to:%Y%m%d-%H%M%S}"
        call = {
            "SourceDBInstanceIdentifier": self.instance,
            "TargetDBInstanceIdentifier": target,
            "RestoreTime": to,
            **_like(about),
        }
        return Plan(self.instance, target, to, earliest, latest, call, _then(self.instance, target))

    def run(self, plan: Plan, say: Callable[[str], None]) -> Instance:
        """Restores, and waits until the new instance can be reached. The one in use is not touched.

        A second call for the same moment goes on waiting for the instance that the first one began.
        """
        if not self._there(plan.target):
            self._asked("restore_db_instance_to_point_in_time", **plan.call)
        return self.wait(plan.target, say)

    def from_snapshot(
        self, snapshot: str, target: str, say: Callable[[str], None], begun: Callable[[], object]
    ) -> Instance:
        """An instance out of a snapshot, like the one in use; `begun` hears of it before it is waited for."""
        if snapshot not in {one.id for one in self.snapshots()}:
            raise UsageError(
                f"{self.instance} has no snapshot {snapshot}.", "`nba-mcp ops backup list` has all."
            )
        call = {"DBSnapshotIdentifier": snapshot, "DBInstanceIdentifier": target, **_like(self._about())}
        self._asked("restore_db_instance_from_db_snapshot", **call)
        begun()
        return self.wait(target, say)

    def delete(self, target: str) -> None:
        """Removes an instance that was made for a look, without a last snapshot."""
        self._asked("delete_db_instance", DBInstanceIdentifier=target, SkipFinalSnapshot=True)

    def wait(self, target: str, say: Callable[[str], None]) -> Instance:
        """Waits until it is available; BackupFailed where it fails or takes two hours."""
        started = time.monotonic()
        for _ in range(_WAIT_TIMES):
            about = self._about(target)
            status = about["DBInstanceStatus"]
            say(f"{target}: {status}")
            if status == "available" and about.get("Endpoint"):
                end = about["Endpoint"]
                return Instance(target, end["Address"], end["Port"], time.monotonic() - started)
            if status in {"failed", "incompatible-restore", "incompatible-parameters", "storage-full"}:
                break
            time.sleep(self._pause)
        raise BackupFailed(
            f"The instance {target} is {status}, and not available.", "The console of RDS has its events."
        )

    def _window(self, about: dict[str, Any], now: datetime) -> tuple[datetime, datetime]:
        """The moments that RDS can go back to; UsageError where it keeps none."""
        days = int(about.get("BackupRetentionPeriod") or 0)
        if not days:
            raise UsageError(
                f"{self.instance} has no automated backups (BackupRetentionPeriod is 0).",
                f"aws rds modify-db-instance --db-instance-identifier {self.instance} "
                "--backup-retention-period 14 turns them on; restore a dump meanwhile.",
            )
        found = self._asked("describe_db_instance_automated_backups", DBInstanceIdentifier=self.instance)
        windows = [one.get("RestoreWindow") or {} for one in found.get("DBInstanceAutomatedBackups", ())]
        told = next((one for one in windows if one.get("EarliestTime")), {})
        begun = max(about["InstanceCreateTime"], now - timedelta(days=days))
        latest = told.get("LatestTime") or about.get("LatestRestorableTime") or now - _LAG
        return told.get("EarliestTime") or begun, min(latest, now)

    def _about(self, instance: str | None = None) -> dict[str, Any]:
        found = self._asked("describe_db_instances", DBInstanceIdentifier=instance or self.instance)
        row: dict[str, Any] = found["DBInstances"][0]
        return row

    def _there(self, instance: str) -> bool:
        try:
            self._about(instance)
        except UsageError:
            return False
        return True

    def _asked(self, call: str, *arguments: Any, **options: Any) -> Any:
        return self._worded(lambda: getattr(self._made(), call)(*arguments, **options))

    def _made(self) -> Any:
        if self._client is None:
            self._client = patient_client("rds")
        return self._client

    def _worded(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except NbaMcpError:
            raise
        except Exception as error:
            raise _fault(error, self.instance) from error


def _fault(error: Exception, instance: str) -> NbaMcpError:
    answer = getattr(error, "response", None)
    code = str(answer.get("Error", {}).get("Code", "")) if isinstance(answer, dict) else ""
    if code in {"DBInstanceNotFound", "DBInstanceNotFoundFault"}:
        return UsageError(f"RDS has no instance {instance} in this account and region.",
                          "NBA_MCP_RDS_INSTANCE names it, AWS_REGION the region.")  # fmt: skip
    if code in {"DBInstanceAlreadyExists", "InvalidDBInstanceState", "SnapshotQuotaExceeded",
                "InstanceQuotaExceeded", "StorageQuotaExceeded", "DBSnapshotNotFound"}:  # fmt: skip
        return BackupFailed(f"RDS refused: {code}.", "The console of RDS shows what is there.")
    return Unavailable(explain_aws(error, "RDS").message, "See to the AWS credentials and rights (rds:*).")


def _snapshot(row: dict[str, Any]) -> Snapshot:
    return Snapshot(
        row["DBSnapshotIdentifier"],
        row.get("SnapshotCreateTime"),  # none while it is being made
        row.get("SnapshotType", ""),
        row.get("Status", ""),
        int(row.get("AllocatedStorage") or 0),
        bool(row.get("Encrypted")),
    )


def _like(about: dict[str, Any]) -> dict[str, Any]:
    """Options by which the new instance is like the old: size, network, and who may reach it."""
    found = {name: about.get(_DESCRIBED.get(name, name)) for name in _ALIKE}
    found["DBSubnetGroupName"] = (about.get("DBSubnetGroup") or {}).get("DBSubnetGroupName")
    found["VpcSecurityGroupIds"] = [
        g["VpcSecurityGroupId"] for g in about.get("VpcSecurityGroups", ())
    ] or None
    groups = [group["DBParameterGroupName"] for group in about.get("DBParameterGroups", ())]
    found["DBParameterGroupName"] = groups[0] if groups else None
    return {name: value for name, value in found.items() if value is not None}


def _then(instance: str, target: str) -> tuple[str, ...]:
    return (
        f"Look into {target}, which runs beside {instance}; nothing uses it yet.",
        "Set the secret RDS_HOST to its address: the server connects anew within a minute.",
        f"Keep {instance} until you are sure, then delete it.",
    )


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
