"""The workflow files: what they run exists, what they may do is little, and no key is kept anywhere."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from nba_mcp_synthesis.operations.deploy.names import PLATFORM

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
WORKFLOWS: dict[str, dict[Any, Any]] = {f.stem: yaml.safe_load(f.read_text("utf-8")) for f in FILES}


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every job of every workflow."""
    for workflow, body in WORKFLOWS.items():
        yield from ((f"{workflow}/{name}", job) for name, job in body["jobs"].items())


def steps() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every step of every job."""
    for name, job in jobs():
        yield from ((name, step) for step in job.get("steps", []))


@pytest.mark.requirement("DEP-CICD")
def test_there_is_a_job_for_each_make_target_and_for_what_follows() -> None:
    """check, test and test-system, each a target; then build, scan, push, and deploy once approved."""
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    run = [
        (name, made)
        for name, step in steps()
        for made in re.findall(r"\bmake ([a-z-]+)", step.get("run", ""))
    ]
    assert {made for _, made in run} <= targets
    assert set(WORKFLOWS["ci"]["jobs"]) == {made for name, made in run if name.startswith("ci/")}
    assert set(WORKFLOWS["image"]["jobs"]) == {"ci", "build", "scan", "push"}
    assert set(WORKFLOWS["image"]["jobs"]["push"]["needs"]) == {"ci", "scan"}
    assert WORKFLOWS["deploy"]["jobs"]["deploy"]["environment"] == "production"
    assert WORKFLOWS["deploy"]["jobs"]["deploy"]["needs"] == "plan"


def said(workflow: str, job: str) -> list[dict[str, Any]]:
    """The steps of a job."""
    found: list[dict[str, Any]] = WORKFLOWS[workflow]["jobs"][job]["steps"]
    return found


@pytest.mark.requirement("DEP-CICD")
def test_the_image_that_is_pushed_is_the_one_that_was_scanned() -> None:
    """It is built once, says what of, and reaches scan and push by the same artifact."""
    (built,) = [step["run"] for step in said("image", "build") if "docker build" in step.get("run", "")]
    assert re.findall(r"--build-arg \"(\w+)=", built) == ["VERSION", "REVISION", "CREATED"]
    assert f"--platform {PLATFORM} " in built
    taken = [
        [step["with"]["name"] for step in said("image", job) if "download-artifact" in step.get("uses", "")]
        for job in ("scan", "push")
    ]
    assert taken == [["image"], ["image"]]
    pushing = [step["run"] for step in said("image", "push") if "run" in step]
    assert pushing[0] == "docker load --input image.tar"
    assert re.search(r"--tag (\S+:\$\{\{ github.sha \}\}) ", built)[1] in pushing[-1]  # type: ignore[index]
    assert "--loaded" in pushing[-1]


@pytest.mark.requirement("DEP-CICD")
def test_what_is_deployed_is_what_the_plan_found() -> None:
    """By digest, and from the main branch alone."""
    plan, deploy = (WORKFLOWS["deploy"]["jobs"][name] for name in ("plan", "deploy"))
    assert plan["if"] == deploy["if"] == "github.ref == 'refs/heads/main'"
    assert plan["outputs"] == {"digest": "${{ steps.plan.outputs.digest }}"}
    (planned,) = [step for step in plan["steps"] if step.get("id") == "plan"]
    assert "digest=$(jq -er " in planned["run"]
    assert planned["shell"] == "bash"
    (deployed,) = [step for step in deploy["steps"] if "deploy_production.sh" in step.get("run", "")]
    assert '"$TAG@$DIGEST"' in deployed["run"]
    assert deployed["env"]["DIGEST"] == "${{ needs.plan.outputs.digest }}"


@pytest.mark.requirement("SEC-SCAN")
def test_dependencies_are_audited_and_images_scanned() -> None:
    """Each change and each week; the exit code of `ops updates` for a vulnerability is tested with it."""
    asked = [step.get("run") for _, step in steps()]
    scans = [step["with"] for _, step in steps() if step.get("uses", "").startswith("aquasecurity/trivy")]
    audit = re.search(r"^audit:.*\n\t(.*)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert "make audit" in asked
    assert audit is not None
    assert audit[1] == "@$(BIN)/nba-mcp ops updates"
    assert [scan["exit-code"] for scan in scans] == ["1"]
    assert "schedule" in WORKFLOWS["ci"][True]  # YAML 1.1 reads the key `on` so


def test_the_scripts_that_they_run_exist() -> None:
    found = [s for _, step in steps() for s in re.findall(r"\bscripts/\S+\.sh", step.get("run", ""))]
    assert set(found) == {"scripts/push_to_ecr.sh", "scripts/deploy_production.sh"}
    assert all((ROOT / script).is_file() for script in found)


def test_they_may_do_little_and_keep_no_keys() -> None:
    """Contents are read; a login at AWS is asked for where it is used; no secret is named."""
    for workflow, body in WORKFLOWS.items():
        assert body["permissions"] == {"contents": "read"}, workflow
    for name, job in jobs():
        logs_in = any("configure-aws-credentials" in step.get("uses", "") for step in job.get("steps", []))
        wanted = {"contents": "read", "id-token": "write"} if logs_in else None
        assert job.get("permissions") == wanted, name
        assert "environment" in job or not logs_in, name
        assert "timeout-minutes" in job or "uses" in job, name
    for file in FILES:
        assert "secrets." not in file.read_text("utf-8")


def test_actions_are_pinned_and_nothing_from_outside_is_run_as_a_command() -> None:
    """By a version; what comes from outside goes through the environment, never into a script."""
    for name, step in steps():
        if "uses" in step:
            assert re.search(r"@v?\d+(\.\d+)*$", step["uses"]), f"{name}: {step['uses']}"
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False, name
        inserted = re.findall(r"\$\{\{\s*(.*?)\s*\}\}", step.get("run", ""))
        assert all(re.match(r"github\.sha$|inputs\.emergency &&", one) for one in inserted), (
            f"{name}: {inserted}"
        )


def test_they_are_as_the_schema_of_workflows_says() -> None:
    program = str(Path(sys.executable).with_name("check-jsonschema"))
    command = [program, "--builtin-schema", "vendor.github-workflows", *map(str, FILES)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
