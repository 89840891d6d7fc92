"""What kubectl shows of the service. The commands are those of the operations documents."""

import urllib.error
import urllib.request
from functools import partial

from pydantic import SecretStr

from nba_mcp_synthesis.connectors.kubectl import KubectlConnector, KubectlFailed
from nba_mcp_synthesis.operations.deploy.names import APP, SERVICE, SERVICE_PORT
from nba_mcp_synthesis.operations.incidents.collecting import Part, Partly

_SECONDS = 10.0
_MOST_BYTES = 5_000_000
_LABEL = f"app={APP}"
_LOGS = ("--timestamps", "--prefix", "--all-containers", "--max-log-requests=50")
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


def parts(kubectl: KubectlConnector, metrics_token: SecretStr | None) -> list[Part]:
    """Objects, events, usage, logs of containers that run and that ended, and what the service says."""
    return [
        *(Part(name, partial(kubectl.run, *words, seconds=_SECONDS)) for name, words in _ASKED),
        Part("/health of the service", lambda: _own(kubectl, "/health")),
        Part("/metrics of the service", lambda: _figures(_own(kubectl, "/metrics", metrics_token))),
        Part("logs of the last hour", lambda: _logs(kubectl), "logs"),
        Part("logs of containers that ended", lambda: _logs_of_ended(kubectl), "logs"),
    ]


def _own(kubectl: KubectlConnector, path: str, token: SecretStr | None = None) -> str:
    """What a pod says at a path, also that it is not well. The API server's proxy is kept out of pods."""
    login = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
    with kubectl.forwarded(SERVICE, SERVICE_PORT) as address:
        request = urllib.request.Request(address + path, headers=login)  # noqa: S310 - here
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
                return str(answer.read(_MOST_BYTES).decode("utf-8", "replace"))
        except urllib.error.HTTPError as error:
            with error:
                said = error.read(_MOST_BYTES).decode("utf-8", "replace")
            raise Partly(said, f"It answered HTTP {error.code}.") from None


def _figures(exposition: str) -> str:
    """The service's own figures; those of the runtime and the buckets of histograms are left out."""
    lines = exposition.splitlines()
    return "\n".join(line for line in lines if line.startswith("nba_mcp_") and "_bucket{" not in line)


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
