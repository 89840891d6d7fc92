"""scripts/push_to_ecr.sh, with an AWS API server and a container engine that fills it."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy_ground import APP, DeployGround

pytestmark = pytest.mark.system


@pytest.fixture
def engine(ground_of_deployments: DeployGround, tmp_path: Path) -> DeployGround:
    """A podman in PATH before all others, a Dockerfile in the checkout, and no repository yet."""
    ground = ground_of_deployments
    ground.aws.reset()
    (ground.checkout / "Dockerfile").write_text("FROM scratch\n")
    program = Path(__file__).with_name("engine.py")
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "podman").write_text(f'#!/bin/sh\nexec {sys.executable} {program} "$@"\n')
    (tools / "podman").chmod(0o755)
    only = ("nba-mcp", "python")  # so that a docker of this machine is not found
    for name in only:
        (tools / name).symlink_to(Path(sys.executable).parent / name)
    for name in ("sh", "dirname", "env"):
        (tools / name).symlink_to(f"/bin/{name}" if Path(f"/bin/{name}").exists() else f"/usr/bin/{name}")
    ground.environment |= {"PATH": str(tools), "ENGINE_LOG": str(tmp_path / "log")}
    return ground


@pytest.mark.requirement("DEP-PUSH")
def test_an_image_is_built_pushed_and_compared(engine: DeployGround) -> None:
    """A dry run first, which does nothing; then the repository is made, and the digest is ECR's."""
    planned = engine.run("push_to_ecr.sh", "v7", "--dry-run")
    assert planned.returncode == 0, planned.stdout + planned.stderr
    assert f"make {APP}: tags but latest stay, scanned at every push" in planned.stdout
    assert not Path(engine.environment["ENGINE_LOG"]).exists()
    done = engine.run("push_to_ecr.sh", "v7", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    ecr = engine.aws.client("ecr")
    (image,) = ecr.describe_images(repositoryName=APP, imageIds=[{"imageTag": "v7"}])["imageDetails"]
    assert (report["outcome"], report["digest"]) == ("pushed", image["imageDigest"])
    (repository,) = ecr.describe_repositories()["repositories"]
    assert repository["imageScanningConfiguration"] == {"scanOnPush": True}
    assert repository["imageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION"
    assert repository["imageTagMutabilityExclusionFilters"] == [
        {"filterType": "WILDCARD", "filter": "latest"}
    ]
    assert [command.split()[0] for command in commands(engine)] == ["build", "login", "push"]
    pushes = [engine.run("push_to_ecr.sh", tag) for tag in ("latest", "latest", "v7")]
    assert [done.returncode for done in pushes] == [0, 0, 2]


def commands(engine: DeployGround) -> list[str]:
    """What the engine was told."""
    log = Path(engine.environment["ENGINE_LOG"])
    return log.read_text().splitlines() if log.exists() else []


def test_an_image_says_what_it_was_made_of(engine: DeployGround) -> None:
    """Version, commit and time, for the platform of the nodes; without a commit that is said."""
    unknown = engine.run("push_to_ecr.sh", "v7", "--dry-run")
    assert "git knows no commit" in unknown.stdout
    git = shutil.which("git")
    assert git is not None
    Path(engine.environment["PATH"], "git").symlink_to(git)
    of = ("-c", "user.name=Tester", "-c", "user.email=tester@example.com")
    for words in (("init", "--quiet"), ("add", "."), (*of, "commit", "--quiet", "-m", "One")):
        subprocess.run([git, "-C", engine.checkout, *words], check=True)
    (engine.checkout / "docs" / "changelog.md").write_text("# Changelog\n")  # as deployments do
    done = engine.run("push_to_ecr.sh", "v7")
    assert done.returncode == 0, done.stdout + done.stderr
    head = subprocess.check_output([git, "-C", engine.checkout, "rev-parse", "HEAD"], text=True).strip()
    built = set(commands(engine)[0].split())
    assert {"--platform=linux/amd64", "--build-arg=VERSION=v7", f"--build-arg=REVISION={head}"} < built
    assert re.search(r"--build-arg=CREATED=20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ ", commands(engine)[0])
    (engine.checkout / "Dockerfile").write_text("FROM scratch\nLABEL changed=yes\n")
    assert f"REVISION={head}-dirty" in engine.run("push_to_ecr.sh", "v8", "--dry-run", "--json").stdout


def test_a_tag_is_not_pushed_over(engine: DeployGround) -> None:
    """Neither is it said to be by a dry run; nothing is built for it."""
    digest = engine.image("v7")
    for more in ([], ["--dry-run"], ["--loaded", "other:1"]):
        done = engine.run("push_to_ecr.sh", "v7", *more)
        assert done.returncode == 2, done.stdout + done.stderr
        told = " ".join((done.stdout + done.stderr).split())
        assert f"has v7 already ({digest}), and a tag is not pushed over" in told
    assert [command.split()[0] for command in commands(engine)] == ["image"]
    assert engine.image("v7") == digest


def test_the_same_image_is_pushed_once(engine: DeployGround) -> None:
    """So that a job whose step after the push failed can be run again; another image is refused."""
    words = ("push_to_ecr.sh", "v7", "--loaded", f"{APP}:0123", "--json")
    altered = engine.run(*words, ENGINE_ID="a1" * 32, ENGINE_ALTERS="1")
    assert altered.returncode == 1  # it is there all the same
    before = commands(engine)
    again = engine.run(*words, ENGINE_ID="a1" * 32)
    assert again.returncode == 0, again.stdout + again.stderr
    report = json.loads(again.stdout)
    ecr = engine.aws.client("ecr")
    (image,) = ecr.describe_images(repositoryName=APP, imageIds=[{"imageTag": "v7"}])["imageDetails"]
    assert (report["outcome"], report["digest"]) == ("unchanged", image["imageDigest"])
    assert [command.split()[0] for command in commands(engine)[len(before) :]] == ["image"]
    other = engine.run(*words, ENGINE_ID="b2" * 32)
    assert (other.returncode, "a tag is not pushed over" in other.stdout + other.stderr) == (2, True)


def test_an_image_that_is_loaded_is_pushed_as_it_is(engine: DeployGround) -> None:
    """Which is what was scanned; no checkout is needed, and nothing is built."""
    (engine.checkout / "Dockerfile").unlink()
    done = engine.run("push_to_ecr.sh", "v7", "--loaded", f"{APP}:0123", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    tagged, login, pushed = commands(engine)
    assert re.fullmatch(rf"tag {APP}:0123 (\S+/{APP}:v7)", tagged)
    assert login.startswith("login ")
    assert pushed.endswith(tagged.split()[-1])


@pytest.mark.parametrize(
    ("arguments", "environment", "code", "sentence"),
    [
        (["v7"], {"ENGINE_BREAKS": "build"}, 1, "build does not work today"),
        (["v7"], {"ENGINE_BREAKS": "push"}, 1, "push does not work today"),
        (["v7"], {"ENGINE_ALTERS": "1"}, 1, "sha256:0 was pushed, and ECR has sha256:"),
        (["a b"], {}, 2, "is no tag of an image"),
        (["v7"], {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, 3, "AWS STS"),
    ],
)
def test_what_goes_wrong_is_told(
    engine: DeployGround, arguments: list[str], environment: dict[str, str], code: int, sentence: str
) -> None:
    done = engine.run("push_to_ecr.sh", *arguments, **environment)
    assert done.returncode == code, done.stdout + done.stderr
    assert sentence in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_no_engine_and_no_dockerfile_are_told(engine: DeployGround) -> None:
    (engine.checkout / "Dockerfile").unlink()
    assert engine.run("push_to_ecr.sh", "v7").returncode == 2
    (engine.checkout / "Dockerfile").write_text("FROM scratch\n")
    Path(engine.environment["PATH"], "podman").unlink()
    told = engine.run("push_to_ecr.sh", "v7")
    assert told.returncode == 3
    assert "None of docker, podman, buildah is installed." in told.stderr
    assert os.environ["PATH"] != engine.environment["PATH"]
