"""The official conformance suite against a real server, for both revisions of the protocol."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import small_league
from node_clients import Node
from running import Running, running

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]

SUITE = "node_modules/@modelcontextprotocol/conformance/dist/index.js"
REQUIREMENTS = "node_modules/@modelcontextprotocol/conformance/requirements/{}.yaml"
# The suite runs more than it scores (extensions, scenarios still to be finished); these pass all the same.
OURS_TOO = {"http-header-validation", "server-session-lifecycle"}
BASELINE = Path(__file__).with_name("conformance-baseline.yaml")
_FOLDER = re.compile(r"server-(?P<scenario>.+)-\d{4}-\d{2}-\d{2}T[\d-]+Z")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server over the small league."""
    folder = tmp_path_factory.mktemp("conformance")
    path = small_league.build(folder / "small.duckdb")
    with running(folder, NBA_MCP_WAREHOUSE_URL=f"duckdb:///{path}") as found:
        yield found


def reasons(revision: str) -> dict[str, str]:
    """Why a check fails, by `scenario:check`, as the baseline has it."""
    groups: list[dict[str, Any]] = yaml.safe_load(BASELINE.read_text())[revision]
    listed = [(check, group["why"]) for group in groups for check in group["checks"]]
    assert len(dict(listed)) == len(listed), "a check is listed twice"
    return dict(listed)


def outcomes(folder: Path) -> dict[str, str]:
    """The worst status of each check that ran, by `scenario:check`."""
    found: dict[str, str] = {}
    for results in folder.glob("*/checks.json"):
        named = _FOLDER.fullmatch(results.parent.name)
        assert named, results.parent.name
        for check in json.loads(results.read_text()):
            name = f"{named['scenario']}:{check['id']}"
            found[name] = "FAILURE" if "FAILURE" in (found.get(name), check["status"]) else check["status"]
    return found


@pytest.mark.parametrize("revision", ["2026-07-28", "2025-11-25"])
def test_what_a_revision_requires_of_servers(
    node: Node, server: Running, tmp_path: Path, revision: str
) -> None:
    """Every check passes but those of the baseline, and of those none does: it would be out of date."""
    done = node.run(
        SUITE, "server", "--url", f"{server.url}/mcp", "--requirements", revision, "-o", str(tmp_path)
    )
    required = set(yaml.safe_load((node.folder / REQUIREMENTS.format(revision)).read_text())["server"])
    found = outcomes(tmp_path)
    assert required <= {name.partition(":")[0] for name in found}, done.stdout[-3_000:]
    failed = {name for name, status in found.items() if status == "FAILURE"}
    failed = {name for name in failed if name.partition(":")[0] in required | OURS_TOO}
    known = set(reasons(revision))
    assert failed - known == set(), done.stdout[-3_000:]
    assert known - failed == set(), "these pass now, and are to be taken out of the baseline"


@pytest.mark.parametrize("revision", ["2026-07-28", "2025-11-25"])
def test_what_needs_no_fixture_of_the_suite_is_never_excused(revision: str) -> None:
    """Hosts and origins, headers, sessions, caching, errors: whatever a baseline may say later."""
    scenarios = {name.partition(":")[0] for name in reasons(revision)}
    assert not scenarios & {
        "caching",
        "completion-complete",
        "dns-rebinding-protection",
        "http-header-validation",
        "logging-set-level",
        "prompts-list",
        "resources-list",
        "sep-2164-resource-not-found",
        "server-initialize",
        "server-session-lifecycle",
        "tools-call-error",
        "tools-list",
    }
