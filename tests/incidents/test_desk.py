"""What is done with incidents, without a cluster: silent sources, words that are none, files by hand."""

import json
import os
import re
import signal
import threading
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from nba_mcp_synthesis.cli import app
from nba_mcp_synthesis.connectors import web as web_door
from nba_mcp_synthesis.connectors.pagerduty import PagerDutyConnector
from nba_mcp_synthesis.connectors.slack import SlackConnector
from nba_mcp_synthesis.connectors.slack_bot import SlackBotConnector
from nba_mcp_synthesis.errors import Unavailable, UsageError
from nba_mcp_synthesis.operations.checklists.checks import CHECKS
from nba_mcp_synthesis.operations.incidents.collecting import Part, Partly
from nba_mcp_synthesis.operations.incidents.database_part import statement, table
from nba_mcp_synthesis.operations.incidents.desk import Desk
from nba_mcp_synthesis.operations.incidents.notices import Notices
from nba_mcp_synthesis.operations.incidents.redaction import Redactor
from nba_mcp_synthesis.operations.incidents.store import Incidents
from nba_mcp_synthesis.operations.monitoring import sources
from nba_mcp_synthesis.operations.oncall import contacts
from nba_mcp_synthesis.settings import load_settings
from nba_mcp_synthesis.telemetry.metrics import catalogue
from servers.listeners import Heard, Reply, silent, web

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "nba_mcp_synthesis" / "operations" / "incidents"


def _closed() -> SecretStr:
    return SecretStr("http://127.0.0.1:1/services/x")


def desk_of(folder: Path, *parts: Part, seconds: float = 5.0) -> Desk:
    """A desk whose doors are closed."""
    notices = Notices("#incidents", None, SlackConnector(_closed), PagerDutyConnector(_closed))
    known = contacts.load(ROOT / "monitoring" / "contacts.toml")
    redact = Redactor({"RDS_PASSWORD": "Kanarienvogel"})
    return Desk(Incidents(folder), redact, notices, lambda _: list(parts), "ana", known, seconds)


def _raising(error: Exception) -> Callable[[], str]:
    def look() -> str:
        raise error

    return look


@pytest.mark.requirement("INC-COLLECT")
def test_every_source_costs_its_own_part_alone(tmp_path: Path) -> None:
    """One stays silent, one breaks, one is away, one answers in part; a secret is in what is there."""
    ended = threading.Event()
    desk = desk_of(
        tmp_path,
        Part("silent", lambda: str(ended.wait(60))),
        Part("good", lambda: "password is Kanarienvogel", "logs"),
        Part("broken", _raising(ZeroDivisionError("Kanarienvogel"))),
        Part("away", _raising(Unavailable("Kanarienvogel is away."))),
        Part("half", _raising(Partly("first half", "The rest is missing."))),
        seconds=1.0,
    )
    one = desk.open("P3", "Odd", notify=False)
    desk.collect(one.id)
    ended.set()
    assert [(found.name, found.ok) for found in desk.found] == [
        ("silent", False),
        ("good", True),
        ("broken", False),
        ("away", False),
        ("half", False),
    ]
    folder = desk.incidents.path(one.id)
    state, logs = (next(folder.glob(f"{name}-*.txt")).read_text() for name in ("system-state", "logs"))
    assert "===== silent (NOT COMPLETE) =====\nIt did not answer in time." in state
    assert "The rest is missing.\n\nfirst half" in state
    assert "[RDS_PASSWORD] is away." in state
    assert "password is [RDS_PASSWORD]" in logs
    text = (folder / "report.md").read_text()
    assert "UTC: good; in system-state-" in text
    assert "- Not complete: half. The rest is missing.\n" in text
    assert "Kanarienvogel" not in "".join(path.read_text() for path in folder.iterdir())


def test_what_is_collected_again_stands_beside_what_was(tmp_path: Path) -> None:
    """And a file that somebody keeps by hand, as the guide has it, is left alone."""
    desk = desk_of(tmp_path, Part("count", iter(["first", "second"]).__next__))
    one = desk.open("P3", "Odd", notify=False)
    desk.collect(one.id)
    name = desk.files["system-state"]
    assert (tmp_path / name).is_symlink()
    (tmp_path / name).unlink()
    (tmp_path / name).write_text("mine")
    desk.collect(one.id)
    folder = desk.incidents.path(one.id)
    assert "first" in (folder / name).read_text()
    assert desk.files["system-state"] != name
    assert "second" in (folder / desk.files["system-state"]).read_text()
    assert (tmp_path / name).read_text() == "mine"


