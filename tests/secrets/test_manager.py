"""The manager: what it reports, what it raises, how changes reach users, and what it does not import."""

import json
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from nba_mcp_synthesis.errors import SecretMissing
from nba_mcp_synthesis.secrets.history import Entry, History
from nba_mcp_synthesis.secrets.manager import UnifiedSecretsManager
from secret_ground import FITTING, Ground


def test_the_report_says_where_each_secret_comes_from(ground: Ground) -> None:
    """Level, place, version and age; None where the place keeps none."""
    ground.fill()
    ground.mount("REDIS_URL", FITTING["REDIS_URL"])
    ground.environ["SIGNING_KEY_NBA_MCP_SYNTHESIS_PRODUCTION"] = FITTING["SIGNING_KEY"]
    report = ground.manager().load_secrets_hierarchical("production")
    entries = {entry.name: entry for entry in report.entries}
    assert entries["SIGNING_KEY"].level == "environment"
    assert entries["SIGNING_KEY"].version is None
    assert entries["SIGNING_KEY"].age_seconds is None
    assert entries["REDIS_URL"].level == "mounted files"
    assert entries["RDS_HOST"].level == "folder"
    assert entries["RDS_HOST"].place == str(ground.folder() / "RDS_HOST.env")
    written = datetime.fromisoformat(entries["RDS_HOST"].version or "")
    assert datetime.now(UTC) - written < timedelta(minutes=5)
    age = entries["RDS_HOST"].age_seconds
    assert age is not None
    assert 0 <= age < 300
    assert dict(report.levels)["folder"] == len(FITTING) - 2


def test_an_error_lists_what_was_tried_in_order_and_what_to_set(ground: Ground) -> None:
    """Variables, mounted files, folder, AWS: each with its exact names."""
    manager = ground.manager()
    report = manager.load_secrets_hierarchical("production")
    assert "RDS_PASSWORD" in report.lacking
    with pytest.raises(SecretMissing) as caught:
        manager.require("RDS_PASSWORD")
    assert [tried.split()[0] for tried in caught.value.tried] == ["environment", "mounted", "files", "AWS"]
    text = str(caught.value)
    for told in (
        "RDS_PASSWORD_NBA_MCP_SYNTHESIS_PRODUCTION, RDS_PASSWORD",
        f"{ground.mounts} (no such folder)",
        f"{ground.root}/.env.nba-mcp-synthesis.production (no such folder)",
        "not asked: no AWS region",
        "Set the variable RDS_PASSWORD_NBA_MCP_SYNTHESIS_PRODUCTION",
    ):
        assert told in text


def test_a_changed_file_is_used_at_the_next_fetch(ground: Ground) -> None:
    """Without a refresh, a restart or a wait."""
    ground.mount("RDS_PASSWORD", "the-old-password")
    manager = ground.manager()
    manager.load_secrets_hierarchical("production")
    fetch = manager.fetcher("RDS_PASSWORD")
    assert fetch().get_secret_value() == "the-old-password"
    ground.mount("RDS_PASSWORD", "the-new-password")
    assert fetch().get_secret_value() == "the-new-password"


def test_mounted_secrets_are_as_old_as_their_values(ground: Ground) -> None:
    """Whatever the files say, which are all written when one changes; what has no date has its file's."""
    now = datetime.now(UTC)
    for name in ("RDS_PASSWORD", "SIGNING_KEY", "METRICS_TOKEN"):
        ground.mount(name, FITTING[name])
    history = History(
        {
            "RDS_PASSWORD": Entry(now - timedelta(days=31), "of-a-rotation"),
            "SIGNING_KEY": Entry(now - timedelta(days=90)),
        }
    )
    ground.mount("_history.json", json.dumps(history.as_json()))
    manager = ground.manager()
    report = manager.load_secrets_hierarchical("production")
    entries = {entry.name: entry for entry in report.entries}
    days = {name: round((entries[name].age_seconds or 0) / 86_400) for name in entries if entries[name].held}
    assert days == {"RDS_PASSWORD": 31, "SIGNING_KEY": 90, "METRICS_TOKEN": 0}
    assert entries["RDS_PASSWORD"].version == "of-a-rotation"
    assert [f.name for f in report.findings if f.kind == "expired"] == ["RDS_PASSWORD"]
    assert "unknown" not in {f.kind for f in report.findings}
    for broken in ("", "no JSON", "[]", '{"RDS_PASSWORD": 3}', "[" * 60_000):
        ground.mount("_history.json", broken)
        after = {entry.name: entry.age_seconds for entry in manager.refresh().entries}
        assert (after["RDS_PASSWORD"] or 0) < 3600


def test_a_secret_that_appears_is_found(ground: Ground) -> None:
    """It was missing before."""
    manager = ground.manager()
    manager.load_secrets_hierarchical("production")
    assert manager.get("RDS_PASSWORD") is None
    ground.mount("RDS_PASSWORD", "the-new-password")
    assert manager.require("RDS_PASSWORD").get_secret_value() == "the-new-password"


