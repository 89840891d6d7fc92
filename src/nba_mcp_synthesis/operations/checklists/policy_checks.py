"""Steps that look at what the cluster allows: policies, roles, ways in, and disruptions."""

from collections.abc import Iterator

from nba_mcp_synthesis.connectors.kubectl import KubectlFailed, Object
from nba_mcp_synthesis.operations.checklists.cluster_checks import is_ready
from nba_mcp_synthesis.operations.checklists.findings import Finding, judged
from nba_mcp_synthesis.operations.checklists.ground import Ground
from nba_mcp_synthesis.operations.deploy.names import APP, INGRESS
from nba_mcp_synthesis.operations.reports import words
from nba_mcp_synthesis.operations.reports.document import Table

_ENFORCED = "pod-security.kubernetes.io/enforce"
# kubectl looks at what would go, and sends no request that could change something.
_NOTHING_SENT = "--dry-run=client"
_IRSA = "eks.amazonaws.com/role-arn"


def network_policies(ground: Ground) -> Finding:
    """Whether all that is not allowed by name is denied."""
    found = ground.cluster.items("networkpolicies")
    rows = [(one["metadata"]["name"], ", ".join(one["spec"].get("policyTypes", []))) for one in found]
    table = Table(("policy", "of"), rows, nothing="There are none.")
    denied = {kind for one in found for kind in _denied(one)}
    lacking = [kind for kind in ("Ingress", "Egress") if kind not in denied]
    person = f"No policy denies {' and '.join(lacking)} by default: apply k8s/base." if lacking else ""
    told = f"{len(found)} network policies; denied by default: {', '.join(sorted(denied)) or 'nothing'}."
    return judged(told, person, failed=bool(lacking), table=table)


def _denied(policy: Object) -> Iterator[str]:
    """What a policy over all pods denies: the kinds that it has no rule for."""
    spec = policy["spec"]
    if not any(spec.get("podSelector", {}).values()):
        yield from (kind for kind in spec.get("policyTypes", ["Ingress"]) if not spec.get(kind.lower()))


def pod_security(ground: Ground) -> Finding:
    """The level that Pod Security admission enforces; it took the place of PodSecurityPolicy in 1.25."""
    namespace = ground.cluster.find("namespace", ground.cluster.namespace)
    level = (namespace or {}).get("metadata", {}).get("labels", {}).get(_ENFORCED)
    if level == "restricted":
        return Finding("The namespace enforces restricted.")
    told = f"The namespace enforces {level or 'no level'}."
    person = f"kubectl label namespace {ground.cluster.namespace} {_ENFORCED}=restricted"
    return judged(told, person, failed=level != "baseline")


def roles(ground: Ground) -> Finding:
    """Roles and bindings of the namespace, and rights of its accounts in the whole cluster."""
    found, bindings = ground.cluster.items("roles"), ground.cluster.items("rolebindings")
    rows = [("role", one["metadata"]["name"], _allowed(one)) for one in found]
    rows += [("binding", one["metadata"]["name"], _bound(one)) for one in bindings]
    wide = [one["metadata"]["name"] for one in found if _is_wide(one)]
    whole, note = _in_whole_cluster(ground)
    rows += [("cluster binding", one["metadata"]["name"], _bound(one)) for one in whole]
    people = [f"Role {', '.join(wide)} allows everything: name what it needs."] if wide else []
    people += [f"{one['metadata']['name']} gives rights in the whole cluster." for one in whole]
    told = f"{words.plural(len(found), 'role')}, {words.plural(len(bindings), 'binding')}.{note}"
    table = Table(("kind", "name", "what"), rows, nothing="There are none.")
    return judged(told, " ".join(people), failed=bool(people), table=table)


def _in_whole_cluster(ground: Ground) -> tuple[list[Object], str]:
    """Bindings for accounts of the namespace, and a sentence where nobody may look."""
    try:
        found = ground.cluster.items("clusterrolebindings")
    except KubectlFailed as error:
        if error.is_away:
            raise
        return [], f" Cluster roles could not be looked at: {error.message}"
    mine = [
        one
        for one in found
        if any(who.get("namespace") == ground.cluster.namespace for who in one.get("subjects") or [])
    ]
    return mine, ""


def _allowed(role: Object) -> str:
    rules = role.get("rules") or []
    return "; ".join(f"{','.join(r.get('verbs', []))} {','.join(r.get('resources', []))}" for r in rules)


def _is_wide(role: Object) -> bool:
    return any(
        "*" in rule.get("verbs", []) or "*" in rule.get("resources", []) for rule in role.get("rules") or []
    )


