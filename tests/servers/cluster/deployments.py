"""Deployments and replica sets: revisions, rolling updates, and the deadline of progress."""

import hashlib
import json
import math
import time
from typing import Any

from servers.cluster.kinds import resource_of
from servers.cluster.pods import PODS, is_ready
from servers.cluster.recorder import record
from servers.cluster.selectors import matches
from servers.cluster.store import Object, Store, now

DEPLOYMENTS = resource_of("deployments")
REPLICASETS = resource_of("replicasets")
REVISION = "deployment.kubernetes.io/revision"
FORMER = "deployment.kubernetes.io/revision-history"
_HASH = "pod-template-hash"
_OWN = (REVISION, FORMER, "kubectl.kubernetes.io/last-applied-configuration")


def owned_by(owner: Object, found: list[Object]) -> list[Object]:
    """The objects that an object controls."""
    uid = owner["metadata"]["uid"]
    return [o for o in found if any(r["uid"] == uid for r in o["metadata"].get("ownerReferences", []))]


def reference(owner: Object) -> list[Object]:
    """The owner of an object, as the object says it."""
    said = {"apiVersion": owner["apiVersion"], "kind": owner["kind"]}
    meta = owner["metadata"]
    return [
        {**said, "name": meta["name"], "uid": meta["uid"], "controller": True, "blockOwnerDeletion": True}
    ]


