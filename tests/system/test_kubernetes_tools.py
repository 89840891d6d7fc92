"""The tools of the cluster run here."""

import json
import subprocess

from kubernetes_tools import helm, kubectl


def test_kubectl_and_helm_run() -> None:
    told = subprocess.run([kubectl(), "version", "--client", "-o", "json"], capture_output=True, check=True)
    assert json.loads(told.stdout)["clientVersion"]["gitVersion"].startswith("v1.37.")
    shown = subprocess.run([helm(), "version", "--short"], capture_output=True, check=True, text=True)
    assert shown.stdout.startswith("v4.")
