"""Every name, label, port and path in the documented commands is in the rendered manifests."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from rendered import K8S, Manifests, Object

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.system
ROOT = Path(__file__).resolve().parents[3]
COMMANDS: list[Object] = yaml.safe_load((ROOT / "docs/operations-commands.yaml").read_text("utf-8"))
# What a container has by the image it runs; our own is a matter of the Dockerfile.
PROGRAMS = {
    "postgres": {"pg_dump", "pg_restore", "psql"},
    "redis": {"redis-cli"},
    "nba-mcp-synthesis": {"cat", "curl", "df", "netstat", "nslookup", "python3"},
}
FOLDERS = {"backups", "incident-reports", "reports"}
FIELDS = {"id", "from", "command", "needs", "outside", "note", "replaced", "checklist", "covered_by"}


def named(manifests: Manifests, kind: str) -> set[str]:
    """The names of all objects of a kind."""
    return {one["metadata"]["name"] for one in manifests.of_kind(kind)}


def image(manifests: Manifests, deployment: str) -> str:
    """The name, without registry and tag, of what a deployment's first container runs."""
    container = manifests.one("Deployment", deployment)["spec"]["template"]["spec"]["containers"][0]
    found: str = container["image"].rpartition("/")[2].partition(":")[0]
    return found


def has_port(manifests: Manifests, needs: Object) -> bool:
    """The service has the port, and it ends at a container's."""
    service = manifests.one("Service", needs["service"])["spec"]
    (port,) = [port for port in service["ports"] if port["port"] == needs["port"]]
    return any(
        port["targetPort"] in (one["name"], one["containerPort"])
        for _, container, pod in manifests.containers()
        if service["selector"].items() <= pod["metadata"]["labels"].items()
        for one in container.get("ports", [])
    )


def is_there(manifests: Manifests, need: str, value: Any, needs: Object) -> bool:
    """Whether the manifests, or the project's files, have what a command needs."""
    ways: dict[str, Callable[[], bool]] = {
        "namespace": lambda: value in named(manifests, "Namespace"),
        "deployment": lambda: value in named(manifests, "Deployment"),
        "container": lambda: (
            value
            in {
                one["name"]
                for one in manifests.one("Deployment", needs["deployment"])["spec"]["template"]["spec"][
                    "containers"
                ]
            }
        ),
        "service": lambda: value in named(manifests, "Service"),
        "port": lambda: has_port(manifests, needs),
        "container_port": lambda: any(
            port["containerPort"] == value
            for _, one, _ in manifests.containers()
            for port in one.get("ports", [])
        ),
        "label": lambda: tuple(value.split("=")) in manifests.server()["metadata"]["labels"].items(),
        "hpa": lambda: value in named(manifests, "HorizontalPodAutoscaler"),
        "secret": lambda: (
            value in {one["spec"]["target"]["name"] for one in manifests.of_kind("ExternalSecret")}
        ),
        "kinds": lambda: all(manifests.of_kind(kind) for kind in value),
        "host": lambda: value in {rule["host"] for rule in manifests.of_kind("Ingress")[0]["spec"]["rules"]},
        "path": lambda: value in served_paths(),
        "program": lambda: value in PROGRAMS[image(manifests, needs["deployment"])],
        "module": lambda: needs["deployment"] == "nba-mcp-synthesis",
        "file": lambda: value.startswith(("scripts/", "docs/")) or (ROOT / value).is_file(),
        "folder": lambda: value in FOLDERS,
        "database": lambda: value == variables(manifests, needs["deployment"])["PGDATABASE"],
        "repository": lambda: value == image(manifests, "nba-mcp-synthesis"),
        "rds_instance": lambda: f"@{value}." in manifests.text,
        "aws_secret": lambda: f"key: {value}" in manifests.text,
        "bucket": lambda: value == "nba-mcp-synthesis-backups",
    }
    return ways[need]()


