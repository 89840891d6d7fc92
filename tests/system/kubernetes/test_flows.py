"""The network policies let through what docs/kubernetes.md names, and nothing else."""

import re
from pathlib import Path

import pytest

from network_flows import Flow, Party, flows
from rendered import APP, Manifests

pytestmark = pytest.mark.system
PAGE = Path(__file__).resolve().parents[3] / "docs" / "kubernetes.md"
PODS = "10.0.64."  # the VPC's subnets of nodes and pods, as the page has them


def of_the_namespace(manifests: Manifests) -> list[Party]:
    """A pod of each kind, with the labels that its template gives it."""
    short = {APP: "server", "nba-mcp-postgres": "nba-mcp-postgres", "nba-mcp-redis": "nba-mcp-redis"}
    found = {
        short.get(name, "jobs"): Party(
            short.get(name, "jobs"), f"{PODS}{n + 1}", APP, pod["metadata"]["labels"]
        )
        for n, (name, pod) in enumerate(manifests.pods())
    }
    return [*found.values(), Party("unlabelled pod", f"{PODS}100", APP)]


BALANCERS = {"internet-facing": "10.0.1.20", "internal": "10.0.96.20"}  # in subnets for such balancers alone
OTHERS = [
    Party("RDS", "10.0.33.7"),
    Party("public internet", "93.184.216.34"),
    Party("instance metadata", "169.254.169.254"),
    Party("another machine of the VPC", "10.0.200.9"),
    Party("DNS", "10.0.64.200", "kube-system", {"k8s-app": "kube-dns"}),
    Party("Prometheus", "10.0.64.201", "monitoring", {"app.kubernetes.io/name": "prometheus"}),
    Party("another pod of monitoring", "10.0.64.202", "monitoring", {"app.kubernetes.io/name": "grafana"}),
    Party("a pod of another namespace", "10.0.64.203", "default", {"app": APP}),
    Party("another pod of kube-system", "10.0.64.204", "kube-system"),
]
PORTS = [("TCP", port) for port in (22, 53, 80, 443, 3000, 5432, 6379, 8000, 9090, 10250)] + [("UDP", 53)]


def balancers(manifests: Manifests) -> list[Party]:
    """One where the ingress asks for it; the other subnets of balancers are some machine's."""
    asked = manifests.one("Ingress", f"{APP}-ingress")["metadata"]["annotations"]
    scheme = asked["alb.ingress.kubernetes.io/scheme"]
    return [
        Party("balancer" if one == scheme else f"another machine among {one} balancers", address)
        for one, address in BALANCERS.items()
    ]


def documented() -> set[Flow]:
    """The rows of the table of flows."""
    table = PAGE.read_text("utf-8").partition("| from | to | port |")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    found = set()
    for source, target, port, _ in rows:
        for number, protocol in re.findall(r"(\d+) (TCP|UDP)", port):
            found |= {Flow(one, target, int(number), protocol) for one in source.split(", ")}
    return found


@pytest.mark.requirement("SEC-NETWORK")
def test_the_policies_let_through_what_the_table_names(manifests: Manifests) -> None:
    """From everybody to everybody, on every port that something here listens on."""
    parties = [*of_the_namespace(manifests), *balancers(manifests), *OTHERS]
    found = flows(manifests.of_kind("NetworkPolicy"), parties, PORTS)
    assert found == documented()
    assert len(found) > 8


def test_without_the_policies_everything_is_open(production: Manifests) -> None:
    """And without the denial of all, what no other policy selects is; or the test above says nothing."""
    pods = of_the_namespace(production)
    policies = production.of_kind("NetworkPolicy")
    assert len(flows([], [*pods, *OTHERS], PORTS)) == 0  # no namespace is anybody's
    named = [one for one in policies if one["metadata"]["name"] != "default-deny"]
    assert Flow("nba-mcp-redis", "public internet", 443) in flows(named, [*pods, *OTHERS], PORTS)
    assert Flow("a pod of another namespace", "unlabelled pod", 80) in flows(named, [*pods, *OTHERS], PORTS)
