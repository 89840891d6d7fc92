"""The manifests of each overlay as a cluster would get them: rendered by kubectl, read back."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubernetes_tools import kubectl
from nba_mcp_synthesis.connectors.kubectl import KubectlConnector
from nba_mcp_synthesis.operations.deploy import manifests as deploying

K8S = Path(__file__).resolve().parents[1] / "k8s"
OVERLAYS = ("development", "staging", "production")
APP = "nba-mcp-synthesis"
DIGEST = f"sha256:{'0123456789abcdef' * 4}"
Object = dict[str, Any]


@dataclass(frozen=True)
class Manifests:
    """What one overlay applies."""

    overlay: str
    text: str
    objects: tuple[Object, ...]

    def of_kind(self, kind: str) -> list[Object]:
        """All objects of a kind."""
        return [one for one in self.objects if one["kind"] == kind]

    def one(self, kind: str, name: str = APP) -> Object:
        """The object of that kind and name."""
        (found,) = [one for one in self.of_kind(kind) if one["metadata"]["name"] == name]
        return found

    def pods(self) -> Iterator[tuple[str, Object]]:
        """Every template of a pod, with the name of what makes it."""
        for one in self.objects:
            spec = one.get("spec", {})
            spec = spec.get("jobTemplate", {}).get("spec", spec)
            if isinstance(spec.get("template"), dict) and "spec" in spec["template"]:
                yield one["metadata"]["name"], spec["template"]

    def containers(self) -> Iterator[tuple[str, Object, Object]]:
        """Every container: a name to show, itself, and the template of its pod."""
        for name, pod in self.pods():
            for one in (*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]):
                yield f"{name}/{one['name']}", one, pod

    def server(self) -> Object:
        """The template of the server's pod."""
        found: Object = self.one("Deployment")["spec"]["template"]
        return found

    def configuration(self, prefix: str) -> dict[str, str]:
        """The values of the ConfigMap whose name is this and a digest."""
        (found,) = [
            one for one in self.of_kind("ConfigMap") if one["metadata"]["name"].startswith(f"{prefix}-")
        ]
        values: dict[str, str] = found["data"]
        return values


@cache
def rendered(overlay: str) -> Manifests:
    """The manifests of an overlay; skips where there is no kubectl."""
    done = subprocess.run(
        [kubectl(), "kustomize", str(K8S / "overlays" / overlay)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return Manifests(overlay, done.stdout, tuple(yaml.safe_load_all(done.stdout)))


@cache
def deployed(overlay: str) -> Manifests:
    """The manifests of an overlay as a deployment applies them: the image by its digest, with the cause."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{kubectl().parent}{os.pathsep}{os.environ['PATH']}")
        # No cluster is asked: kustomize renders from files.
        door = KubectlConnector(APP, "none")
        image = f"123456789012.dkr.ecr.us-east-1.amazonaws.com/{APP}@{DIGEST}"
        objects = deploying.render(door, K8S / "overlays" / overlay, image, "deployment of a test")
    return Manifests(overlay, yaml.safe_dump_all(objects), tuple(objects))
