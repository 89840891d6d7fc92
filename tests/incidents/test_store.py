"""Folders of incidents: whole or not there, two at once, broken ones, and what people change stays."""

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nba_mcp_synthesis.errors import Unavailable, UsageError
from nba_mcp_synthesis.operations.incidents import files, report
from nba_mcp_synthesis.operations.incidents.record import Incident, one_line, slug
from nba_mcp_synthesis.operations.incidents.store import POSTMORTEM, Incidents, default_template

ROOT = Path(__file__).resolve().parents[2]
AT = datetime(2026, 11, 26, 3, 15, tzinfo=UTC)


def opened(incidents: Incidents, title: str = "Scores are late", at: datetime = AT) -> Incident:
    """An incident that somebody has just opened."""
    found = Incident(id="", severity="P2", title=title, opened_at=at, opened_by="ana")
    found.note("opened", "ana", f"P2 opened: {title}", at)
    return incidents.open(found)


@pytest.mark.requirement("INC-TEMPLATE")
def test_the_template_has_the_sections_of_a_report_and_is_filled() -> None:
    """Those that the guide names; the folder's template is the one that the package brings."""
    template = (ROOT / "incident-reports" / "template.md").read_text("utf-8")
    assert template == default_template()
    sections = (
        "Incident Details",
        "Description",
        "Root Cause",
        "Resolution",
        "Prevention",
        "Lessons Learned",
    )
    assert all(f"## {title}\n" in template for title in sections)
    assert all(f"- **{name}**:" in template for name in ("Date", "Time", "Severity", "Duration"))


@pytest.mark.requirement("INC-TEMPLATE")
def test_an_incident_is_a_folder_with_a_record_and_a_report(tmp_path: Path) -> None:
    """Named by its day and its title; nothing else is left."""
    incidents = Incidents(tmp_path / "reports")
    found = opened(incidents)
    assert found.id == "2026-11-26-scores-are-late"
    assert incidents.read(found.id) == found
    text = (incidents.path(found.id) / "report.md").read_text("utf-8")
    assert "- **Severity**: P2\n" in text
    assert "- **Date**: 2026-11-26\n- **Time**: 03:15:00 UTC\n" in text
    assert "<!-- timeline -->\n- 2026-11-26 03:15:00 UTC, ana: P2 opened: Scores are late\n<!-- end" in text
    assert "<<" not in text
    assert sorted(path.name for path in incidents.folder.iterdir()) == [found.id, "template.md"]


