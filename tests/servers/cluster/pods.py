"""Pods: placed on nodes, started, ready or not, by what their images are told to do."""

import time
from typing import Any

from servers.cluster.kinds import resource_of
from servers.cluster.recorder import record
from servers.cluster.store import Object, Store, now
from servers.cluster.world import Image, World

PODS = resource_of("pods", "")
NODES = resource_of("nodes", "")


class PodController:
    """Brings every pod a step forward."""

    def __init__(self, store: Store, world: World) -> None:
        self.store, self.world = store, world
        self._born: dict[str, float] = {}
        self._placed = 0

    def run(self) -> None:
        """One round over all pods."""
        for pod in self.store.all(PODS):
            if not pod["spec"].get("nodeName"):
                self._place(pod)
            else:
                self._advance(pod)

    def _place(self, pod: Object) -> None:
        free = [n for n in self.store.all(NODES) if not n["spec"].get("unschedulable")]
        meta = pod["metadata"]
        if not free:
            told = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}
            self._change(meta, lambda body: body["status"].update(phase="Pending", conditions=[told]))
            record(self.store, pod, "Warning", "FailedScheduling", "0 nodes are available.")
            return
        self._placed += 1
        node = free[self._placed % len(free)]["metadata"]["name"]

        def edit(body: Object) -> None:
            body["spec"]["nodeName"] = node
            body["status"] |= {
                "phase": "Pending",
                "podIP": f"10.0.{self._placed // 250}.{self._placed % 250 + 1}",
            }

        self._change(meta, edit)
        self._born[meta["uid"]] = time.monotonic()
        placed = f"Successfully assigned {meta['namespace']}/{meta['name']} to {node}"
        record(self.store, pod, "Normal", "Scheduled", placed)

    def _advance(self, pod: Object) -> None:
        lived = time.monotonic() - self._born.setdefault(pod["metadata"]["uid"], time.monotonic())
        if pod["status"].get("phase") in ("Succeeded", "Failed"):
            return
        found = [self._container(pod, c, lived) for c in pod["spec"]["containers"]]
        ready = all(one["ready"] for one in found)
        started = any("running" in one["state"] for one in found)
        phase = "Running" if started or any(one["restartCount"] for one in found) else "Pending"
        if pod["spec"].get("restartPolicy") in ("Never", "OnFailure") and ready:
            phase, ready = "Succeeded", False
            found = [{**one, "ready": False, "state": {"terminated": {"reason": "Completed", "exitCode": 0}}}
                     for one in found]  # fmt: skip
        said = "True" if ready else "False"
        names = ("PodScheduled", "Initialized", "ContainersReady", "Ready")
        conditions = [{"type": n, "status": said if n in names[2:] else "True"} for n in names]

        def edit(body: Object) -> None:
            times = {c["type"]: c for c in body["status"].get("conditions", [])}
            for one in conditions:
                old = times.get(one["type"], {})
                one["lastTransitionTime"] = (
                    old.get("lastTransitionTime", now()) if old.get("status") == one["status"] else now()
                )
            body["status"] |= {"phase": phase, "conditions": conditions, "containerStatuses": found,
                               "startTime": body["metadata"]["creationTimestamp"]}  # fmt: skip

        self._change(pod["metadata"], edit)
        self._tell(pod, found)

    def _container(self, pod: Object, container: Object, lived: float) -> Object:
        image = self.world.image(container["image"])
        ready, restarts, state = _state(image, lived, pod["metadata"]["creationTimestamp"])
        return {
            "name": container["name"],
            "image": container["image"],
            "imageID": container["image"] if "@" in container["image"] else "",
            "ready": ready,
            "started": "running" in state,
            "restartCount": restarts,
            "state": state,
            "lastState": {"terminated": {"reason": "Error", "exitCode": 1}} if restarts else {},
        }

    def _tell(self, pod: Object, found: list[Object]) -> None:
        for one in found:
            waiting = one["state"].get("waiting", {})
            if waiting.get("reason") in ("ErrImagePull", "ImagePullBackOff"):
                record(
                    self.store, pod, "Warning", "Failed", f'Failed to pull image "{one["image"]}": not found'
                )
            elif waiting.get("reason") == "CrashLoopBackOff":
                record(self.store, pod, "Warning", "BackOff", "Back-off restarting failed container")
            elif "running" in one["state"] and not one["ready"]:
                record(self.store, pod, "Warning", "Unhealthy", "Readiness probe failed: HTTP probe failed")

    def _change(self, meta: dict[str, Any], edit: Any) -> None:
        if self.store.find(PODS, meta["namespace"], meta["name"]):
            self.store.change(PODS, meta["namespace"], meta["name"], edit)


def _state(image: Image, lived: float, since: str) -> tuple[bool, int, Object]:
    """(ready, restarts, state) of a container that lived for so many seconds."""
    running = {"running": {"startedAt": since}}
    if lived < image.seconds:
        return False, 0, {"waiting": {"reason": "ContainerCreating"}}
    if image.fate == "missing":
        reason = "ErrImagePull" if lived < 2 * image.seconds else "ImagePullBackOff"
        return False, 0, {"waiting": {"reason": reason, "message": "manifest unknown"}}
    if image.fate == "crash loop":
        restarts = int(lived / max(image.seconds, 0.1))
        return False, restarts, {"waiting": {"reason": "CrashLoopBackOff"}}
    return image.fate == "ready", 0, running


def is_ready(pod: Object) -> bool:
    """Whether a pod takes requests."""
    conditions = pod.get("status", {}).get("conditions", [])
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)
