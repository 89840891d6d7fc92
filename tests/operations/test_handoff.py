"""The notes of a hand-over: from Prometheus, Alertmanager, incidents, the changelog and the audit log."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from typer.testing import CliRunner

from nba_mcp_synthesis.app import App
from nba_mcp_synthesis.cli import app
from nba_mcp_synthesis.connectors.prometheus import Series
from nba_mcp_synthesis.operations import alert_history
from nba_mcp_synthesis.operations.changes import deployments
from nba_mcp_synthesis.operations.incidents.record import Incident
from nba_mcp_synthesis.operations.incidents.store import Incidents
from nba_mcp_synthesis.settings import load_settings
from nba_mcp_synthesis.state.entries import written
from secret_canaries import MARK
from secret_ground import Ground
from servers.listeners import Heard, Reply, Web, web

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime.now(UTC)


def ago(**span: float) -> datetime:
    """So long before this run."""
    return NOW - timedelta(**span)


def answer(heard: Heard) -> Reply:
    """An alert that is on since ten minutes, and one that was on for two and is over."""
    if heard.path.startswith("/api/v2/alerts"):
        status = {"state": "active", "silencedBy": [], "inhibitedBy": []}
        labels = {"alertname": "NbaMcpDataStale", "severity": "P3"}
        about = {"description": f"token={MARK}Alarm"}
        on = {
            "labels": labels,
            "annotations": about,
            "status": status,
            "startsAt": ago(minutes=10).isoformat(),
        }
        return Reply(body=json.dumps([on]))
    asked = parse_qs(heard.body.decode())
    step, end = float(asked["step"][0]), float(asked["end"][0])
    spans = {"NbaMcpDataStale": (end - 600, end), "NbaMcpS3Slow": (end - 3_000, end - 2_880)}
    series = [
        {
            "metric": {"__name__": "ALERTS", "alertname": name, "severity": "P3", "bucket": "b"},
            "values": [[begin + n * step, "1"] for n in range(int((last - begin) // step) + 1)],
        }
        for name, (begin, last) in spans.items()
    ]
    return Reply(body=json.dumps({"data": {"resultType": "matrix", "result": series}}))


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout in which something happened."""
    folder = tmp_path / "checkout"
    (folder / "docs").mkdir(parents=True)
    lines = [
        f"- {at:%Y-%m-%d %H:%M:%S}Z: {what}" for at, what in ((ago(minutes=30), "v2."), (ago(days=9), "v1."))
    ]
    section = "## Deployments\n\nWritten by `nba-mcp ops deploy`, the newest first.\n\n" + "\n".join(lines)
    (folder / "docs" / "changelog.md").write_text(
        f"# Changelog\n\n{section}\n\n## 1.0\n\n- 2026-01-01 00:00:00Z: no.\n"
    )
    (folder / "monitoring").symlink_to(ROOT / "monitoring")
    incidents = Incidents(folder / "incident-reports")
    for title, opened, resolved in (
        ("Still open", ago(days=3), None),
        ("Ended now", ago(minutes=50), ago(minutes=5)),
        ("Long over", ago(days=20), ago(days=19)),
    ):
        one = Incident(
            id="", severity="P2", title=title, opened_at=opened, opened_by="ana", resolved_at=resolved
        )
        incidents.open(one)
    (incidents.path(incidents.all()[0][-1].id) / "postmortem.md").write_text("Written.")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def peer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """Prometheus and Alertmanager."""
    with web(answer) as found:
        monkeypatch.setenv("NBA_MCP_PROMETHEUS_URL", found.url)
        monkeypatch.setenv("NBA_MCP_ALERTMANAGER_URL", found.url)
        yield found


def handed_over(*words: str, code: int) -> dict[str, Any]:
    """What the command prints; no planted value is in it."""
    done = CliRunner().invoke(app, ["ops", "oncall", "handoff", *words, "--context", "test", "--json"])
    assert done.exit_code == code, done.output
    assert MARK not in done.stdout
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def lines(found: dict[str, Any], title: str) -> list[str]:
    """Those of a section."""
    return next(list(one["lines"]) for one in found["sections"] if one["title"].startswith(title))


@pytest.mark.requirement("ONC-HANDOFF")
def test_a_week_is_handed_over(
    checkout: Path, peer: Web, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is on call, alerts, incidents, changes, rotations; as a file too."""
    for name, value in ground.variables().items():
        monkeypatch.setenv(name, value)
    row = {
        "record": "r1",
        "at": ago(hours=2).isoformat(),
        "caller": "ana",
        "action": "rotate RDS_PASSWORD",
        "outcome": "ok",
    }
    state = App(load_settings()).state
    state.migrate()
    state.store([written({"audit_log": [row, {**row, "record": "r2", "at": ago(days=8).isoformat()}]})])
    found = handed_over("--weekly", code=0)
    assert found["not_known"] == []
    assert len(lines(found, "Who is on call")) >= 10
    (on,) = lines(found, "Alerts that are on")
    assert on.startswith("P3 NbaMcpDataStale, active since ")
    over, still = lines(found, "Alerts since then")
    assert over.startswith("P3 NbaMcpS3Slow (bucket=b): from ")
    assert " until " in over
    assert still.endswith("and still on")
    incidents = "\n".join(lines(found, "Incidents"))
    assert "Still open" in incidents
    assert incidents.count("OVERDUE") == 1
    assert "Ended now" in incidents
    assert "Long over" not in incidents
    assert [line.rpartition(": ")[2] for line in lines(found, "Changes")] == ["v2."]
    (rotated,) = lines(found, "Rotated secrets")
    assert rotated.endswith(": rotate RDS_PASSWORD (ok), by ana")
    text = (checkout / found["file"]).read_text()
    assert "# On-call hand-over, weekly" in text
    assert all(line in text for one in found["sections"] for line in one["lines"])
    assert MARK not in text


def test_a_day_is_handed_over_with_what_is_known(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing answers: each source that is away is named, and the rest is there."""
    monkeypatch.setenv("NBA_MCP_ALERTMANAGER_URL", "http://127.0.0.1:1")
    (checkout / "docs" / "changelog.md").unlink()
    found = handed_over("--daily", code=3)
    told = "\n".join(found["not_known"])
    assert "NBA_MCP_PROMETHEUS_URL is not set" in told
    assert "Alertmanager at http://127.0.0.1:1" in told
    assert "docs/changelog.md cannot be read" in told
    assert any("Still open" in line for line in lines(found, "Incidents"))
    begin = datetime.fromisoformat(found["from"])
    assert begin.astimezone(UTC) < datetime.now(UTC)
    assert lines(found, "Who is on call")


def test_spells_are_told_apart() -> None:
    """A break of more than a step and a half ends a spell; what lasts has no end."""
    end = datetime(2026, 11, 26, 12, tzinfo=UTC)
    moments = [end.timestamp() - n for n in (600, 585, 570, 300, 285, 15, 0)]
    series = Series({"alertname": "A", "severity": "P1"}, tuple((at, 1.0) for at in moments))
    found = alert_history._spells(series, end, 15.0)
    assert [(end - one.began).total_seconds() for one in found] == [600, 300, 15]
    assert [one.ended and (end - one.ended).total_seconds() for one in found] == [555, 270, None]
    assert alert_history.step_of(end - timedelta(days=7), end) * 11_000 > 7 * 86_400


def test_only_deployments_of_their_section_count(checkout: Path) -> None:
    """Not lines that look like one in another section."""
    found = deployments(checkout / "docs" / "changelog.md", ago(days=400), NOW)
    assert [one.text for one in found] == ["v2.", "v1."]
