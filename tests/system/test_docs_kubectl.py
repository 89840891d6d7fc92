"""Every kubectl command of the docs, typed into the real kubectl against the double of the cluster."""

import subprocess
from pathlib import Path

import pytest
import yaml

from docs import shell
from kubernetes_tools import kubectl
from servers.cluster import Cluster
from servers.monitoring import ROOT

pytestmark = pytest.mark.system
ENDLESS = {"port-forward", "-f", "--watch", "-w"}  # these end when they are told to
# What kubectl says of words that it does not know, whatever is in the cluster.
NOT_UNDERSTOOD = (
    "unknown command",
    "unknown flag",
    "unknown shorthand",
    "invalid argument",
    "doesn't have a resource",
)


def typed() -> list[tuple[str, ...]]:
    """Each command once, without what a shell would fill in."""
    found = {c.words for c in shell.commands() if c.program == "kubectl"}
    return sorted(tuple(w.replace("$POD", "POD_NAME") for w in words) for words in found)


@pytest.fixture
def filled(kubernetes: Cluster) -> Cluster:
    """The objects that a game day has."""
    for body in yaml.safe_load_all((ROOT / "gameday/cluster.yaml").read_text("utf-8")):
        kubernetes.add(body)
    return kubernetes


@pytest.mark.requirement("DOC-RUNBOOKS")
def test_kubectl_understands_every_command(filled: Cluster, tmp_path: Path) -> None:
    """Its words; whether it finds what it looks for is the cluster's, whose names the quick tests check."""
    wrong = []
    for words in typed():
        seconds = 3 if ENDLESS & set(words) else 20
        try:
            done = subprocess.run(
                [str(kubectl()), *words[1:], *(["--request-timeout=5s"] if "--" not in words else [])],
                cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds,
                check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            continue
        if any(sign in done.stderr for sign in NOT_UNDERSTOOD):
            wrong.append(f"{' '.join(words)}: {done.stderr.strip()[:200]}")
    assert wrong == []


def test_words_that_kubectl_does_not_know_are_found(filled: Cluster) -> None:
    """Otherwise the test above would say nothing."""
    for words in (["gett", "pods"], ["get", "pods", "--sort-bye=x"], ["get", "podsecuritypolicies"]):
        done = subprocess.run(
            [str(kubectl()), *words], capture_output=True, text=True, timeout=20, check=False
        )
        assert any(sign in done.stderr for sign in NOT_UNDERSTOOD), done.stderr