def test_two_at_once_get_two_folders(tmp_path: Path) -> None:
    """Eight, of the same title in the same second."""
    incidents = Incidents(tmp_path)
    (tmp_path / "template.md").write_text(default_template())
    threads = [threading.Thread(target=opened, args=(incidents,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found, broken = incidents.all()
    assert (len({one.id for one in found}), broken) == (8, [])
    assert {one.id for one in found} == {
        "2026-11-26-scores-are-late",
        *(f"2026-11-26-scores-are-late-{n}" for n in range(2, 9)),
    }
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_updates_at_once_are_all_kept(tmp_path: Path) -> None:
    """In the record and in the report."""
    incidents = Incidents(tmp_path)
    name = opened(incidents).id

    def update(number: int) -> None:
        with incidents.changing(name) as incident:
            incident.note("update", "ana", f"Step {number}.")

    threads = [threading.Thread(target=update, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = {entry.text for entry in incidents.read(name).entries}
    text = (incidents.path(name) / "report.md").read_text("utf-8")
    assert {f"Step {number}." for number in range(12)} <= told
    assert all(f"ana: Step {number}.\n" in text for number in range(12))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"severity": "P9"}',
        "[]",
        '{"id": "x", "severity": "P1", "title": "t", "opened_at": "2026-01-01", "opened_by": "x"}',
    ],
)
def test_a_broken_folder_is_told_and_hides_no_other(tmp_path: Path, text: str) -> None:
    """Cut off, of another program, without a zone."""
    incidents = Incidents(tmp_path)
    good = opened(incidents).id
    (tmp_path / "2026-11-20-broken").mkdir()
    (tmp_path / "2026-11-20-broken" / "incident.json").write_text(text)
    (tmp_path / "2026-11-21-empty").mkdir()
    found, broken = incidents.all()
    assert [one.id for one in found] == [good]
    assert [one.id for one in broken] == ["2026-11-20-broken", "2026-11-21-empty"]
    assert "incident.json" in broken[0].reason


def test_what_people_change_stays(tmp_path: Path) -> None:
    """A report without its marks gets what is new at its end; one that was removed is not made again."""
    incidents = Incidents(tmp_path)
    name = opened(incidents).id
    file = incidents.path(name) / "report.md"
    file.write_text("# Mine\n\nWritten by hand.\n")
    with incidents.changing(name) as incident:
        incident.note("update", "ana", "Restarted.", AT)
    assert file.read_text("utf-8") == (
        "# Mine\n\nWritten by hand.\n\n## Timeline, continued\n\n<!-- timeline -->\n"
        "- 2026-11-26 03:15:00 UTC, ana: Restarted.\n<!-- end of timeline -->\n"
    )
    file.unlink()
    with incidents.changing(name) as incident:
        incident.note("update", "ana", "Again.", AT)
    assert not file.exists()
    assert incidents.read(name).entries[-1].text == "Again."


def test_a_record_that_a_person_changed_is_read(tmp_path: Path) -> None:
    """Another severity, a field of his own."""
    incidents = Incidents(tmp_path)
    name = opened(incidents).id
    file = incidents.path(name) / "incident.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "severity": "P1", "note": "mine"}))
    assert incidents.read(name).severity == "P1"


def test_a_duration_and_a_resolution_that_people_wrote_are_not_replaced() -> None:
    """Those that nobody has written are."""
    text = default_template()
    filled = report.with_resolution(text, "Rolled back.", timedelta(hours=1, minutes=5))
    assert "- **Duration**: 1 h 5 min\n" in filled
    assert "## Resolution\n\nRolled back.\n" in filled
    mine = text.replace("## Resolution\n\n_To be written._", "## Resolution\n\nBy hand.")
    assert "Rolled back." not in report.with_resolution(mine, "Rolled back.", timedelta(hours=1))


@pytest.mark.requirement("INC-POSTMORTEM")
def test_a_postmortem_is_overdue_after_48_hours_until_it_is_written(tmp_path: Path) -> None:
    """A draft with places to fill in is none."""
    incidents = Incidents(tmp_path)
    name = opened(incidents).id
    due = AT + timedelta(hours=48)
    assert incidents.overdue(due) == []
    later = due + timedelta(seconds=1)
    assert [one.id for one in incidents.overdue(later)] == [name]
    file = incidents.path(name) / POSTMORTEM
    file.write_text("# Post-mortem\n\n_To be written._\n")
    assert [one.id for one in incidents.overdue(later)] == [name]
    file.write_text("# Post-mortem\n\nThe cache was full.\n")
    assert incidents.overdue(later) == []


@pytest.mark.parametrize("bad", ["../x", "", ".lock", "a/b", "2026-11-26-none"])
def test_an_id_that_is_none_is_refused(tmp_path: Path, bad: str) -> None:
    """Nothing outside of the folder is ever read."""
    with pytest.raises(UsageError):
        Incidents(tmp_path).read(bad)


@pytest.mark.parametrize("text", [b"# <<titel>>\n", b"\xff\xfe"])
def test_a_template_that_cannot_be_used_keeps_nobody_from_opening(tmp_path: Path, text: bytes) -> None:
    """The package's own is used, and that is told."""
    (tmp_path / "template.md").write_bytes(text)
    incidents = Incidents(tmp_path)
    name = opened(incidents).id
    assert "- **Severity**: P2\n" in (incidents.path(name) / "report.md").read_text("utf-8")
    assert "template" in incidents.warnings[0]
    assert (tmp_path / "template.md").read_bytes() == text


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """By its path, and as something that is not there now."""
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="file/x cannot be written"):
        opened(Incidents(tmp_path / "file" / "x"))


@given(st.text())
def test_a_slug_is_always_the_name_of_a_folder(title: str) -> None:
    """Letters, digits and hyphens."""
    made = slug(title)
    assert made.isascii()
    assert 0 < len(made) <= 50
    assert made.replace("-", "").isalnum()
    assert "\n" not in one_line(title, 40)
    assert len(one_line(title, 40)) <= 40


def test_a_file_of_a_person_keeps_its_name(tmp_path: Path) -> None:
    """A link that is ours leads to the newest."""
    (tmp_path / "one").mkdir()
    for name in ("a.txt", "b.txt"):
        (tmp_path / "one" / name).write_text(name)
        assert files.point(tmp_path / "newest.txt", tmp_path / "one" / name)
        assert (tmp_path / "newest.txt").read_text() == name
    (tmp_path / "own.txt").write_text("mine")
    assert not files.point(tmp_path / "own.txt", tmp_path / "one" / "a.txt")
    assert (tmp_path / "own.txt").read_text() == "mine"
