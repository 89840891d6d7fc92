"""Dependencies against an index and an OSV on loopback, and against none."""

import json
from datetime import UTC, datetime

import pytest

from nba_mcp_synthesis.operations.reports.updates import updates
from running import free_port
from servers.listeners import Heard, Reply, web

NOW = datetime(2026, 3, 2, tzinfo=UTC)
INSTALLED = [("duckdb", "1.5.5"), ("jinja2", "2.4"), ("ours-alone", "1.0")]
VERSIONS = {"duckdb": ["1.5.5", "1.5.4", "2.0.0rc1"], "jinja2": ["2.4", "3.1.6", "3.1.10", "odd"]}


def index_and_osv(heard: Heard) -> Reply:
    """A package index by PEP 691 and 700, and OSV's batch queries, in the form of theirs."""
    if heard.path == "/v1/querybatch":
        asked = heard.json()["queries"]
        told = [
            {"vulns": [{"id": "GHSA-xxxx"}]} if one["package"]["name"] == "jinja2" else {} for one in asked
        ]
        return Reply(200, json.dumps({"results": told}))
    name = heard.path.strip("/").rsplit("/", 1)[-1]
    return Reply(200, json.dumps({"versions": VERSIONS[name]})) if name in VERSIONS else Reply(404, "")


@pytest.mark.requirement("MNT-UPDATES")
def test_what_is_old_and_what_is_vulnerable() -> None:
    with web(index_and_osv) as server:
        found = updates(NOW, f"{server.url}/simple", server.url, INSTALLED)
        asked = [heard.json() for heard in server.heard if heard.path == "/v1/querybatch"]
    assert found.data["vulnerable"] == [{"name": "jinja2", "version": "2.4", "advisory": "GHSA-xxxx"}]
    assert found.data["outdated"] == [{"name": "jinja2", "version": "2.4", "newest": "3.1.10"}]
    assert found.data["unlooked"].startswith("1 package, such as ours-alone: ")
    assert found.exit_code == 1
    assert asked[0]["queries"][0] == {"package": {"name": "duckdb", "ecosystem": "PyPI"}, "version": "1.5.5"}


@pytest.mark.requirement("MNT-UPDATES")
def test_nobody_who_can_be_asked_is_said_plainly() -> None:
    gone = f"http://127.0.0.1:{free_port()}"
    found = updates(NOW, gone, gone, INSTALLED)
    assert found.exit_code == 3
    assert "Not audited for vulnerabilities: http://127.0.0.1" in found.markdown()
    assert "None is." not in found.markdown()  # no false all-clear


@pytest.mark.parametrize("text", ["<html>", "[]", '{"results": []}', '{"versions": null}'])
def test_answers_that_are_none_are_no_all_clear(text: str) -> None:
    with web(lambda _: Reply(200, text)) as server:
        found = updates(NOW, server.url, server.url, INSTALLED)
    assert found.exit_code == 3
    assert found.data["unaudited"]
    assert found.data["unlooked"]


def test_what_is_installed_is_found() -> None:
    gone = f"http://127.0.0.1:{free_port()}"
    assert updates(NOW, gone, gone).data["packages"] > 50