def variables(manifests: Manifests, deployment: str) -> dict[str, str]:
    """The environment of a deployment's first container."""
    container = manifests.one("Deployment", deployment)["spec"]["template"]["spec"]["containers"][0]
    return {one["name"]: one.get("value", "") for one in container["env"]}


def served_paths() -> set[str]:
    """What the HTTP server answers to; its document is made from the routes."""
    text = (ROOT / "src/nba_mcp_synthesis/server/routes").rglob("*.py")
    return {
        path for file in text for path in re.findall(r'@app\.get\(\s*"(/[^"]*)"', file.read_text("utf-8"))
    }


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command["id"])
@pytest.mark.requirement("DEP-MANUAL")
@pytest.mark.requirement("DEP-VERIFY")
@pytest.mark.requirement("SCL-HPA")
def test_what_a_command_needs_is_there(production: Manifests, command: Object) -> None:
    """By the very name that the document uses."""
    if command.get("outside") == "monitoring stack":
        assert command["needs"]["namespace"] == "monitoring"
        return
    needs = command["needs"]
    missing = [need for need, value in needs.items() if not is_there(production, need, value, needs)]
    assert missing == []


def test_a_name_that_is_not_there_is_found(production: Manifests) -> None:
    """Otherwise the test above would say nothing."""
    assert not is_there(production, "hpa", "nba-mcp-hpa", {})
    assert not is_there(production, "label", "app=nba", {})
    assert not is_there(production, "path", "/healthz", {})
    assert not is_there(production, "kinds", ["StatefulSet"], {})


def test_the_table_is_well_formed() -> None:
    """Ids once each, known fields, known sources, commands once each."""
    ids = [command["id"] for command in COMMANDS]
    assert ids == [f"CMD-{n:03d}" for n in range(1, len(ids) + 1)]
    assert len({command["command"] for command in COMMANDS}) == len(COMMANDS) > 100
    for command in COMMANDS:
        assert command.keys() <= FIELDS, command["id"]
        assert {place.partition(", ")[0] for place in command["from"]} <= {"runbook", "guide"}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command["id"])
def test_no_name_in_a_command_is_left_out(command: Object) -> None:
    """Whatever is named like something of ours stands among its needs."""
    if command["command"].startswith(("echo", "cat ", "curl -X POST", "python3 -c")):
        return
    names = set(re.findall(r"nba-(?:mcp-[a-z-]*[a-z]|simulator-db)", command["command"]))
    known = " ".join(str(value) for value in command["needs"].values())
    assert {name for name in names if name not in known} == set()


def test_tests_that_cover_a_command_exist() -> None:
    """`covered_by` names a function of a test file."""
    for command in COMMANDS:
        for place in command.get("covered_by", []):
            file, _, function = place.partition("::")
            assert f"def {function}(" in (ROOT / file).read_text("utf-8"), place


@pytest.mark.requirement("SCL-VERTICAL")
@pytest.mark.requirement("SCL-HPA")
def test_the_documented_patches_fit(production: Manifests) -> None:
    """They name what is there, and stay within the quota (test_policies)."""
    patches = [
        yaml.safe_load(found)
        for c in COMMANDS
        for found in re.findall(r"-p\s+(?:\\\s+)?'(.*)'", c["command"], re.DOTALL)
    ]
    assert len(patches) == 3
    for patch in patches:
        if "template" in patch["spec"]:
            (container,) = patch["spec"]["template"]["spec"]["containers"]
            assert container["name"] == production.server()["spec"]["containers"][0]["name"]
            assert set(container["resources"]) == {"requests", "limits"}
        else:
            assert set(patch["spec"]) <= set(
                production.one("HorizontalPodAutoscaler", "nba-mcp-synthesis-hpa")["spec"]
            )


def test_the_file_that_is_applied_by_its_path_is_there() -> None:
    """A link into the base, which holds one object a file."""
    assert (K8S / "servicemonitor.yaml").resolve() == K8S / "base/servicemonitor.yaml"
