"""Every deployment, rollback and scaling command of the operations documents, word for word."""

import subprocess
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy_ground import APP, OVERLAY, ROOT, until
from servers.cluster import Cluster
from servers.kubernetes import Kubectl

pytestmark = pytest.mark.system
STEPS = yaml.safe_load((Path(__file__).parent / "commands.yaml").read_text("utf-8"))
DOCUMENTED = {
    one["id"]: one["command"]
    for one in yaml.safe_load((ROOT / "docs/operations-commands.yaml").read_text("utf-8"))
}
_PLACEHOLDERS = {"ACCOUNT_ID": "123456789012", "REVISION": "3"}


def _run(command: str) -> None:
    for placeholder, value in _PLACEHOLDERS.items():
        command = command.replace(placeholder, value)
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


def _state(cluster: Cluster) -> dict[str, Any]:
    deployment = cluster.get("deployments", APP)
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    return {
        "image": container["image"].rpartition("/")[2],
        "revision": int(deployment["metadata"]["annotations"]["deployment.kubernetes.io/revision"]),
        "ready": deployment["status"].get("readyReplicas", 0),
        "pods": len(cluster.all("pods")),
        "memory": container.get("resources", {}).get("limits", {}).get("memory"),
    }


def _holds(cluster: Cluster, leaves: dict[str, Any]) -> bool:
    return leaves.items() <= _state(cluster).items()


def test_each_command_leaves_what_it_is_for(kubernetes: Cluster, k: Kubectl) -> None:
    """In their order, in one cluster: an emergency in between, and by way of no pods."""
    k(f"apply -k {OVERLAY}")
    k(f"rollout status deployment/{APP} --timeout=60s")
    for entry in STEPS:
        _run(DOCUMENTED[entry["id"]])
        until(partial(_holds, kubernetes, entry.get("leaves", {})))
    # What the guide does to the autoscaler.
    k("patch", "hpa", f"{APP}-hpa", "-p", '{"spec": {"minReplicas": 2, "maxReplicas": 10}}')
