"""An image is built or taken, tagged and pushed to ECR, and its digest compared with what ECR has."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nba_mcp_synthesis.connectors.ecr import ECRConnector
from nba_mcp_synthesis.errors import NbaMcpError, Unavailable, UsageError
from nba_mcp_synthesis.operations.deploy.names import MOVING, PLATFORM, check_tag
from nba_mcp_synthesis.operations.deploy.origin import UNKNOWN, Origin, origin_of
from nba_mcp_synthesis.operations.deploy.report import Report

ENGINES = ("docker", "podman", "buildah")
_BUILD_SECONDS, _SECONDS = 3_600, 1_800
_MOST_WORDS = 500
Command = Callable[[str], list[str]]  # for an image of a name


class BuildFailed(NbaMcpError):
    """The engine did not build or push; its last words are in the message."""


@dataclass(frozen=True)
class Engine:
    """A container engine that is installed."""

    name: str

    def build(self, image: str, folder: Path, origin: Origin) -> list[str]:
        """The command that builds, for the cluster's nodes; the image's labels say what it was made of."""
        said = [f"--build-arg={name}={value}" for name, value in origin.arguments().items()]
        return [self.name, "build", f"--platform={PLATFORM}", *said, "--tag", image, str(folder)]

    def tag(self, loaded: str, image: str) -> list[str]:
        """The command that gives an image that is there another name."""
        return [self.name, "tag", loaded, image]

    def inspect(self, loaded: str) -> list[str]:
        """The command that says which image that is: the digest of its configuration, or of its manifest."""
        if self.name == "buildah":
            return [self.name, "inspect", "--type", "image", "--format", "{{.FromImageID}}", loaded]
        return [self.name, "image", "inspect", "--format", "{{.Id}}", loaded]

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


def push(
    registry: ECRConnector,
    tag: str,
    folder: Path,
    report: Report,
    *,
    dry_run: bool,
    loaded: str | None = None,
) -> Report:
    """Builds, or takes the image that is `loaded`, and pushes; raises what goes wrong."""
    check_tag(tag)
    if loaded is None and not any((folder / name).is_file() for name in ("Dockerfile", "Containerfile")):
        raise UsageError(f"There is no Dockerfile in {folder}.", "Run this in a checkout.")
    engine = Engine(_engine())
    identity = registry.identity()
    report.step("AWS identity", "done", f"{identity.arn}, account {identity.account}")
    address = registry.address()
    there = registry.digest(tag) if address is not None and tag != MOVING else None
    if there:
        return _there_already(registry, engine, tag, there, loaded, report)
    made = _made(engine, tag, folder, loaded, report)
    if dry_run:
        return _planned(report, engine, registry.repository, address, tag, made)
    if address is None:
        address = registry.create(MOVING)
        report.step("repository", "done", f"{address} was made")
    else:
        report.step("repository", "done", address)
    return _push(registry, engine, f"{address}:{tag}", made, report)


def _there_already(
    registry: ECRConnector, engine: Engine, tag: str, there: str, loaded: str | None, report: Report
) -> Report:
    """What was released under a tag stays what it is: nodes, overlays and people name it by that tag.

    To push the same image once more, since a step after it had failed, changes nothing and is done.
    """
    if loaded is not None:
        id_ = _step(report, "inspect", engine.inspect(loaded), _SECONDS).strip()
        if id_.removeprefix("sha256:") in _hexes(there, registry.configuration(tag)):
            report.step("digest", "done", f"{tag} is {there} in ECR, which is {loaded}")
            report.facts |= {"tag": tag, "digest": there}
            return report.end("unchanged", f"{tag} is pushed already ({there}).", 0)
    raise UsageError(
        f"{registry.repository} has {tag} already ({there}), and a tag is not pushed over.",
        f"Deploy that with scripts/deploy_production.sh {tag}, or push under another tag.",
    )


def _hexes(*digests: str | None) -> set[str]:
    """Digests as podman and buildah name images."""
    return {one.removeprefix("sha256:") for one in digests if one}


def _made(engine: Engine, tag: str, folder: Path, loaded: str | None, report: Report) -> tuple[str, Command]:
    """(name of the step, command) by which there comes to be an image of a name."""
    if loaded is not None:
        return "tag", lambda image: engine.tag(loaded, image)
    origin = origin_of(folder, tag)
    if origin.revision == UNKNOWN:
        told = f"git knows no commit of {folder.resolve()}: the image will not say what it was made of."
        report.step("revision", "warning", told)
    return "build", lambda image: engine.build(image, folder, origin)


def _push(
    registry: ECRConnector, engine: Engine, image: str, made: tuple[str, Command], report: Report
) -> Report:
    tag, (name, command) = image.rpartition(":")[2], made
    _step(report, name, command(image), _BUILD_SECONDS)
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
    report: Report,
    engine: Engine,
    repository: str,
    address: str | None,
    tag: str,
    made: tuple[str, Command],
) -> Report:
    image = f"{address or repository}:{tag}"
    if address is None:
        told = f"make {repository}: tags but {MOVING} stay, scanned at every push, encrypted"
        report.step("repository", "would", told)
    registry = image.partition("/")[0] if address else "the registry of the account"
    for name, command in (
        (made[0], made[1](image)),
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
