"""metrics.k8s.io: what `kubectl top` shows."""

from servers.cluster.pods import NODES, PODS
from servers.cluster.request import Target
from servers.cluster.statuses import Refused
from servers.cluster.store import Object, Store, now
from servers.cluster.world import World


def metrics(target: Target, store: Store, world: World) -> Object:
    """Usage of running pods, or of nodes."""
    if not world.has_metrics:
        raise Refused(404, "the server could not find the requested resource", reason="NotFound")
    items = _pods(target, store, world) if target.resource.kind == "PodMetrics" else _nodes(store, world)
    if target.name:
        return next(one for one in items if one["metadata"]["name"] == target.name)
    return {
        "kind": f"{target.resource.kind}List",
        "apiVersion": "metrics.k8s.io/v1beta1",
        "metadata": {},
        "items": items,
    }


def _usage(used: tuple[int, int]) -> Object:
    return {"cpu": f"{used[0]}m", "memory": f"{used[1]}Mi"}


def _pods(target: Target, store: Store, world: World) -> list[Object]:
    running = [p for p in store.all(PODS, target.namespace) if p["status"].get("phase") == "Running"]
    return [
        {
            "kind": "PodMetrics",
            "apiVersion": "metrics.k8s.io/v1beta1",
            "metadata": {
                k: p["metadata"].get(k) for k in ("name", "namespace", "labels", "creationTimestamp")
            },
            "timestamp": now(),
            "window": "15s",
            "containers": [
                {"name": c["name"], "usage": _usage(world.usage_of(p["metadata"]["name"]))}
                for c in p["spec"]["containers"][:1]
            ],
        }
        for p in running
    ]


def _nodes(store: Store, world: World) -> list[Object]:
    return [
        {
            "kind": "NodeMetrics",
            "apiVersion": "metrics.k8s.io/v1beta1",
            "metadata": {"name": n["metadata"]["name"], "creationTimestamp": now()},
            "timestamp": now(),
            "window": "15s",
            "usage": _usage(world.node_usage),
        }
        for n in store.all(NODES)
    ]