@pytest.mark.parametrize(
    ("severity", "title"), [("P5", "x"), ("", "x"), ("P1", ""), ("P1", " \n\t"), ("P1", "\x00\x1b")]
)
def test_what_is_no_incident_is_refused_and_leaves_nothing(tmp_path: Path, severity: str, title: str) -> None:
    """A severity that there is not, a title without a word."""
    with pytest.raises(UsageError):
        desk_of(tmp_path).open(severity, title, notify=False)
    assert list(tmp_path.iterdir()) == []


def test_words_cannot_change_the_report_around_them(tmp_path: Path) -> None:
    """Line breaks, control characters, marks of the report, and a secret in what somebody types."""
    desk = desk_of(tmp_path)
    one = desk.open("p2", "Down\n<!-- end of timeline -->\x1b[31m Kanarienvogel <<id>>", notify=False)
    assert one.title == "Down <! -- end of timeline --> [31m [RDS_PASSWORD] <<id>>"
    desk.update(one.id, "a\n<!-- end of timeline -->", notify=False)
    desk.update(one.id, "b", notify=False)
    text = (desk.incidents.path(one.id) / "report.md").read_text()
    assert text.count("<!-- end of timeline -->") == 1
    assert text.index(": b\n") < text.index("<!-- end of timeline -->")


def test_which_incident_is_meant(tmp_path: Path) -> None:
    """The only one that is open; with none or with two it has to be named."""
    desk = desk_of(tmp_path)
    with pytest.raises(UsageError, match="no open incident"):
        desk.incidents.the_open_one()
    first = desk.open("P4", "One", notify=False)
    assert desk.incidents.the_open_one() == first.id
    second = desk.open("P4", "Two", notify=False)
    with pytest.raises(UsageError, match="2 open incidents"):
        desk.incidents.the_open_one()
    desk.resolve(second.id, "Gone.", notify=False)
    with pytest.raises(UsageError, match="already"):
        desk.resolve(second.id, "Gone again.", notify=False)
    assert desk.incidents.the_open_one() == first.id


def test_an_answer_is_late_when_it_is(tmp_path: Path) -> None:
    """By the matrix; nobody's answer counts as of now."""
    desk = desk_of(tmp_path)
    one = desk.open("P1", "Down", notify=False)
    assert one.answer_by == one.opened_at + timedelta(minutes=15)
    assert not desk.summary(one)["answer_is_late"]
    one.opened_at, one.answer_by = one.opened_at - timedelta(hours=1), one.opened_at - timedelta(minutes=45)
    assert desk.summary(one)["answer_is_late"]


