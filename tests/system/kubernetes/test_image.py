"""The image: its file is linted, its steps run in a clean folder, and the outcome runs as in a pod."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
import yaml

import debian
import small_league
from image_root import ROOT, ImageRoot, context, image_root
from rendered import Manifests
from running import free_port

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
COMMANDS = yaml.safe_load((ROOT / "docs/operations-commands.yaml").read_text("utf-8"))
# What the base image brings of the programs that are run in a pod.
OF_THE_BASE = {"cat", "df", "python3"}


@pytest.fixture(scope="module")
def image() -> ImageRoot:
    """What is at /app in the image."""
    return image_root()


def installed() -> list[str]:
    """The Debian packages that the documents want; PostgreSQL's clients are of a repository of its own."""
    found, *_ = re.findall(r"--no-install-recommends ([^\\\n]+)", DOCKERFILE)
    return str(found).split()


def test_the_dockerfile_is_clean() -> None:
    """By hadolint, with the exceptions of .hadolint.yaml; and a bad one is not."""
    program = Path(sys.executable).with_name("hadolint")
    assert subprocess.run([program, "Dockerfile"], cwd=ROOT, check=False).returncode == 0
    bad = subprocess.run([program, "-"], input=b"FROM python:latest\nRUN sudo ls\n", cwd=ROOT, check=False)
    assert bad.returncode != 0


def test_the_image_says_who_it_is_and_runs_as_nobody_in_particular(production: Manifests) -> None:
    """Labels by build arguments, a user by number, a check of its health; and the manifests agree with it."""
    for label in ("title", "description", "version", "revision", "created"):
        assert f"org.opencontainers.image.{label}=" in DOCKERFILE
    pod = production.server()["spec"]
    assert f"USER {pod['securityContext']['runAsUser']}:{pod['securityContext']['runAsGroup']}" in DOCKERFILE
    assert f"EXPOSE {pod['containers'][0]['ports'][0]['containerPort']}" in DOCKERFILE
    assert "HEALTHCHECK" in DOCKERFILE
    home = production.configuration("nba-mcp-synthesis-config")["NBA_MCP_HOME"]
    assert f"NBA_MCP_HOME={home}" in DOCKERFILE
    assert 'ENTRYPOINT ["nba-mcp"]' in DOCKERFILE


def test_the_context_holds_what_is_needed_and_nothing_else() -> None:
    """No tests, no data, no secrets of a checkout."""
    files = context()
    assert "docker/install.sh" in files
    assert "src/nba_mcp_synthesis/cli.py" in files
    assert not [name for name in files if name.startswith(("tests/", "docs/", "k8s/", ".env", ".ci/"))]


@pytest.mark.requirement("DAY-POD-TOOLS")
def test_every_program_of_the_documents_is_in_the_image() -> None:
    """From the base, or from a Debian package that the Dockerfile installs; it starts."""
    needed = {
        one["needs"]["program"]
        for one in COMMANDS
        if one["needs"].get("deployment") == "nba-mcp-synthesis" and "program" in one["needs"]
    }
    assert needed >= {"curl", "netstat", "nslookup"}
    root = debian.packages(*installed())
    for name in sorted(needed - OF_THE_BASE | {"ps"}):
        (program,) = [p for folder in ("bin", "usr/bin") if (p := root.folder / folder / name).exists()]
        environment = {**os.environ, **root.environment()}
        arguments = {"netstat": ["-tuln"], "ps": ["-e"], "curl": ["--version"], "nslookup": ["-version"]}[
            name
        ]
        done = subprocess.run(
            [program, *arguments], env=environment, capture_output=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout + done.stderr


@pytest.mark.requirement("DAY-POD-TOOLS")
@pytest.mark.parametrize("module", ["boto3", "psycopg2", "requests", "mcp_server.connectors"])
def test_the_documents_modules_can_be_imported(image: ImageRoot, module: str) -> None:
    """By the python3 that is first on the path."""
    done = subprocess.run(
        [image.python, "-c", f"import {module}"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.requirement("SEC-SCAN")
def test_the_contents_are_listed(image: ImageRoot) -> None:
    """By a command, with sizes; the list for scanners names the same packages, and none that only builds."""
    done = subprocess.run(
        [image.python, image.app / "image_contents.py", "--json"], capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout)
    names = {row["name"].lower().replace("_", "-") for row in told["packages"]}
    assert {"nba-mcp-synthesis", "duckdb", "psycopg", "boto3", "redis"} <= names
    assert not names & {"pip", "uv", "setuptools", "wheel", "pytest", "moto", "cyclonedx-bom"}
    assert told["bytes"] < 700e6
    bill = json.loads((image.app / "sbom.cdx.json").read_text("utf-8"))
    listed = {one["name"].lower().replace("_", "-") for one in bill["components"]}
    assert names - {"nba-mcp-synthesis"} <= listed
    assert bill["bomFormat"] == "CycloneDX"
    assert all(one.get("purl", "").startswith("pkg:pypi/") for one in bill["components"])


def test_nothing_in_it_compiles_or_can_be_written_by_others(image: ImageRoot) -> None:
    """Bytecode is there already; no file is open to everybody."""
    assert list((image.app / "lib").rglob("nba_mcp_synthesis/__pycache__/cli.*.pyc"))
    assert [
        path for path in image.app.rglob("*") if not path.is_symlink() and path.stat().st_mode & 0o002
    ] == []
    assert "build-essential" not in DOCKERFILE
    assert "gcc" not in DOCKERFILE


@pytest.mark.requirement("SYS-EKS")
def test_it_serves_with_a_read_only_root_and_any_user(image: ImageRoot, tmp_path: Path) -> None:
    """It answers, also by workers that confine themselves further; and could not write elsewhere."""
    if os.geteuid() != 0:
        pytest.skip("only root can take a root's rights away")
    home, port = Path("/mnt"), free_port()
    source = CACHE_OF_DATA / "small.duckdb"
    CACHE_OF_DATA.mkdir(parents=True, exist_ok=True)
    source.unlink(missing_ok=True)
    small_league.build(source)
    serve = f"nba-mcp serve --port {port}"
    attempt = "touch /written 2>/dev/null && echo WRITTEN; id -u"
    script = f"{attempt}; cp {source} {home}/warehouse.duckdb && exec {serve}"
    settings = {
        "NBA_MCP_HOME": str(home),
        "NBA_MCP_SECRETS_MOUNTS": str(home),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    process = image.confined(script, home, **settings)
    try:
        deadline = time.monotonic() + 90
        while True:
            try:
                found = httpx.get(f"http://127.0.0.1:{port}/health/ready")
            except httpx.TransportError:
                assert process.poll() is None, process.stdout and process.stdout.read()
                assert time.monotonic() < deadline
                time.sleep(0.1)
            else:
                break
        assert found.status_code == 200, found.text
        asked = {"sql": "SELECT home_pts FROM games ORDER BY home_pts"}
        answer = httpx.post(f"http://127.0.0.1:{port}/v1/query", json=asked, timeout=60)
        assert answer.json()["rows"] == [[95], [110], [120]], answer.text
        question = {"question": "who had the most points"}
        assert httpx.post(f"http://127.0.0.1:{port}/v1/ask", json=question, timeout=60).json()["id"]
    finally:
        process.terminate()
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert "WRITTEN" not in said
    assert said.splitlines()[0] == "54321"
    assert "Traceback" not in said


CACHE_OF_DATA = ROOT / ".cache" / "image-data"
