"""checkov over the rendered manifests and the Dockerfile, with a short list of reasoned exceptions."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from rendered import Manifests

pytestmark = [pytest.mark.system, pytest.mark.timeout(400)]
ROOT = Path(__file__).resolve().parents[3]
CACHE = ROOT / ".cache" / "checkov"
EXCEPTIONS: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("checkov.yaml").read_text("utf-8"))


@pytest.fixture(scope="session")
def checkov() -> Path:
    """The program in an environment of its own, since it pins old libraries."""
    lock = ROOT / "requirements" / "checkov.txt"
    done = CACHE / "done"
    if not done.is_file() or done.read_text() != lock.read_text("utf-8"):
        uv = str(Path(sys.executable).with_name("uv"))
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(CACHE)], check=True)
        installing = [uv, "pip", "install", "--quiet", "--python", str(CACHE / "bin" / "python")]
        made = subprocess.run(
            [*installing, "--require-hashes", "-r", str(lock)], capture_output=True, text=True, check=False
        )
        if made.returncode:
            pytest.skip(f"checkov could not be installed: {made.stderr[-300:]}")
        done.write_text(lock.read_text("utf-8"))
    return CACHE / "bin" / "checkov"


def found(checkov: Path, file: Path, framework: str) -> tuple[set[tuple[str, str]], int]:
    """((check, resource) of each failed check, how many passed)."""
    done = subprocess.run(
        [str(checkov), "-f", str(file), "--framework", framework, "--skip-download", "--quiet", "-o", "json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        cwd=ROOT,
    )
    told = json.loads(done.stdout)
    failed = {(one["check_id"], one["resource"]) for one in told["results"]["failed_checks"]}
    return failed, told["summary"]["passed"]


def excused(check: str, resource: str) -> bool:
    """Whether an exception names the check, for all resources or for this one."""
    return any(
        one["check"] == check and any(name in resource for name in one.get("resources", [""]))
        for one in EXCEPTIONS
    )


@pytest.mark.requirement("SEC-SCAN")
def test_the_manifests_pass(checkov: Path, production: Manifests, tmp_path: Path) -> None:
    """All but what an exception names; and each exception is still needed."""
    (tmp_path / "production.yaml").write_text(production.text)
    failed, passed = found(checkov, tmp_path / "production.yaml", "kubernetes")
    assert {one for one in failed if not excused(*one)} == set()
    assert passed > 400
    of_kubernetes = {
        one["check"] for one in EXCEPTIONS if one["check"].startswith("CKV") and "K8S" in one["check"]
    }
    assert of_kubernetes == {check for check, _ in failed}


@pytest.mark.requirement("SEC-SCAN")
def test_the_dockerfile_passes(checkov: Path) -> None:
    """Without an exception."""
    failed, passed = found(checkov, ROOT / "Dockerfile", "dockerfile")
    assert failed == set()
    assert passed > 20


def test_every_exception_has_its_reason() -> None:
    """In a sentence."""
    for one in EXCEPTIONS:
        assert one.keys() <= {"check", "resources", "reason"}
        assert len(one["reason"].split()) > 5
