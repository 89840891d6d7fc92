"""What has to be so before anything is changed. The first thing that is not ends the deployment."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nba_mcp_synthesis.connectors.ecr import ECRConnector, Identity
from nba_mcp_synthesis.connectors.kubectl import KubectlConnector, KubectlFailed
from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.operations.deploy.names import APP, LEASE
from nba_mcp_synthesis.operations.deploy.report import Report
from nba_mcp_synthesis.operations.deploy.rollout import Running, current
from nba_mcp_synthesis.operations.oncall.contacts import load as load_contacts


@dataclass(frozen=True)
class Right:
    """A verb on a resource, as the API's rules name it; of one object where that has a name."""

    verb: str
    group: str
    resource: str
    subresource: str = ""
    name: str = ""

    def __str__(self) -> str:
        return f"{self.verb} {self.resource}{'/' if self.subresource else ''}{self.subresource}"


# What a deployment does, and going back by way of no pods besides. k8s/base/*-role.yaml grant them.
RIGHTS = (
    Right("get", "apps", "deployments", name=APP),
    Right("patch", "apps", "deployments", name=APP),
    Right("list", "apps", "replicasets"),
    Right("list", "", "pods"),
    Right("create", "", "pods", "portforward"),
    Right("create", "coordination.k8s.io", "leases"),
    Right("get", "coordination.k8s.io", "leases", name=LEASE),
    Right("update", "coordination.k8s.io", "leases", name=LEASE),
)
SCALING = (Right("patch", "apps", "deployments", "scale", APP),)


class NotReady(NbaMcpError):
    """A pre-check failed; nothing was changed."""


@dataclass(frozen=True)
class Prepared:
    """What the pre-checks found out."""

    identity: Identity
    running: Running | None


def check(
    kubectl: KubectlConnector, registry: ECRConnector, report: Report, *, scaling: bool = False
) -> Prepared:
    """Identity, cluster, namespace, deployment, rights, in this order; raises at the first that fails."""
    identity = _noted(
        report, "AWS identity", registry.identity, lambda who: f"{who.arn}, account {who.account}"
    )
    _noted(report, "cluster", lambda: _cluster(kubectl), str)
    _noted(report, "namespace", lambda: _namespace(kubectl), str)
    running = _noted(report, "deployment", lambda: current(kubectl), _described)
    _refuse_paused(running)
    _noted(report, "rights", lambda: _rights(kubectl, RIGHTS + (SCALING if scaling else ())), str)
    return Prepared(identity, running)


def contacts(file: Path, report: Report) -> None:
    """Names the contacts that are still placeholders: nobody is reached by them. No file, no question."""
    if not file.exists():
        return
    if still_open := load_contacts(file).placeholders():
        told = f"{len(still_open)} contacts in {file} are placeholders: {', '.join(still_open)}."
        report.step("contacts", "warning", f"{told} Fill them in: nobody is reached by them.")
    else:
        report.step("contacts", "done", f"{file} has no placeholder.")


def image(registry: ECRConnector, tag: str, report: Report, digest: str = "") -> str:
    """The image with a tag, by its digest; raises NotReady where there is none, or not that digest."""
    found: str = _noted(
        report, "image", lambda: _image(registry, tag, digest), lambda image: f"{tag} is {image}"
    )
    return found


def _noted(report: Report, name: str, ask: Callable[[], Any], say: Callable[[Any], str]) -> Any:
    started = time.perf_counter()
    found = ask()
    report.step(name, "done", say(found), started)
    return found


def _cluster(kubectl: KubectlConnector) -> str:
    version = json.loads(kubectl.run("get", "--raw", "/version"))
    return f"context {kubectl.context}, Kubernetes {version['gitVersion']}"


def _namespace(kubectl: KubectlConnector) -> str:
    try:
        found = kubectl.find("namespace", kubectl.namespace)
    except KubectlFailed as error:
        if error.fault.kind != "permission":
            raise
        return f"{kubectl.namespace}, which this user may not look at"
    if found is None:
        raise NotReady(
            f"The cluster of context {kubectl.context} has no namespace {kubectl.namespace}.",
            "Is this the right cluster? If it is: kubectl create namespace, and see docs/deploying.md.",
        )
    return kubectl.namespace


def _described(running: Running | None) -> str:
    if running is None:
        return f"There is no deployment {APP} yet: this is the first, and there is nothing to go back to."
    return f"{running.image}, {running.sentence}"


def _refuse_paused(running: Running | None) -> None:
    if running and running.body["spec"].get("paused"):
        raise NotReady(
            f"The deployment {APP} is paused: nothing would be rolled out, and nothing could be taken back.",
            f"Somebody wanted that. When it is over: kubectl rollout resume deployment/{APP}",
        )


def _rights(kubectl: KubectlConnector, needed: tuple[Right, ...]) -> str:
    reviews = [_review(kubectl.namespace, right) for right in needed]
    asked = "\n---\n".join(map(json.dumps, reviews))
    answers = list(
        _documents(kubectl.run("create", "--validate=false", "-f", "-", "-o", "json", stdin=asked))
    )
    pairs = zip(needed, answers, strict=True)
    lacking = [str(right) for right, answer in pairs if not answer["status"].get("allowed")]
    if lacking:
        raise NotReady(
            f"The user of context {kubectl.context} may not {', '.join(lacking)} in {kubectl.namespace}.",
            "Ask whoever administers the cluster for a role with these verbs.",
        )
    return f"all {len(needed)} that are needed"


def _review(namespace: str, right: Right) -> dict[str, Any]:
    asked = {"namespace": namespace, **{name: value for name, value in asdict(right).items() if value}}
    of = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview"}
    return {**of, "metadata": {}, "spec": {"resourceAttributes": asked}}


def _documents(printed: str) -> Iterator[Any]:
    """The JSON documents that kubectl prints one after the other."""
    at, decoder = 0, json.JSONDecoder()
    while at < len(printed):
        body, at = decoder.raw_decode(printed, at)
        yield from body["items"] if body.get("kind") == "List" else [body]
        at += len(printed[at:]) - len(printed[at:].lstrip())


def _image(registry: ECRConnector, tag: str, expected: str) -> str:
    address = registry.address()
    if address is None:
        raise NotReady(
            f"There is no repository {registry.repository}.", f"scripts/push_to_ecr.sh {tag} makes it."
        )
    digest = registry.digest(tag)
    if digest is None:
        raise NotReady(
            f"There is no image {address}:{tag}.", f"Build and push it: scripts/push_to_ecr.sh {tag}"
        )
    if expected not in ("", digest):
        raise NotReady(
            f"{tag} is {digest} in ECR, and not {expected}.",
            "Somebody has pushed over it. Plan anew, and see which image is the one that is wanted.",
        )
    return f"{address}@{digest}"
