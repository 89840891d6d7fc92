"""Every heading of the troubleshooting page is a message of ours: each is made to appear here."""

import os
import re
import sys
import time
from pathlib import Path

import pytest

from docs.shell import ROOT
from nba_mcp_synthesis.cli import main

PAGE = (ROOT / "docs/runbooks/troubleshooting.md").read_text("utf-8")
HEADINGS = re.findall(r"^### (.+)$", PAGE, re.MULTILINE)
NOBODY = "postgresql://a:b@127.0.0.1:1/x?sslmode=disable"
_CAPITALS = re.compile(
    r"(?<![_A-Z])(?:NAME|OTHER|PATH|ADDRESS|REASON|SECRET|DAYS|NBA_MCP_NAME|NBA_MCP_OTHER)(?![_A-Z])"
)
# By the beginning of a heading: the environment and the command line that make it appear.
CASES: dict[str, tuple[dict[str, str], str]] = {
    "NBA_MCP_NAME is not a setting": ({"NBA_MCP_WAREHOUS_URL": "x"}, "data status"),
    "NBA_MCP_QUERY_SECONDS": ({"NBA_MCP_QUERY_SECONDS": "soon"}, "data status"),
    "NBA_MCP_REDIS_URL": ({"NBA_MCP_REDIS_URL": "http://x"}, "serve"),
    "NBA_MCP_MODELS": ({"NBA_MCP_MODELS": "gpt"}, "ask hello"),
    "NBA_MCP_AUTH=oauth": ({"NBA_MCP_AUTH": "oauth"}, "serve"),
    "Listening on": ({}, "serve --host 0.0.0.0"),
    "There is no warehouse": ({}, "query SELECT"),
    "There is no lake": ({}, "lake browse"),
    "PATH does not exist": ({}, "data load /nowhere"),
    "The PostgreSQL server": ({"NBA_MCP_WAREHOUSE_URL": NOBODY}, "query SELECT"),
    "The state database": ({"NBA_MCP_STATE_URL": NOBODY}, "state migrate"),
    "Nothing accepts": (
        {
            "NBA_MCP_LAKE_URL": "s3://nobody/x",
            "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
            "AWS_ACCESS_KEY_ID": "a",
            "AWS_SECRET_ACCESS_KEY": "b",
        },
        "lake browse",
    ),
    "Alertmanager at": ({"NBA_MCP_ALERTMANAGER_URL": "http://127.0.0.1:1"}, "ops alerts list"),
    "AWS STS": ({}, "ops deploy 1.0 --dry-run"),
    "DELETE statements": ({}, "query DELETE"),
    "NBA_MCP_BACKUP_URL": ({}, "ops backup list"),
    "No answer": ({}, "answers show nothing"),
    "No key": ({}, "keys revoke nobody"),
    "SECRET is missing": ({}, "secrets validate --context production"),
    "SECRET is DAYS": ({}, "secrets validate --context production"),
}
SQL = {"SELECT": "SELECT 1", "DELETE": "DELETE FROM games"}


def as_pattern(heading: str) -> str:
    """A heading as what is looked for: words in capitals stand for anything."""
    parts = _CAPITALS.split(heading)
    return ".+?".join(re.escape(part) for part in parts)


def test_every_heading_is_tried() -> None:
    """And no case is left of a heading that is gone."""
    for heading in HEADINGS:
        assert [case for case in CASES if heading.startswith(case)] != [], heading
    assert len(HEADINGS) == len(CASES)


@pytest.mark.requirement("INC-CRASHLOOP")
@pytest.mark.parametrize("heading", HEADINGS)
def test_the_message_appears(
    heading: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a machine where just that is wrong, word for word."""
    environment, line = next(case for start, case in CASES.items() if heading.startswith(start))
    monkeypatch.setenv("NBA_MCP_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "2000")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    if heading.startswith("SECRET is DAYS"):
        old_secret(tmp_path / "mounts")
    monkeypatch.setattr(sys, "argv", ["nba-mcp", *(SQL.get(word, word) for word in line.split())])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    assert ended.value.code in (1, 2, 3)
    assert re.search(as_pattern(heading), " ".join((said.out + said.err).split()))


def old_secret(folder: Path) -> None:
    """A mounted password that nobody has replaced for a year."""
    folder.mkdir()
    file = folder / "STATE_PASSWORD"
    file.write_text("a-password-of-last-year")
    last_year = time.time() - 365 * 86_400
    os.utime(file, (last_year, last_year))