def _bound(binding: Object) -> str:
    who = ", ".join(f"{one['kind']} {one['name']}" for one in binding.get("subjects") or [])
    return f"{binding['roleRef']['name']} to {who or 'nobody'}"


def accounts(ground: Ground) -> Finding:
    """Service accounts, their roles in AWS, and pods that run as `default`."""
    found = ground.cluster.items("serviceaccounts")
    rows = [
        (one["metadata"]["name"], one["metadata"].get("annotations", {}).get(_IRSA, "–")) for one in found
    ]
    nameless = sorted(
        pod["metadata"]["name"]
        for pod in ground.cluster.items("pods")
        if pod["spec"].get("serviceAccountName", "default") == "default"
    )
    person = f"Give {', '.join(nameless[:3])} a service account of its own." if nameless else ""
    told = f"{words.plural(len(found), 'service account')}; {len(nameless)} pods run as default."
    return judged(told, person, table=Table(("account", "role in AWS"), rows, nothing="There are none."))


def ingress(ground: Ground) -> Finding:
    """The hosts that lead in, whether by TLS, and how many pods stand behind them on how many nodes."""
    found = ground.cluster.find("ingress", INGRESS)
    if found is None:
        return judged(
            f"There is no ingress {INGRESS}.", "kubectl apply -k k8s/overlays/production", failed=True
        )
    hosts = [rule.get("host", "*") for rule in found["spec"].get("rules", [])]
    ready = [pod for pod in _server_pods(ground) if is_ready(pod)]
    places = {pod["spec"].get("nodeName") for pod in ready}
    services = [one["metadata"]["name"] for one in ground.cluster.items("services")]
    told = f"{', '.join(hosts)} leads to {len(ready)} pods on {words.plural(len(places), 'node')}"
    person = "With one node left, nothing takes over: scale out." if len(places) < 2 else ""
    return judged(f"{told}; services: {', '.join(services)}.", person, failed=not ready)


def restart(ground: Ground) -> Finding:
    """Whether a pod can go without an outage; none is deleted."""
    ready = [pod for pod in _server_pods(ground) if is_ready(pod)]
    ground.cluster.run("delete", "pod", f"--selector=app={APP}", _NOTHING_SENT)
    told = f"{len(ready)} pods are ready, of which one may go."
    if len(ready) < 2:
        person = "Scale to two pods before anything restarts."
        return judged(f"Only {len(ready)} ready: a restart is an outage.", person, failed=True)
    name = ready[0]["metadata"]["name"]
    person = f"In a quiet hour: kubectl delete pod {name}, and see that nobody notices."
    return judged(told, person)


def drain(ground: Ground) -> Finding:
    """Whether a node with our pods could be drained, by disruption budget and by what runs there; none is."""
    budgets = ground.cluster.items("poddisruptionbudgets")
    allowed = {one["metadata"]["name"]: one.get("status", {}).get("disruptionsAllowed", 0) for one in budgets}
    nodes = sorted({pod["spec"].get("nodeName", "") for pod in _server_pods(ground)} - {""})
    if not budgets:
        return judged(
            "There is no disruption budget.", "kubectl apply -k k8s/overlays/production", failed=True
        )
    if not nodes:
        return judged("No pod of the server is on a node.", "See the step Pods.", failed=True)
    told = ", ".join(f"{name} allows {number}" for name, number in allowed.items())
    if not any(allowed.values()):
        return judged(f"{told}: a drain would wait.", "Scale out before a node is drained.", failed=True)
    asked = ["--ignore-daemonsets", "--delete-emptydir-data", _NOTHING_SENT]
    ground.cluster.run("drain", nodes[0], *asked, seconds=30.0)
    person = (
        f"In a quiet hour: kubectl drain {nodes[0]} --ignore-daemonsets, then kubectl uncordon {nodes[0]}."
    )
    return judged(f"{told}; nothing on {nodes[0]} keeps it from being drained.", person)


def monitoring(ground: Ground) -> Finding:
    """Whether Prometheus is told of us, and Grafana is there."""
    monitors = ground.cluster.items("servicemonitors")
    listed = ground.cluster.run("get", "services", "--namespace=monitoring", "-o", "name").split()
    grafana = [name.partition("/")[2] for name in listed if "grafana" in name]
    people = [] if monitors else ["kubectl apply -f k8s/servicemonitor.yaml"]
    people += (
        [] if grafana else ["There is no Grafana in the namespace monitoring: install the monitoring stack."]
    )
    told = f"{words.plural(len(monitors), 'service monitor')}; Grafana: {', '.join(grafana) or 'none'}."
    return judged(told, " ".join(people), failed=not monitors)


def _server_pods(ground: Ground) -> list[Object]:
    return ground.cluster.items("pods", f"app={APP}")
