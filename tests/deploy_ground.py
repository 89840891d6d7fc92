"""Ground for deployments: a checkout, a cluster, an AWS account with images, and everybody who is told."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from nba_mcp_synthesis.connectors.kubectl import KubectlConnector
from nba_mcp_synthesis.operations.deploy import manifests
from nba_mcp_synthesis.operations.deploy.rollout import Running
from secret_ground import Ground
from servers.aws import AwsServer
from servers.cluster import NAMESPACE, Cluster
from servers.kubernetes import Done
from servers.listeners import Heard, Reply, Web, web

APP = "nba-mcp-synthesis"
ROOT = Path(__file__).resolve().parents[1]
OVERLAY = ROOT / "tests" / "system" / "deploying" / "overlay"
_QUICK = {
    "NBA_MCP_DEPLOY_ROLLOUT_SECONDS": "60",
    "NBA_MCP_DEPLOY_HEALTH_SECONDS": "3",
    "NBA_MCP_DEPLOY_AWAY_SECONDS": "1",
    "NBA_MCP_DEPLOY_LOCK_SECONDS": "5",
}


@dataclass
class DeployGround:
    """Where a deployment takes place, and the ways to make it go wrong."""

    checkout: Path
    cluster: Cluster
    aws: AwsServer
    peer: Web
    secrets: Ground
    health_of: Callable[["DeployGround"], Reply] = lambda _: Reply(body='{"status": "ok"}')
    environment: dict[str, str] = field(default_factory=dict)

    def image(self, tag: str) -> str:
        """Puts an image with a tag into the repository, which is made where it lacks; gives its digest."""
        ecr = self.aws.client("ecr")
        if not ecr.describe_repositories()["repositories"]:
            ecr.create_repository(repositoryName=APP)
        media = "application/vnd.docker.distribution.manifest.v2+json"
        manifest = {
            "schemaVersion": 2,
            "mediaType": media,
            "config": {"digest": f"sha256:{tag}"},
            "layers": [],
        }
        text = json.dumps(manifest)
        digest = f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
        if not any(
            tag in one.get("imageTags", ()) for one in ecr.describe_images(repositoryName=APP)["imageDetails"]
        ):
            ecr.put_image(repositoryName=APP, imageManifest=text, imageTag=tag, imageDigest=digest)
        return digest

    def put_live(self, tag: str) -> None:
        """Has a version running, applied as a deployment applies it."""
        digest = self.image(tag)
        image = f"123456789012.dkr.ecr.us-east-1.amazonaws.com/{APP}@{digest}"
        kubectl = KubectlConnector(NAMESPACE)
        overlay = self.checkout / "k8s" / "overlays" / "production"
        manifests.apply(
            kubectl, manifests.render(kubectl, overlay, image, f"deployment of {tag} by the tests")
        )
        until(lambda: Running(self.cluster.get("deployments", APP)).state == "complete")
        until(lambda: len(self.cluster.all("pods")) == 2)

    def start(self, script: str, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
        """Starts one of the scripts in the checkout."""
        return subprocess.Popen(
            [str(self.checkout / "scripts" / script), *arguments],
            env={**os.environ, **self.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
        )

    def run(self, script: str, *arguments: str, **environment: str) -> Done:
        """Runs one of the scripts to its end."""
        process = self.start(script, *arguments, **environment)
        out, err = process.communicate(timeout=100)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def deploy(self, *arguments: str, code: int = 0, **environment: str) -> dict[str, Any]:
        """The report of deploy_production.sh, which must end with this exit code."""
        done = self.run("deploy_production.sh", *arguments, "--json", **environment)
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        report: dict[str, Any] = json.loads(done.stdout)
        assert report["exit_code"] == code
        return report

    @property
    def running(self) -> str:
        """The image of the deployment."""
        containers = self.cluster.get("deployments", APP)["spec"]["template"]["spec"]["containers"]
        return str(containers[0]["image"])

    def told(self, path: str) -> list[Any]:
        """What was sent to a path of the peer: /services (Slack), /v2/change (PagerDuty)."""
        return [heard.json() for heard in self.peer.heard if heard.path.startswith(path)]

    @property
    def changelog(self) -> str:
        """The changelog of the checkout."""
        return (self.checkout / "docs" / "changelog.md").read_text("utf-8")

    def answer(self, heard: Heard) -> Reply:
        """Slack, PagerDuty, and the service itself."""
        if heard.path.startswith("/services"):
            return Reply(200, "ok")
        return Reply(202, "{}") if heard.path.startswith("/v2") else self.health_of(self)


@pytest.fixture
def ground_of_deployments(
    tmp_path: Path, kubernetes: Cluster, aws_server: AwsServer, ground: Ground
) -> Iterator[DeployGround]:
    """Images v1 and v2 in ECR, an empty cluster, and a checkout with the scripts and a small overlay."""
    checkout = tmp_path / "checkout"
    shutil.copytree(ROOT / "scripts", checkout / "scripts", ignore=shutil.ignore_patterns("*.py"))
    shutil.copytree(OVERLAY, checkout / "k8s" / "overlays" / "production")
    (checkout / "docs").mkdir()
    (checkout / "docs" / "changelog.md").write_text(
        "# Changelog\n\n## Unreleased\n\n### Added\n\n- Something.\n"
    )
    with web(lambda _: Reply(503)) as peer:
        ground.fill(SLACK_WEBHOOK_URL=f"{peer.url}/services/x")
        kubernetes.world.backends[APP] = peer.url
        found = DeployGround(checkout, kubernetes, aws_server, peer, ground)
        peer.answer = found.answer
        found.environment = {
            **_QUICK,
            **ground.variables(),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "NBA_MCP_PUBLIC_URL": peer.url,
            "PAGERDUTY_EVENTS_URL": peer.url,
        }
        for tag in ("v1", "v2"):
            found.image(tag)
        yield found


def until(what: Callable[[], Any]) -> None:
    """Waits until something is so."""
    deadline = time.monotonic() + 60
    while not what():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.05)