class DeploymentController:
    """Makes replica sets of deployments, and moves pods from the old ones to the new one."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._progress: dict[str, tuple[Any, float]] = {}

    def run(self) -> None:
        """One round over all deployments."""
        for deployment in self.store.all(DEPLOYMENTS):
            self._reconcile(deployment)

    def _reconcile(self, deployment: Object) -> None:
        sets = owned_by(deployment, self.store.all(REPLICASETS, deployment["metadata"]["namespace"]))
        if not deployment["spec"].get("paused"):
            new = self._new_set(deployment, sets)
            old = [s for s in sets if s["metadata"]["uid"] != new["metadata"]["uid"]]
            self._roll(deployment, new, old)
            self._forget(deployment, old)
            self._status(deployment, new)

    def _new_set(self, deployment: Object, sets: list[Object]) -> Object:
        template = deployment["spec"]["template"]
        latest = max((_revision(s) for s in sets), default=0)
        found = next((s for s in sets if _bare(_plain(s["spec"]["template"])) == _bare(template)), None)
        revision = _revision(found) if found and _revision(found) == latest else latest + 1
        annotations = {
            k: v for k, v in deployment["metadata"].get("annotations", {}).items() if k not in _OWN
        }
        annotations |= {REVISION: str(revision)} | _former(found, revision)
        if found is None:
            found = self._make_set(deployment, annotations)
        namespace, name = deployment["metadata"]["namespace"], deployment["metadata"]["name"]
        set_name = found["metadata"]["name"]
        self.store.change(
            REPLICASETS, namespace, set_name, lambda b: b["metadata"].update(annotations=annotations)
        )
        self.store.change(
            DEPLOYMENTS, namespace, name,
            lambda b: b["metadata"].setdefault("annotations", {}).update({REVISION: str(revision)}),
        )  # fmt: skip
        return self.store.get(REPLICASETS, namespace, set_name)

    def _make_set(self, deployment: Object, annotations: dict[str, str]) -> Object:
        meta, template = deployment["metadata"], json.loads(json.dumps(deployment["spec"]["template"]))
        digest = hashlib.sha256(json.dumps(template, sort_keys=True).encode()).hexdigest()[:10]
        labels = {**template["metadata"].get("labels", {}), _HASH: digest}
        template["metadata"]["labels"] = labels
        selector = json.loads(json.dumps(deployment["spec"]["selector"]))
        selector.setdefault("matchLabels", {})[_HASH] = digest
        body = {
            "metadata": {
                "name": f"{meta['name']}-{digest}",
                "labels": labels,
                "annotations": annotations,
                "ownerReferences": reference(deployment),
            },
            "spec": {"replicas": 0, "selector": selector, "template": template},
            "status": {"replicas": 0},
        }
        return self.store.create(REPLICASETS, meta["namespace"], body)

    def _roll(self, deployment: Object, new: Object, old: list[Object]) -> None:
        wanted = deployment["spec"]["replicas"]
        if deployment["spec"]["strategy"]["type"] == "Recreate":
            self._scale_all(deployment, old, 0)
            gone = not sum(s.get("status", {}).get("replicas", 0) for s in old)
            return self._scale(deployment, new, wanted if gone else 0)
        surge, missing = _slack(deployment, wanted)
        others = sum(s["spec"]["replicas"] for s in old)
        room = wanted + surge - others
        up = wanted if new["spec"]["replicas"] > wanted else max(min(wanted, room), new["spec"]["replicas"])
        self._scale(deployment, new, max(up, 0))
        ready = sum(s.get("status", {}).get("readyReplicas", 0) for s in [new, *old])
        spare = ready - (wanted - missing)
        for one in old:
            unready = one["spec"]["replicas"] - one.get("status", {}).get("readyReplicas", 0)
            less = min(one["spec"]["replicas"], max(unready, 0) + max(spare, 0))
            spare -= max(less - max(unready, 0), 0)
            self._scale(deployment, one, one["spec"]["replicas"] - less)
        return None

    def _scale_all(self, deployment: Object, sets: list[Object], replicas: int) -> None:
        for one in sets:
            self._scale(deployment, one, replicas)

    def _scale(self, deployment: Object, one: Object, replicas: int) -> None:
        before = one["spec"]["replicas"]
        if before == replicas:
            return
        meta = one["metadata"]
        self.store.change(
            REPLICASETS, meta["namespace"], meta["name"], lambda b: b["spec"].update(replicas=replicas)
        )
        way = "up" if replicas > before else "down"
        told = f"Scaled {way} replica set {meta['name']} from {before} to {replicas}"
        record(self.store, deployment, "Normal", "ScalingReplicaSet", told)

    def _forget(self, deployment: Object, old: list[Object]) -> None:
        """Only so many revisions without pods are kept."""
        empty = sorted((s for s in old if not s["spec"]["replicas"]), key=_revision)
        for one in empty[: max(len(empty) - deployment["spec"]["revisionHistoryLimit"], 0)]:
            self.store.delete(REPLICASETS, one["metadata"]["namespace"], one["metadata"]["name"])

    def _status(self, deployment: Object, new: Object) -> None:
        meta, wanted = deployment["metadata"], deployment["spec"]["replicas"]
        sets = owned_by(deployment, self.store.all(REPLICASETS, meta["namespace"]))
        total = sum(s.get("status", {}).get("replicas", 0) for s in sets)
        ready = sum(s.get("status", {}).get("readyReplicas", 0) for s in sets)
        mine = self.store.get(REPLICASETS, meta["namespace"], new["metadata"]["name"]).get("status", {})
        updated = mine.get("replicas", 0)
        done = updated == wanted == total and mine.get("readyReplicas", 0) == wanted
        late = self._is_late(deployment, (new["metadata"]["uid"], total, ready, updated), done=done)
        _, missing = _slack(deployment, wanted)
        conditions = [
            _available(ok=ready >= wanted - missing),
            _progressing(new["metadata"]["name"], done=done, late=late),
        ]
        counted = {"replicas": total, "updatedReplicas": updated, "readyReplicas": ready,
                   "availableReplicas": ready, "unavailableReplicas": max(wanted - ready, 0)}  # fmt: skip

        def edit(body: Object) -> None:
            seen = {c["type"]: c for c in body.get("status", {}).get("conditions", [])}
            for one in conditions:
                old = seen.get(one["type"], {})
                same = all(old.get(k) == one[k] for k in ("status", "reason"))
                one["lastTransitionTime"] = one["lastUpdateTime"] = old["lastUpdateTime"] if same else now()
            kept = {name: n for name, n in counted.items() if n}
            body["status"] = {**kept, "observedGeneration": meta["generation"], "conditions": conditions}

        self.store.change(DEPLOYMENTS, meta["namespace"], meta["name"], edit)

    def _is_late(self, deployment: Object, state: Any, *, done: bool) -> bool:
        uid = deployment["metadata"]["uid"]
        before = self._progress.get(uid)
        if before is None or before[0] != state or done:
            self._progress[uid] = (state, time.monotonic())
            return False
        return bool(time.monotonic() - before[1] > deployment["spec"]["progressDeadlineSeconds"])


class ReplicaSetController:
    """Keeps as many pods as a replica set wants."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._made = 0

    def run(self) -> None:
        """One round over all replica sets."""
        for one in self.store.all(REPLICASETS):
            pods = self._active(one)
            lacking = one["spec"]["replicas"] - len(pods)
            for _ in range(lacking):
                self._make(one)
            surplus = sorted(pods, key=is_ready)[: max(-lacking, 0)]
            for pod in surplus:
                self.store.delete(PODS, pod["metadata"]["namespace"], pod["metadata"]["name"])
                told = f"Deleted pod: {pod['metadata']['name']}"
                record(self.store, one, "Normal", "SuccessfulDelete", told)
            self._status(one)

    def _active(self, one: Object) -> list[Object]:
        """Its pods that have not ended. An evicted pod stays, and is neither counted nor deleted."""
        pods = owned_by(one, self.store.all(PODS, one["metadata"]["namespace"]))
        return [pod for pod in pods if pod.get("status", {}).get("phase") not in ("Failed", "Succeeded")]

    def _make(self, one: Object) -> None:
        self._made += 1
        template = json.loads(json.dumps(one["spec"]["template"]))
        made = hashlib.sha256(f"{self._made}".encode()).hexdigest()[:5]
        meta = {
            **template.get("metadata", {}),
            "name": f"{one['metadata']['name']}-{made}",
            "ownerReferences": reference(one),
        }
        body = {"metadata": meta, "spec": template["spec"], "status": {"phase": "Pending"}}
        self.store.create(PODS, one["metadata"]["namespace"], body)
        record(self.store, one, "Normal", "SuccessfulCreate", f"Created pod: {meta['name']}")

    def _status(self, one: Object) -> None:
        pods = self._active(one)
        ready = sum(map(is_ready, pods))
        status = {"replicas": len(pods), "readyReplicas": ready, "availableReplicas": ready,
                  "observedGeneration": one["metadata"]["generation"]}  # fmt: skip
        meta = one["metadata"]
        self.store.change(REPLICASETS, meta["namespace"], meta["name"], lambda b: b.update(status=status))


