"""An image is built, tagged and pushed to ECR, and its digest compared with what ECR has."""

import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from nba_mcp_synthesis.connectors.ecr import ECRConnector
from nba_mcp_synthesis.errors import NbaMcpError, Unavailable, UsageError
from nba_mcp_synthesis.operations.deploy.names import check_tag
from nba_mcp_synthesis.operations.deploy.report import Report

ENGINES = ("docker", "podman", "buildah")
_BUILD_SECONDS, _SECONDS = 3_600, 1_800
_MOST_WORDS = 500


class BuildFailed(NbaMcpError):
    """The engine did not build or push; its last words are in the message."""


@dataclass(frozen=True)
class Engine:
    """A container engine that is installed."""

    name: str

    def build(self, image: str, folder: Path) -> list[str]:
        """The command that builds."""
        return [self.name, "build", "--tag", image, str(folder)]

    def login(self, registry: str, user: str) -> list[str]:
        """The command that logs in, with the password on its standard input."""
        return [self.name, "login", "--username", user, "--password-stdin", registry]

    def push(self, image: str, digest_file: Path) -> list[str]:
        """The command that pushes; podman and buildah write the digest into a file."""
        if self.name == "docker":
            return [self.name, "push", image]
        return [self.name, "push", f"--digestfile={digest_file}", image]

    def digest(self, image: str, pushed: str, digest_file: Path) -> str:
        """The digest that was pushed."""
        del image
        if self.name != "docker":
            return digest_file.read_text("utf-8").strip()
        return next((word for word in reversed(pushed.split()) if word.startswith("sha256:")), "")


def push(registry: ECRConnector, tag: str, folder: Path, report: Report, *, dry_run: bool) -> Report:
    """Builds and pushes; raises what goes wrong. A dry run prints the steps."""
    check_tag(tag)
    if not any((folder / name).is_file() for name in ("Dockerfile", "Containerfile")):
        raise UsageError(f"There is no Dockerfile in {folder}.", "Run this in a checkout.")
    engine = Engine(_engine())
    identity = registry.identity()
    report.step("AWS identity", "done", f"{identity.arn}, account {identity.account}")
    address = registry.address()
    if dry_run:
        return _planned(report, engine, registry.repository, address, tag, folder)
    if address is None:
        address = registry.create()
        report.step("repository", "done", f"{address} was made")
    else:
        report.step("repository", "done", address)
    return _push(registry, engine, f"{address}:{tag}", folder, report)


def _push(registry: ECRConnector, engine: Engine, image: str, folder: Path, report: Report) -> Report:
    tag = image.rpartition(":")[2]
    _step(report, "build", engine.build(image, folder), _BUILD_SECONDS)
    login = registry.login()
    secret = login.password.get_secret_value()
    _step(report, "login", engine.login(login.registry, login.user), _SECONDS, secret)
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "digest"
        said = _step(report, "push", engine.push(image, file), _SECONDS)
        pushed = engine.digest(image, said, file)
    there = registry.digest(tag)
    if not there or there != pushed:
        raise BuildFailed(
            f"{pushed or 'An unknown digest'} was pushed, and ECR has {there or 'none'} for {tag}."
        )
    report.step("digest", "done", f"{tag} is {there} in ECR")
    report.facts |= {"tag": tag, "digest": there}
    return report.end("pushed", f"{image} is pushed ({there}).", 0)


def _planned(
    report: Report, engine: Engine, repository: str, address: str | None, tag: str, folder: Path
) -> Report:
    image = f"{address or repository}:{tag}"
    if address is None:
        report.step("repository", "would", f"make {repository}: scanned at every push, encrypted")
    registry = image.partition("/")[0] if address else "the registry of the account"
    for name, command in (
        ("build", engine.build(image, folder)),
        ("login", engine.login(registry, "AWS")),
        ("push", engine.push(image, Path("DIGEST"))),
    ):
        report.step(name, "would", " ".join(command))
    report.step("digest", "would", f"compare what was pushed with what ECR has for {tag}")
    return report.end("planned", "This was a dry run. Nothing was built or pushed.", 0)


def _engine() -> str:
    for name in ENGINES:
        if shutil.which(name):
            return name
    raise Unavailable(
        f"None of {', '.join(ENGINES)} is installed.", "Install one, or let CI build the image."
    )


def _step(report: Report, name: str, command: list[str], seconds: float, stdin: str | None = None) -> str:
    """What a command prints; raises BuildFailed with its last words."""
    started = time.perf_counter()
    try:
        done = subprocess.run(
            command, input=stdin, capture_output=True, text=True, check=False, timeout=seconds
        )
    except subprocess.TimeoutExpired:
        raise BuildFailed(f"{command[0]} {command[1]} did not end within {seconds:g} s.") from None
    if done.returncode:
        words = (done.stderr.strip() or done.stdout.strip())[-_MOST_WORDS:]
        raise BuildFailed(f"{command[0]} {command[1]} failed (exit code {done.returncode}): {words}")
    report.step(name, "done", " ".join(command), started)
    return done.stdout
