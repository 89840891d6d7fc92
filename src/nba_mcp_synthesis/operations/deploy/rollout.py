"""The state of a rollout, waiting for its end, and the way back to an earlier revision."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from nba_mcp_synthesis.connectors.kubectl import KubectlConnector, KubectlFailed
from nba_mcp_synthesis.errors import NbaMcpError, Unavailable
from nba_mcp_synthesis.operations.deploy.interruption import Interruption
from nba_mcp_synthesis.operations.deploy.manifests import container_of
from nba_mcp_synthesis.operations.deploy.names import APP, CAUSE, FORMER, REVISION

Object = dict[str, Any]
T = TypeVar("T")
_PAUSE = 1.0


class RolloutFailed(NbaMcpError):
    """The new pods did not get ready; the message says what they wait for."""


class ClusterAway(Unavailable):
    """The API server stopped answering in the middle; the message says how far things had come."""


@dataclass(frozen=True)
class Running:
    """A deployment as it stands."""

    body: Object

    @property
    def image(self) -> str:
        """The image of the service's container."""
        return str(container_of(self.body)["image"])

    @property
    def revision(self) -> int:
        """The number of its revision, 0 before the first."""
        return int(self.body["metadata"].get("annotations", {}).get(REVISION, 0))

    @property
    def cause(self) -> str:
        """Why it was changed last."""
        return str(self.body["metadata"].get("annotations", {}).get(CAUSE, ""))

    @property
    def wanted(self) -> int:
        """How many pods there should be."""
        return int(self.body["spec"].get("replicas", 1))

    @property
    def state(self) -> Literal["complete", "under way", "stuck"]:
        """As `kubectl rollout status` judges it."""
        status = self.body.get("status", {})
        if status.get("observedGeneration", 0) < self.body["metadata"]["generation"]:
            return "under way"
        conditions = {c["type"]: c.get("reason") for c in status.get("conditions", [])}
        if conditions.get("Progressing") == "ProgressDeadlineExceeded":
            return "stuck"
        counts = (status.get(n, 0) for n in ("updatedReplicas", "replicas", "availableReplicas"))
        return "complete" if all(count == self.wanted for count in counts) else "under way"

    @property
    def sentence(self) -> str:
        """How many pods are ready, of which revision."""
        status = self.body.get("status", {})
        new, ready = status.get("updatedReplicas", 0), status.get("readyReplicas", 0)
        return (
            f"revision {self.revision}: {new} of {self.wanted} pods are new, {ready} are ready ({self.state})"
        )


def current(kubectl: KubectlConnector) -> Running | None:
    """The deployment, None where there is none."""
    found = kubectl.find("deployment", APP)
    return Running(found) if found else None


def good_revision(kubectl: KubectlConnector, running: Running) -> int:
    """The revision to go back to: the present one if it is complete, else the one whose pods still serve."""
    if running.state == "complete":
        return running.revision
    return best_of(_sets(kubectl, running), running)


def best_of(sets: list[Object], running: Running) -> int:
    """The revision to go back to from a rollout that is not complete.

    The present one is left only for one that serves beside it, or where it has no pod that serves: that a pod
    is being moved or added does not make it a bad one.
    """
    others = [one for one in sets if _revision(one) != running.revision]
    own = sum(_ready(one) for one in sets if _revision(one) == running.revision)
    serving = [one for one in others if _ready(one)]
    if serving:
        return max((_ready(one), _revision(one)) for one in serving)[1]
    earlier = [_revision(one) for one in others]
    return running.revision if own or not running.wanted or not earlier else max(earlier)


def revisions(kubectl: KubectlConnector, running: Running) -> dict[int, Object]:
    """The replica sets of a deployment by the number of their revision."""
    return {_revision(one): one for one in _sets(kubectl, running)}


def image_of(replica_set: Object) -> str:
    """The image of the service's container in a revision."""
    return str(container_of(replica_set)["image"])


def former_of(replica_set: Object) -> str:
    """The numbers that a revision had before it was gone back to or deployed again; mostly none."""
    return str(replica_set["metadata"].get("annotations", {}).get(FORMER, ""))


def scale(kubectl: KubectlConnector, replicas: int) -> None:
    """Sets the number of pods; an autoscaler does nothing while it is 0."""
    kubectl.run("scale", f"deployment/{APP}", f"--replicas={replicas}")


@dataclass
class Patience:
    """How long is waited for what."""

    rollout_seconds: float
    away_seconds: float
    interruption: Interruption
    check: Callable[[], None]  # raises where waiting has no sense any more
    tell: Callable[[str], None]  # hears how far it has come


