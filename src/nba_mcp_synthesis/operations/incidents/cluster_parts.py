"""What kubectl shows of the service. The commands are those of the operations documents."""

from functools import partial

from nba_mcp_synthesis.connectors.kubectl import KubectlConnector, KubectlFailed
from nba_mcp_synthesis.operations.deploy.names import APP, SERVICE, SERVICE_PORT
from nba_mcp_synthesis.operations.incidents.collecting import Part, Partly

_SECONDS = 10.0
_LABEL = f"app={APP}"
_LOGS = ("--timestamps", "--prefix", "--all-containers", "--max-log-requests=50")
_PROXY = f"/api/v1/namespaces/{{}}/services/{SERVICE}:{SERVICE_PORT}/proxy"
# name, what kubectl is asked
_ASKED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("kubectl get all", ("get", "all", "-o", "wide")),
    ("events", ("get", "events", "--sort-by=.lastTimestamp")),
    ("kubectl describe deployment", ("describe", "deployment", APP)),
    ("kubectl describe pods", ("describe", "pods", f"--selector={_LABEL}")),
    ("rollout history", ("rollout", "history", f"deployment/{APP}")),
    ("kubectl top pods", ("top", "pods", "--containers")),
    ("nodes", ("get", "nodes", "-o", "wide")),
)


def parts(kubectl: KubectlConnector) -> list[Part]:
    """Objects, events, usage, logs of containers that run and that ended, and what the service says."""
    proxy = _PROXY.format(kubectl.namespace)
    return [
        *(Part(name, partial(kubectl.run, *words, seconds=_SECONDS)) for name, words in _ASKED),
        Part(
            "/health of the service",
            partial(kubectl.run, "get", "--raw", f"{proxy}/health", seconds=_SECONDS),
        ),
        Part("/metrics of the service", lambda: _own_metrics(kubectl, proxy)),
        Part("logs of the last hour", lambda: _logs(kubectl), "logs"),
        Part("logs of containers that ended", lambda: _logs_of_ended(kubectl), "logs"),
    ]


def _raw(kubectl: KubectlConnector, path: str) -> str:
    return kubectl.run("get", "--raw", path, seconds=_SECONDS)


def _logs(kubectl: KubectlConnector) -> str:
    return kubectl.run("logs", f"--selector={_LABEL}", "--since=1h", "--tail=5000", *_LOGS, seconds=_SECONDS)


def _logs_of_ended(kubectl: KubectlConnector) -> str:
    """The last words of every container that was started again."""
    texts, faults = [], []
    for pod in kubectl.items("pods", _LABEL):
        name, statuses = pod["metadata"]["name"], pod.get("status", {}).get("containerStatuses", [])
        for container in (one["name"] for one in statuses if one.get("restartCount")):
            words = ("logs", name, f"--container={container}", "--previous", "--tail=500", "--timestamps")
            try:
                texts.append(f"--- {name}/{container}\n{kubectl.run(*words, seconds=_SECONDS / 2)}")
            except KubectlFailed as error:
                faults.append(f"{name}/{container}: {error.fault.message}")
    if faults:
        raise Partly("\n".join(texts), " ".join(faults))
    return "\n".join(texts) or "No container was started again."


def _own_metrics(kubectl: KubectlConnector, proxy: str) -> str:
    """The figures of one pod; those of the runtime and the buckets of histograms are left out."""
    lines = _raw(kubectl, f"{proxy}/metrics").splitlines()
    kept = (line for line in lines if line.startswith("nba_mcp_") and "_bucket{" not in line)
    return "\n".join(kept)