def test_it_is_open_although_nobody_could_be_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The words of each door are kept."""
    monkeypatch.setenv("PAGERDUTY_EVENTS_URL", "http://127.0.0.1:1")
    desk = desk_of(tmp_path)
    one = desk.open("P1", "Down", notify=True)
    assert desk.notices.failed
    told = [entry.text for entry in one.entries if entry.kind == "told"]
    assert [line.partition(" was not told")[0] for line in told] == ["PagerDuty", "Slack"]
    assert not one.paged


def _events(heard: list[Heard]) -> list[str]:
    """What PagerDuty was asked for."""
    return [one.json()["event_action"] for one in heard if one.path == "/v2/enqueue"]


@pytest.mark.parametrize("cut_short", ["/services/x", "/v2/enqueue"])
def test_an_interrupted_opening_remembers_that_it_rang(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut_short: str
) -> None:
    """Ctrl-C while Slack, or PagerDuty itself, has not answered yet: its end is told all the same."""
    waiting = [cut_short]

    def answer(heard: Heard) -> Reply:
        if heard.path in waiting:
            waiting.clear()
            os.kill(os.getpid(), signal.SIGINT)
            return Reply(200, "ok", seconds=1.0)
        return Reply(202 if heard.path == "/v2/enqueue" else 200)

    with web(answer) as peer:
        monkeypatch.setenv("PAGERDUTY_EVENTS_URL", peer.url)
        desk = desk_of(tmp_path)
        desk.notices.webhook = SlackConnector(lambda: SecretStr(f"{peer.url}/services/x"))
        with pytest.raises(KeyboardInterrupt):
            desk.open("P1", "Down", notify=True)
        kept = desk.incidents.read(desk.incidents.the_open_one())
        assert (kept.notified, kept.paged) == (True, True)
        desk.resolve(kept.id, "Gone.", notify=False)
    assert _events(peer.heard) == ["trigger", "resolve"]
    assert not desk.incidents.read(kept.id).paged


def test_what_may_ring_has_its_end_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PagerDuty took the call, and its answer came too late: nobody knows, so its end is told."""
    monkeypatch.setattr(web_door, "SECONDS", 0.3)
    with silent() as port:
        monkeypatch.setenv("PAGERDUTY_EVENTS_URL", f"http://127.0.0.1:{port}")
        desk = desk_of(tmp_path)
        one = desk.open("P1", "Down", notify=True)
    assert one.paged
    assert desk.notices.failed
    told = next(entry.text for entry in one.entries if entry.kind == "told")
    assert told == "PagerDuty may not have been told: PagerDuty did not answer in time."
    with web(lambda _: Reply(202)) as peer:
        monkeypatch.setenv("PAGERDUTY_EVENTS_URL", peer.url)
        ended = desk.resolve(one.id, "Gone.", notify=False)
    assert _events(peer.heard) == ["resolve"]
    assert not ended.paged


def test_what_rings_on_is_ended_by_resolving_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PagerDuty was away at the end; once it has heard, there is nothing to resolve any more."""
    status = [202, 503, 202]
    with web(lambda heard: Reply(status.pop(0) if heard.path == "/v2/enqueue" else 200)) as peer:
        monkeypatch.setenv("PAGERDUTY_EVENTS_URL", peer.url)
        desk = desk_of(tmp_path)
        one = desk.open("P1", "Down", notify=True)
        ended = desk.resolve(one.id, "Gone.", notify=False)
        assert (ended.paged, ended.resolved_at is None) == (True, False)
        again = desk.resolve(one.id, "Gone.", notify=False)
    assert (again.paged, again.resolved_at) == (False, ended.resolved_at)
    assert _events(peer.heard) == ["trigger", "resolve", "resolve"]
    assert [entry.text for entry in again.entries][-1] == "PagerDuty has it resolved."
    assert len(next(tmp_path.glob("resolution-*.txt")).read_text().splitlines()) == 1
    with pytest.raises(UsageError, match="already"):
        desk.resolve(one.id, "Gone.", notify=False)


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(200, '{"ok": false, "error": "not_in_channel"}'), "not_in_channel"),
        (Reply(200, '{"ok": false, "error": "token_revoked"}'), "token_revoked"),
        (Reply(200, "<html>"), "something else"),
        (Reply(200, '{"ok": true}'), "could not be used"),
        (Reply(429, ""), "HTTP 429"),
        (Reply(503, ""), "HTTP 503"),
    ],
)
def test_what_slack_says_to_a_bot(
    tmp_path: Path, reply: Reply, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slack answers 200 to what it refuses."""
    with web(lambda _: reply) as slack:
        monkeypatch.setenv("SLACK_API_URL", slack.url)
        desk = desk_of(tmp_path)
        desk.notices.bot = SlackBotConnector(lambda: SecretStr("xoxb-Kanarienvogel"))
        desk.open("P3", "Odd", notify=True)
    last = desk.notices.told[-1]
    assert not last.ok
    assert told in last.message
    assert slack.heard[0].headers["authorization"] == "Bearer xoxb-Kanarienvogel"


def listed(folder: Path, code: int) -> Any:
    """What `incident list` prints as JSON."""
    known = {"NBA_MCP_INCIDENTS_FOLDER": str(folder), "NBA_MCP_ONCALL_FOLDER": str(ROOT / "monitoring")}
    done = CliRunner().invoke(app, ["ops", "incident", "list", "--json"], env=known)
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


