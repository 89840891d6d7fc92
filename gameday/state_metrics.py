"""Metrics about the double of the cluster, named as kube-state-metrics and the kubelet name them."""

from typing import Any

from servers.cluster import NAMESPACE, Cluster
from servers.cluster.pods import is_ready

_UNITS = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30}


def exposition(cluster: Cluster) -> str:
    """All samples, now."""
    return "\n".join([*_deployments(cluster), *_pods(cluster), ""])


def _sample(name: str, value: float, **labels: str) -> str:
    text = ",".join(f'{key}="{found}"' for key, found in {"namespace": NAMESPACE, **labels}.items())
    return f"{name}{{{text}}} {value}"


def _deployments(cluster: Cluster) -> list[str]:
    found = []
    for one in cluster.all("deployments"):
        name, status = one["metadata"]["name"], one.get("status", {})
        wanted, available = one["spec"].get("replicas", 1), status.get("availableReplicas", 0)
        found += [
            _sample("kube_deployment_spec_replicas", wanted, deployment=name),
            _sample("kube_deployment_status_replicas_available", available, deployment=name),
        ]
    return found


def _pods(cluster: Cluster) -> list[str]:
    found = []
    for pod in cluster.all("pods"):
        name = pod["metadata"]["name"]
        ready = float(is_ready(pod))
        found.append(_sample("kube_pod_status_ready", ready, pod=name, condition="true"))
        for one in pod.get("status", {}).get("containerStatuses", []):
            of = {"pod": name, "container": one["name"]}
            restarts = one["restartCount"]
            found.append(_sample("kube_pod_container_status_restarts_total", restarts, **of))
        found += _memory(cluster, pod)
    return found


def _memory(cluster: Cluster, pod: dict[str, Any]) -> list[str]:
    name, container = pod["metadata"]["name"], pod["spec"]["containers"][0]
    limit = container.get("resources", {}).get("limits", {}).get("memory")
    if not limit:
        return []
    of = {"pod": name, "container": container["name"]}
    used = cluster.world.usage_of(name)[1] * 2**20
    return [
        _sample("kube_pod_container_resource_limits", bytes_of(limit), resource="memory", **of),
        _sample("container_memory_working_set_bytes", used, **of),
    ]


def bytes_of(quantity: str) -> int:
    """2Gi → 2147483648."""
    unit = quantity[-2:]
    return int(quantity[:-2]) * _UNITS[unit] if unit in _UNITS else int(quantity)