def _former(found: Object | None, revision: int) -> dict[str, str]:
    """The numbers that a replica set had before, as the real controller adds them up."""
    had = found["metadata"].get("annotations", {}) if found else {}
    numbers = [had[FORMER]] if FORMER in had else []
    if found and 0 < _revision(found) < revision:
        numbers.append(str(_revision(found)))
    return {FORMER: ",".join(numbers)} if numbers else {}


def _revision(one: Object) -> int:
    return int(one["metadata"].get("annotations", {}).get(REVISION, 0))


def _plain(template: Object) -> Object:
    labels = {k: v for k, v in template["metadata"].get("labels", {}).items() if k != _HASH}
    return {**template, "metadata": {**template["metadata"], "labels": labels}}


def _bare(value: Any) -> Any:
    """Without what is empty: kubectl writes `resources: {}` and the like into a template it puts back."""
    if isinstance(value, dict):
        inner = {name: _bare(one) for name, one in value.items()}
        return {name: one for name, one in inner.items() if one not in (None, {}, [], "")}
    return [_bare(one) for one in value] if isinstance(value, list) else value


def _slack(deployment: Object, wanted: int) -> tuple[int, int]:
    """(pods above, pods below) what is wanted that a rolling update may have."""
    rolling = deployment["spec"]["strategy"].get("rollingUpdate", {})
    surge = _share(rolling.get("maxSurge", "25%"), wanted, up=True)
    missing = _share(rolling.get("maxUnavailable", "25%"), wanted, up=False)
    return surge, 1 if not surge and not missing else missing


def _share(told: int | str, of: int, *, up: bool) -> int:
    if isinstance(told, int):
        return told
    exact = int(told.removesuffix("%")) * of / 100
    return math.ceil(exact) if up else math.floor(exact)


def _available(*, ok: bool) -> Object:
    reason = "MinimumReplicasAvailable" if ok else "MinimumReplicasUnavailable"
    told = "Deployment has minimum availability." if ok else "Deployment does not have minimum availability."
    return {"type": "Available", "status": "True" if ok else "False", "reason": reason, "message": told}


def _progressing(name: str, *, done: bool, late: bool) -> Object:
    if late:
        told = f'ReplicaSet "{name}" has timed out progressing.'
        return {
            "type": "Progressing",
            "status": "False",
            "reason": "ProgressDeadlineExceeded",
            "message": told,
        }
    reason = "NewReplicaSetAvailable" if done else "ReplicaSetUpdated"
    told = f'ReplicaSet "{name}" {"has successfully progressed" if done else "is progressing"}.'
    return {"type": "Progressing", "status": "True", "reason": reason, "message": told}


def pods_matching(store: Store, namespace: str, selector: Object | None) -> list[Object]:
    """The pods that a selector object fits."""
    return [p for p in store.all(PODS, namespace) if matches(selector, p["metadata"].get("labels", {}))]