@pytest.mark.requirement("INC-POSTMORTEM")
def test_the_list_ends_with_1_while_a_postmortem_is_overdue(tmp_path: Path) -> None:
    """Or while a folder cannot be read."""
    assert listed(tmp_path / "none", 0) == {"incidents": [], "overdue": [], "broken": []}
    desk = desk_of(tmp_path)
    one = desk.open("P1", "Down", notify=False)
    assert listed(tmp_path, 0)["incidents"][0]["state"] == "open"
    file = tmp_path / one.id / "incident.json"
    old = json.loads(file.read_text()) | {"opened_at": "2026-01-01T00:00:00Z"}
    file.write_text(json.dumps(old))
    assert listed(tmp_path, 1)["overdue"] == [one.id]
    desk.resolve(one.id, "Done.", notify=False)
    assert listed(tmp_path, 1)["overdue"] == [one.id]
    (tmp_path / one.id / "postmortem.md").write_text("All of it.")
    assert listed(tmp_path, 0)["incidents"] == []
    (tmp_path / "broken").mkdir()
    assert [found["id"] for found in listed(tmp_path, 1)["broken"]] == ["broken"]


@pytest.mark.requirement("INC-POSTMORTEM")
def test_the_morning_names_what_is_overdue(tmp_path: Path) -> None:
    """By the step of the checklist; a record that cannot be read is a failure."""
    desk = desk_of(tmp_path)
    one = desk.open("P1", "Down", notify=False)
    ground = SimpleNamespace(
        settings=load_settings({"NBA_MCP_INCIDENTS_FOLDER": str(tmp_path)}), now=datetime.now(UTC)
    )
    found = CHECKS["incidents"](ground)  # type: ignore[arg-type]
    assert (found.result, found.message[:16]) == ("done", "1 incident open,")
    ground.now += timedelta(hours=49)
    found = CHECKS["incidents"](ground)  # type: ignore[arg-type]
    assert (found.result, one.id in found.person) == ("warning", True)
    (tmp_path / "broken").mkdir()
    found = CHECKS["incidents"](ground)  # type: ignore[arg-type]
    assert (found.result, "broken" in found.person) == ("failed", True)


def test_every_figure_that_is_asked_for_exists() -> None:
    """In the catalogue of metrics, or in the rules that Prometheus records."""
    known = {metric["name"] for metric in catalogue().values()}
    recorded = {rule["record"] for rule in sources.load(ROOT / "monitoring").recording}
    for figure in tomllib.loads((PACKAGE / "metrics.toml").read_text())["figures"]:
        for name in re.findall(r"nba_mcp[:_][\w:]+", figure["expr"]):
            assert name in known | recorded, name


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "SELECT 'a''b', $$x$$, $q$y$q$ FROM t WHERE n = 1 LIMIT $1",
            "SELECT '…', '…', '…' FROM t WHERE n = 1 LIMIT $1",
        ),
        ("SELECT 1 FROM t WHERE mail = 'ada@example", "SELECT 1 FROM t WHERE mail = '…'"),
        ("SELECT $q$ada@example", "SELECT '…'"),
        ("SELECT E'it\\'s', x, 'ada'", "SELECT '…', x, '…'"),
        (r"SELECT 'C:\', x, 'ada'", "SELECT '…', x, '…'"),
        ("SELECT E'ada\\", "SELECT '…'"),
        ("SELECT \"o'brien\", 'ada'", "SELECT \"o'brien\", '…'"),
        ("SELECT 1 -- don't ask\n, 'ada'", "SELECT 1 /*…*/\n, '…'"),
        ("/* ada's */ SELECT 'ada'", "/*…*/ SELECT '…'"),
        (
            "SELECT * FROM t22015 WHERE phone = 4917612345678 AND n < 9999",
            "SELECT * FROM t22015 WHERE phone = … AND n < 9999",
        ),
        ("SELECT 1234567.25, 12_345_678, 0xBC614E, 12345e3", "SELECT …, …, …, …"),
    ],
)
def test_values_in_statements_are_not_shown(text: str, told: str) -> None:
    """Texts of every kind, cut off too; long numbers; and no quote elsewhere turns the inside out."""
    assert statement(text) == told


def test_a_table_of_plain_text() -> None:
    """With a line of names, or a word where there is nothing."""
    assert table(["a", "bc"], [["1", ""], ["22", "x"]]) == "a   bc\n1\n22  x"
    assert table(["a"], []) == "None."
