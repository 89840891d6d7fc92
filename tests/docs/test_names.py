"""Links lead somewhere, and whatever the docs name is there: files, alerts, metrics, settings, demands."""

import datetime as dt
import re
import tomllib
import warnings
from pathlib import Path

import pytest
import yaml

from docs import judges, names, shell
from docs.shell import ROOT

RUNBOOKS = ROOT / "docs/runbooks"
REVIEWED = re.compile(r"\| (.+) \| (\d{4}-\d{2}-\d{2}) \| (\d{4}-\d{2}-\d{2}) \|$", re.MULTILINE)


@pytest.mark.requirement("DOC-RUNBOOKS")
def test_links_lead_somewhere() -> None:
    """To a file that exists, and to a heading of it where one is named."""
    assert len(names.links()) > 150
    assert [link for link in names.links() if not names.is_there(*link)] == []


def test_a_link_that_leads_nowhere_is_found() -> None:
    """A file that is not there, and a heading that is not there."""
    assert names.is_there("docs/runbooks/README.md", "../backups.md#go-back")
    assert not names.is_there("docs/runbooks/README.md", "../backup.md")
    assert not names.is_there("docs/runbooks/README.md", "../backups.md#go-forward")


def test_files_that_are_named_exist() -> None:
    """Paths of the project in code marks; `*` stands for whatever there is."""
    missing = [
        (p.name, path)
        for p in names.CURRENT
        for path in names.paths(p)
        if not any(ROOT.glob(path.rstrip("/")))
    ]
    assert missing == []


def test_alerts_that_are_named_exist() -> None:
    assert [u for u in names.used(r"\bNbaMcp[A-Z]\w+") if u[1] not in names.alerts()] == []


def test_metrics_that_are_named_exist() -> None:
    found = names.used(r"\bnba_mcp_(?!(?:synthesis|loader)\b)[a-z0-9_]*[a-z0-9]\b")
    assert [u for u in found if not names.is_metric(u[1])] == []


def test_settings_that_are_named_exist() -> None:
    assert [u for u in names.used(r"(?<!_)\bNBA_MCP_[A-Z_]*[A-Z]\b") if not names.is_setting(u[1])] == []


def test_names_that_are_not_there_are_found() -> None:
    """Otherwise the tests above would say nothing."""
    assert not names.is_metric("nba_mcp_db_upp")
    assert names.is_metric("nba_mcp_tool_duration_seconds_bucket")
    assert not names.is_setting("NBA_MCP_WAREHOUSE_URI")
    assert "NbaMcpDatabaseAway" not in names.alerts()


@pytest.mark.requirement("DOC-RUNBOOKS")
@pytest.mark.requirement("DOC-ARCHITECTURE")
def test_every_runbook_is_in_the_index_with_its_review() -> None:
    """Each page below runbooks/ is linked there, and has two dates, the second one later."""
    text = (RUNBOOKS / "README.md").read_text("utf-8")
    linked = set(re.findall(r"\]\(([\w-]+\.md)\)", text))
    pages = {p.name for p in RUNBOOKS.glob("*.md")} - {"README.md"}
    assert pages <= linked
    reviews = REVIEWED.findall(text)
    dated = {page for row, *_ in reviews for page in re.findall(r"\]\(([\w-]+\.md)\)", row)}
    assert pages - dated - {"first-day.md", "replaced.md"} == set()
    assert all(dt.date.fromisoformat(last) < dt.date.fromisoformat(due) for _, last, due in reviews)


def test_reviews_that_are_due_are_told() -> None:
    """A page that nobody has looked at for long is a warning; its age alone breaks nothing."""
    text = (RUNBOOKS / "README.md").read_text("utf-8")
    today = dt.datetime.now(dt.UTC).date()
    due = [row for row, _, day in REVIEWED.findall(text) if dt.date.fromisoformat(day) < today]
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        for row in due:
            warnings.warn(f"A runbook's review is due: {row}", stacklevel=1)


def test_every_alert_has_its_page() -> None:
    """And no page is left of an alert that is gone."""
    pages = {p.stem for p in (RUNBOOKS / "alerts").glob("*.md")} - {"README"}
    assert pages == set(names.alerts())


@pytest.mark.requirement("DOC-CHANGELOG")
def test_the_changelog_has_the_form_of_keep_a_changelog() -> None:
    """Versions, the newest first, and below each the kinds of changes that the form knows; lines in lists."""
    text = (ROOT / "docs/changelog.md").read_text("utf-8")
    versions = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert versions[0] == "Unreleased"
    assert [
        v for v in versions[1:] if v != "Deployments" and not re.fullmatch(r"\[?[\d.]+\]? - [\d-]+", v)
    ] == []
    kinds = re.findall(r"^### (.+)$", text, re.MULTILINE)
    assert {*kinds} <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


@pytest.mark.requirement("DOC-RUNBOOKS")
def test_every_demand_has_its_page_and_its_command() -> None:
    """The pages exist, and the commands would work."""
    groups = yaml.safe_load((ROOT / "docs/requirements.yaml").read_text("utf-8"))
    places = tomllib.loads((ROOT / "docs/requirements-pages.toml").read_text("utf-8"))
    assert [*places] == [entry["id"] for entries in groups.values() for entry in entries]
    assert [p["page"] for p in places.values() if not (ROOT / "docs" / p["page"]).is_file()] == []
    asked = [shell.Block(name, 1, "sh", p["run"]) for name, p in places.items() if p["run"]]
    wrong = [f"{c}: {f}" for b in asked for c in shell.commands_of(b) if (f := judges.judged(c))]
    assert wrong == []


@pytest.mark.requirement("DOC-ARCHITECTURE")
@pytest.mark.parametrize("name", ["architecture", "requirements"])
def test_pages_that_are_made_are_as_made_now(name: str) -> None:
    """Otherwise `make pages`."""
    import importlib.util  # noqa: PLC0415 - the scripts are no package

    path = ROOT / "scripts" / f"{name}_page.py"
    spec = importlib.util.spec_from_file_location(f"{name}_page", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert Path(ROOT / f"docs/{name}.md").read_text("utf-8") == module.page(), "run `make pages`"