def wait(kubectl: KubectlConnector, patience: Patience) -> Running:
    """The deployment when its rollout is complete; raises RolloutFailed, ClusterAway, Interrupted, Locked."""
    deadline = time.monotonic() + patience.rollout_seconds
    while True:
        patience.check()
        running = patiently(lambda: current(kubectl), patience)
        if running is None:
            raise RolloutFailed("The deployment was deleted while it was rolled out.")
        if running.state == "complete":
            return running
        patience.tell(running.sentence)
        if running.state == "stuck" or time.monotonic() > deadline:
            why = "its progress deadline" if running.state == "stuck" else f"{patience.rollout_seconds:g} s"
            raise RolloutFailed(f"The rollout exceeded {why}: {_why(kubectl, running)}.")
        patience.interruption.wait(_PAUSE)


def wait_for_none(kubectl: KubectlConnector, patience: Patience) -> None:
    """Until no pod of the deployment runs; raises as `wait` does."""
    deadline = time.monotonic() + patience.rollout_seconds
    while left := patiently(lambda: _running_pods(kubectl), patience):
        if time.monotonic() > deadline:
            raise RolloutFailed(f"{len(left)} pods have not ended within {patience.rollout_seconds:g} s.")
        patience.tell(f"{len(left)} pods are ending")
        patience.check()
        patience.interruption.wait(_PAUSE)


def undo(kubectl: KubectlConnector, revision: int, patience: Patience) -> None:
    """Makes an earlier revision the present one again; raises KubectlFailed, ClusterAway, Interrupted."""
    target = patiently(lambda: _uids(kubectl).get(revision), patience)

    def ask() -> None:
        try:
            kubectl.run("rollout", "undo", f"deployment/{APP}", f"--to-revision={revision}")
        except KubectlFailed as error:
            if error.is_away or target is None or not _has_new_number(kubectl, revision, target):
                raise

    patiently(ask, patience)


def patiently(ask: Callable[[], T], patience: Patience) -> T:
    """What a question gives; while the API is away it is asked again, for a while. Raises ClusterAway."""
    deadline = time.monotonic() + patience.away_seconds
    while True:
        try:
            return ask()
        except KubectlFailed as error:
            if not error.is_away:
                raise
            if time.monotonic() > deadline:
                raise ClusterAway(error.fault.message) from None
            patience.tell(f"{error.fault.message} Asking again.")
            patience.interruption.wait(_PAUSE)


def _running_pods(kubectl: KubectlConnector) -> list[Object]:
    """Without those that have ended: an evicted pod stays until somebody deletes it, and serves nobody."""
    pods = kubectl.items("pods", f"app={APP}")
    return [one for one in pods if one.get("status", {}).get("phase") not in ("Failed", "Succeeded")]


def _uids(kubectl: KubectlConnector) -> dict[int, str]:
    """The replica set of each revision."""
    running = current(kubectl)
    sets = revisions(kubectl, running) if running else {}
    return {number: one["metadata"]["uid"] for number, one in sets.items()}


def _has_new_number(kubectl: KubectlConnector, revision: int, uid: str) -> bool:
    """Whether a revision is the latest by now: a try whose answer was lost has been heard."""
    uids = _uids(kubectl)
    return revision not in uids and uids.get(max(uids, default=0)) == uid


def _why(kubectl: KubectlConnector, running: Running) -> str:
    """What the new pods wait for."""
    new = revisions(kubectl, running).get(running.revision)
    digest = new["metadata"]["labels"].get("pod-template-hash", "") if new else ""
    pods = kubectl.items("pods", f"app={APP},pod-template-hash={digest}")
    return "; ".join(f"{pod['metadata']['name']}: {_state(pod)}" for pod in pods) or "it has no new pods"


def _state(pod: Object) -> str:
    status = pod.get("status", {})
    for container in [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]:
        waiting = container.get("state", {}).get("waiting")
        if waiting:
            return f"{container['name']} waits ({waiting.get('reason', 'no reason given')})"
        if not container.get("ready") and container.get("restartCount"):
            return f"{container['name']} was restarted {container['restartCount']} times"
    conditions = {c["type"]: c for c in status.get("conditions", [])}
    if conditions.get("PodScheduled", {}).get("status") == "False":
        return "no node has room for it"
    return (
        "it runs and is not ready" if conditions.get("Ready", {}).get("status") != "True" else "it is ready"
    )


def _sets(kubectl: KubectlConnector, running: Running) -> list[Object]:
    uid = running.body["metadata"]["uid"]
    found = kubectl.items("replicasets", f"app={APP}")
    return [o for o in found if any(r["uid"] == uid for r in o["metadata"].get("ownerReferences", []))]


def _ready(replica_set: Object) -> int:
    return int(replica_set.get("status", {}).get("readyReplicas", 0))


def _revision(replica_set: Object) -> int:
    return int(replica_set["metadata"].get("annotations", {}).get(REVISION, 0))
