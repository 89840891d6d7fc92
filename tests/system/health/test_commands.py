"""The health commands of the operations documents, word for word, in a production in which all is well."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from health_ground import APP, ROOT, Production, settled
from running import free_port

pytestmark = [pytest.mark.system, pytest.mark.usefixtures("settled_production")]
COMMANDS = {
    one["id"]: one["command"]
    for one in yaml.safe_load((ROOT / "docs" / "operations-commands.yaml").read_text("utf-8"))
}
HOST = "https://nba-mcp-synthesis.example.com"


@pytest.fixture
def settled_production(production: Production) -> None:
    """Every pod is ready."""
    settled(production)


def run(production: Production, command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Runs a line as an operator would, in the checkout."""
    plain = {k: v for k, v in os.environ.items() if not k.startswith(("NBA_MCP_", "AWS_"))}
    return subprocess.run(
        ["/bin/sh", "-c", command],
        env={**plain, **production.operator, **environment},
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=100,
    )


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (23, "cpu: 40%/70%"),
        (24, "ScaleTargetRef|Reference:"),
        (28, "1/1"),
        (34, "180Mi"),
        (45, "node-"),
        (56, "prometheus-"),
        (59, "nba-mcp-synthesis"),
        (61, "Running"),
        (65, "180Mi"),
        (70, "180Mi"),
        (77, "180Mi"),
        (78, "180Mi"),
        (79, "nba-mcp-synthesis-hpa"),
        (80, "nba-mcp-synthesis-hpa"),
    ],
)
def test_a_look_at_the_cluster(production: Production, number: int, words: str) -> None:
    """What kubectl prints has what the person looks for."""
    done = run(production, COMMANDS[f"CMD-{number:03d}"])
    assert done.returncode == 0, done.stderr
    assert any(word in done.stdout for word in words.split("|")), done.stdout


def test_curl_from_outside(production: Production) -> None:
    """At the address that people use: both spellings of the documents."""
    trust = {"CURL_CA_BUNDLE": production.operator["SSL_CERT_FILE"]}
    for number, words in ((37, '"status":"ok"'), (64, "200")):
        command = COMMANDS[f"CMD-{number:03d}"].replace(HOST, production.public.url)
        done = run(production, command, **trust)
        assert (done.returncode, words in done.stdout) == (0, True), done


def test_curl_through_a_port_forward(production: Production) -> None:
    """They belong together; another port stands in for 8080, which may be taken."""
    port = str(free_port())
    forward = COMMANDS["CMD-011"].replace("8080", port)
    process = subprocess.Popen(
        forward.split(), env={**os.environ, **production.operator}, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        assert "Forwarding from" in process.stdout.readline()
        health = run(production, COMMANDS["CMD-012"].replace("8080", port))
        assert '"status":"ok"' in health.stdout
        metrics = run(production, COMMANDS["CMD-013"].replace("8080", port))
        assert "Bearer" in metrics.stdout  # production's want the token, and say so
    finally:
        process.terminate()
        process.wait(timeout=20)
        process.stdout.close()


@pytest.mark.requirement("PERF-VALIDATE")
def test_the_validation_writes_its_report(production: Production, tmp_path: Path) -> None:
    """Started by a Python that lacks the package; it checks everything and writes three files that agree."""
    bare = str(Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}")
    command = COMMANDS["CMD-058"].replace("python3 ", f"{bare} ", 1)
    done = run(production, f"{command} --folder {tmp_path}/reports --json")
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert len(told["checks"]) == 20
    assert {one["result"] for one in told["checks"]} <= {"pass", "warn"}
    written = json.loads((tmp_path / "reports" / "deployment-validation.json").read_text("utf-8"))
    assert written == {name: value for name, value in told.items() if name != "files"}
    for kind in ("md", "html"):
        text = (tmp_path / "reports" / f"deployment-validation.{kind}").read_text("utf-8")
        assert all(name in text for name in ("pods", "database", "certificates", "rules"))


def test_the_folders_of_the_documents_are_there() -> None:
    """They are in the repository, and what operators put into them is not."""
    for folder in ("reports", "backups", "incident-reports"):
        kept = subprocess.run(
            ["git", "ls-files", folder], cwd=ROOT, capture_output=True, text=True, check=False
        )
        if kept.returncode:
            pytest.skip("this is no checkout of git")
        assert kept.stdout.strip()
        ignored = subprocess.run(["git", "check-ignore", "-q", f"{folder}/x.sql"], cwd=ROOT, check=False)
        assert ignored.returncode == 0


def test_a_pod_is_looked_at_by_its_label(production: Production) -> None:
    """Three servers, and nothing else, have it."""
    done = run(production, f"kubectl get pods -l app={APP} -n {APP} --no-headers")
    assert done.stdout.count("1/1") == 3