def test_changes_are_called_back_once_each(ground: Ground) -> None:
    """To those who listen to that secret, until they stop; one that fails keeps none from the others."""
    ground.mount("RDS_PASSWORD", "the-first-password")
    manager = ground.manager()
    manager.load_secrets_hierarchical("production")
    heard: list[str] = []

    def fail(_: SecretStr) -> None:
        raise ValueError("the-second-password")

    manager.on_change("RDS_PASSWORD", fail)
    stop = manager.on_change("RDS_PASSWORD", lambda value: heard.append(value.get_secret_value()))
    manager.on_change("REDIS_URL", lambda _: heard.append("another secret"))
    manager.refresh()
    ground.mount("RDS_PASSWORD", "the-second-password")
    manager.refresh()
    manager.refresh()
    assert heard == ["the-second-password"]
    stop()
    ground.mount("RDS_PASSWORD", "the-third-password")
    manager.refresh()
    assert heard == ["the-second-password"]


def test_a_secret_that_vanishes_keeps_serving_and_is_reported(ground: Ground) -> None:
    """A file being replaced, or a level that is away, ends no login; loading anew forgets it."""
    ground.fill()
    manager = ground.manager()
    manager.load_secrets_hierarchical("production")
    (ground.folder() / "RDS_PASSWORD.env").unlink()
    report = manager.refresh()
    assert [f.kind for f in report.findings] == ["missing"]
    assert manager.require("RDS_PASSWORD").get_secret_value() == FITTING["RDS_PASSWORD"]
    manager.load_secrets_hierarchical("production")
    assert manager.get("RDS_PASSWORD") is None


def test_a_fetch_waits_for_no_refresh(ground: Ground) -> None:
    """While a slow level is being asked, what is held, and a file that changes, are served."""
    ground.mount("RDS_PASSWORD", "the-first-password")
    manager = ground.manager()
    manager.load_secrets_hierarchical("production")
    with manager._gathering:  # as a refresh does while a level is slow
        found: list[str] = []

        def fetch() -> None:
            found.append(manager.require("RDS_PASSWORD").get_secret_value())

        for value in ("the-first-password", "the-second-password"):
            ground.mount("RDS_PASSWORD", value)
            thread = threading.Thread(target=fetch)
            thread.start()
            thread.join(timeout=5)
        assert found == ["the-first-password", "the-second-password"]


def test_readers_see_old_or_new_and_nothing_between(ground: Ground) -> None:
    """Threads that fetch while a file is replaced again and again."""
    values = {f"{'ab'[n % 2] * 20}{n}" for n in range(200)}
    ground.mount("RDS_PASSWORD", next(iter(values)))
    manager = ground.manager()
    manager.load_secrets_hierarchical("production")
    fetch, seen, stop = manager.fetcher("RDS_PASSWORD"), set(), threading.Event()

    def read() -> None:
        while not stop.is_set():
            seen.add(fetch().get_secret_value())

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for value in values:
        ground.mount("RDS_PASSWORD", value)
        manager.refresh()
    time.sleep(0.05)
    stop.set()
    for thread in threads:
        thread.join()
    assert seen <= values


def test_fifty_secrets_from_files_import_no_aws_library(ground: Ground) -> None:
    """Not even where AWS is configured: nothing lacks, so it is not asked."""
    names = [f"SERVICE{n}_TOKEN" for n in range(50)]
    for name in names:
        ground.file(name, f"value-of-{name}")
    manifest = ground.root / "manifest.toml"
    manifest.write_text("".join(f"[{n}]\nabout = 'x'\nkind = 'text'\nowner = 'me'\n" for n in names))
    script = (
        "import sys; from pathlib import Path\n"
        "from nba_mcp_synthesis.secrets.manager import UnifiedSecretsManager\n"
        "from nba_mcp_synthesis.secrets.manifest import read\n"
        "from nba_mcp_synthesis.secrets.places import Places\n"
        f"places = Places({{'AWS_REGION': 'us-east-1'}}, (), Path({str(ground.root)!r}))\n"
        f"manager = UnifiedSecretsManager(manifest=read(Path({str(manifest)!r})), places=places)\n"
        "report = manager.load_secrets_hierarchical('production')\n"
        "print(sum(e.held for e in report.entries), {'boto3', 'botocore'} & set(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "50 set()"


def test_settings_that_cannot_be_used_are_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading never raises, not even where a variable is misspelt."""
    monkeypatch.setenv("NBA_MCP_NONSENSE", "1")
    report = UnifiedSecretsManager("nba-mcp-synthesis").load_secrets_hierarchical("production")
    assert report.findings[0].kind == "settings"
    assert "NBA_MCP_NONSENSE" in report.findings[0].message
