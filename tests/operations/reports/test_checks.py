"""Steps of checklists alone: what a drill came to, where backups are, a scanner and a side that fail."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from nba_mcp_synthesis.errors import Unavailable
from nba_mcp_synthesis.operations.backup.store import open_store
from nba_mcp_synthesis.operations.checklists.checks import CHECKS
from nba_mcp_synthesis.operations.checklists.findings import Away
from nba_mcp_synthesis.operations.checklists.ground import Ground
from nba_mcp_synthesis.settings import load_settings
from report_ground import Traffic, traffic
from servers.aws import AwsServer

__all__ = ["traffic"]
DATABASE = "postgresql://app@db.example.net/nba"
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def ground_of(folder: Path, now: datetime = NOW, state: Any = None, **settings: str) -> Ground:
    """A ground with folders, and a cluster that has nothing of ours."""
    nothing: Any = SimpleNamespace(probe=lambda: None, find=lambda *_: None, state=state)
    return Ground(load_settings(settings), nothing, nothing, nothing, folder, folder, now)


@pytest.mark.parametrize(
    ("told", "result", "message"),
    [
        ({"holds": True}, "done", "Everything came back."),
        ({"holds": False}, "failed", "Not everything came back."),
        ({"holds": False, "verdict": "not asked"}, "warning", "Everything came back; not all"),
        ({"holds": False, "verdict": "other answers"}, "failed", "Not everything came back."),
        ({"databases": []}, "warning", "does not say how it ended"),
        ({"holds": "yes"}, "warning", "does not say how it ended"),
        ([], "warning", "does not say how it ended"),
        (None, "warning", "does not say how it ended"),
    ],
)
def test_the_last_drill_counts_by_how_it_ended(
    tmp_path: Path, told: object, result: str, message: str
) -> None:
    """By its JSON; one before it that went well changes nothing."""
    for name, holds in (("20260301-040500", {"holds": True}), ("20260310-040500", told)):
        (tmp_path / f"backup-drill-{name}.md").write_text("# Recovery drill\n")
        if holds is not None:
            (tmp_path / f"backup-drill-{name}.json").write_text(json.dumps(holds))
    found = CHECKS["drill"](ground_of(tmp_path))
    assert (found.result, found.message.startswith("The last drill was 10 days ago: ")) == (result, True)
    assert message in found.message
    late = CHECKS["drill"](ground_of(tmp_path, NOW + timedelta(days=30)))
    assert late.result == ("failed" if result == "failed" else "warning")
    if result != "warning" or "not all" in message:
        assert "nba-mcp ops backup drill" in late.person


def test_drills_of_the_cluster_count_as_well(tmp_path: Path) -> None:
    """Their reports lie beside the backups; the newer one of both places is told."""
    folder, store = tmp_path / "reports", open_store(str(tmp_path / "backups"))
    folder.mkdir()
    ground = ground_of(folder, NBA_MCP_BACKUP_URL=store.place)
    assert CHECKS["drill"](ground).message.startswith("There is no report of a drill in ")
    (folder / "backup-drill-20260301-040500.md").write_text("# Recovery drill\n")
    (folder / "backup-drill-20260301-040500.json").write_text('{"holds": true}')
    assert CHECKS["drill"](ground).result == "done"
    store.write("drills/backup-drill-20260310-040500.md", b"# Recovery drill\n")
    store.write("drills/backup-drill-20260310-040500.json", b'{"holds": false, "verdict": "other answers"}')
    failed = CHECKS["drill"](ground)
    assert failed.result == "failed"
    assert f"10 days ago: drills/backup-drill-20260310-040500.md in {store.place}." in failed.message
    (folder / "backup-drill-20260311-040500.md").write_text("# Recovery drill\n")
    (folder / "backup-drill-20260311-040500.json").write_text('{"holds": true}')
    assert CHECKS["drill"](ground).result == "done"


def test_backups_are_looked_for_where_they_go(tmp_path: Path, aws_server: AwsServer) -> None:
    """What somebody else keeps in the same bucket is no backup."""
    client = aws_server.client("s3")
    client.create_bucket(Bucket="shared")
    client.put_object(Bucket="shared", Key="others/new.log", Body=b"x")
    place = {"NBA_MCP_BACKUP_URL": "s3://shared/nba/backups/"}
    now = datetime.now(UTC)
    none = ("failed", "shared/nba/backups has no whole backup of any database.")

    def looked(**more: str) -> tuple[str, str]:
        found = CHECKS["backups"](ground_of(tmp_path, now, **place, **more))
        return found.result, found.message

    def put(*names: str) -> None:
        for name in names:
            client.put_object(Bucket="shared", Key=f"nba/backups/{name}", Body=b"x")

    assert looked() == none
    put(
        "failures/state/a.json", "drills/a.md", "pruned.json", "state/a/verified.json", "state/b/damaged.json"
    )
    put("objects/20260320T020000Z/manifest.json", "objects/20260320T020000Z/dump.age")
    put("warehouse/a/dump.age", "state/b/dump.age", "state/b/manifest.json", "warehouse/c/manifest.json")
    assert looked() == none
    put("warehouse/a/manifest.json")
    assert looked() == ("done", "The newest backups of shared/nba/backups are of warehouse 0.0 hours ago.")
    both = {"NBA_MCP_WAREHOUSE_URL": DATABASE, "NBA_MCP_STATE_URL": DATABASE}
    assert looked(**both) == ("failed", "shared/nba/backups has no whole backup of state.")
    put("state/d/dump.age", "state/d/manifest.json")
    assert looked(**both)[0] == "done"
    found = CHECKS["backups"](ground_of(tmp_path, now, **place, **both))
    assert found.table is not None
    assert {row[2] for row in found.table.rows} == {"warehouse/a", "state/d"}
    assert CHECKS["storage"](ground_of(tmp_path, now, **place)).message == "The bucket shared answers."


def test_a_database_whose_backups_stopped_is_not_hidden_by_the_other(
    tmp_path: Path, aws_server: AwsServer
) -> None:
    """The newest of all is of an hour ago, and the state database has had none for a day."""
    client = aws_server.client("s3")
    client.create_bucket(Bucket="two")
    for key in ("state/a/dump.age", "state/a/manifest.json"):
        client.put_object(Bucket="two", Key=key, Body=b"x")
    time.sleep(1.1)  # moments of S3 are whole seconds
    for key in ("warehouse/b/dump.age", "warehouse/b/manifest.json"):
        client.put_object(Bucket="two", Key=key, Body=b"x")
    (first,) = (client.head_object(Bucket="two", Key="state/a/manifest.json")["LastModified"],)
    now = first + timedelta(hours=26, seconds=1)
    urls = {"NBA_MCP_WAREHOUSE_URL": DATABASE, "NBA_MCP_STATE_URL": DATABASE}
    found = CHECKS["backups"](ground_of(tmp_path, now, NBA_MCP_BACKUP_URL="s3://two", **urls))
    assert (found.result, found.person) == (
        "failed",
        "No backup of state for a day: nba-mcp ops backup list says why.",
    )


def test_scaling_is_told_of_the_months_it_was_in(tmp_path: Path) -> None:
    """In the first days of a month the month to report is the one before: only `monthly` writes its file."""
    event = {
        "reason": "SuccessfulRescale",
        "lastTimestamp": "2026-03-03T09:00:00Z",
        "involvedObject": {"name": "nba-mcp-synthesis-hpa"},
        "message": "New size: 4",
    }
    ground = ground_of(tmp_path, datetime(2026, 3, 3, 12, tzinfo=UTC))
    cluster: Any = ground.kubectl
    cluster.items = lambda _: [event]
    march, february = (tmp_path / f"scaling-events-2026{month}.txt" for month in ("03", "02"))
    told = CHECKS["scaling_events"](ground).message
    assert told.startswith(f"Of the number of pods: 1 change in {march}. ")
    assert not february.exists()
    told = CHECKS["scaling_of_month"](ground).message
    assert told.startswith(f"Of the number of pods: 0 changes in {february}, 1 change in {march}. ")
    assert (february.read_text(), march.read_text().count("\n")) == ("", 1)
    cluster.items = lambda _: []
    assert CHECKS["scaling_events"](ground).message.startswith("No change of the number of pods. ")


def test_a_scanner_that_cannot_be_run_costs_its_own_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is no program, and one that prints something else."""
    monkeypatch.setenv("PATH", str(tmp_path))
    program = tmp_path / "trivy"
    program.write_bytes(b"\x7fELF")
    program.chmod(0o755)
    with pytest.raises(Away, match=r"^trivy could not be run: Exec format error\.$"):
        CHECKS["scan"](ground_of(tmp_path))
    program.write_text("#!/bin/sh\necho null; echo no such image >&2\n")
    with pytest.raises(Away, match=r"^trivy could not scan nba-mcp-synthesis:latest: no such image$"):
        CHECKS["scan"](ground_of(tmp_path))


def test_costs_without_either_side_are_not_done(
    tmp_path: Path, traffic: Traffic, aws_server: AwsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS answered, and the ledger was away; then the other way round. The report has what there is."""

    def away() -> object:
        raise Unavailable("The state database is away.")

    with pytest.raises(Away, match="The state database is away") as told:
        CHECKS["costs"](ground_of(tmp_path, state=away))
    assert "AWS: $0.00" in told.value.message
    found = CHECKS["costs"](ground_of(tmp_path, state=lambda: traffic.state))
    assert found.figures == {"models_usd": 0, "cloud": 0}
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(Away, match="So nothing is said about AWS"):
        CHECKS["costs"](ground_of(tmp_path, state=lambda: traffic.state))
