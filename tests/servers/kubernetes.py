"""Fixtures: a cluster of the test's own (see servers/cluster), and the real kubectl in it."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kubernetes_tools import kubectl
from servers.cluster import NAMESPACE, Cluster, cluster

Done = subprocess.CompletedProcess[str]
Kubectl = Callable[..., Done]


@pytest.fixture
def kubernetes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """An empty cluster that kubectl finds by KUBECONFIG; kubectl itself is in PATH."""
    monkeypatch.setenv("PATH", f"{kubectl().parent}{os.pathsep}{os.environ['PATH']}")
    with cluster(tmp_path / "cluster") as found:
        monkeypatch.setenv("KUBECONFIG", str(found.kubeconfig))
        yield found


@pytest.fixture
def k(kubernetes: Cluster) -> Kubectl:
    """Runs kubectl in the product's namespace, from a line or from words; it must end with `code`."""

    def run(*words: str, stdin: str = "", code: int = 0) -> Done:
        arguments = words[0].split() if len(words) == 1 else list(words)
        command = [str(kubectl()), "-n", NAMESPACE, *arguments]
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == code, f"{done.args}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    return run
