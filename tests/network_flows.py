"""Who may reach whom by the rules of NetworkPolicy, computed from the objects for a set of parties."""

import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

Object = dict[str, Any]


@dataclass(frozen=True)
class Party:
    """A pod with its namespace's name and labels, or an address outside of the cluster."""

    name: str
    address: str = ""
    namespace: str = ""
    labels: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, order=True)
class Flow:
    """One party may open a connection to another on a port."""

    source: str
    target: str
    port: int
    protocol: str = "TCP"


def flows(
    policies: Sequence[Object], parties: Sequence[Party], ports: Iterable[tuple[str, int]]
) -> set[Flow]:
    """All that is let through at both ends, leaving out what has no end among the policies' pods."""
    return set(_flows(policies, parties, list(ports)))


def _flows(
    policies: Sequence[Object], parties: Sequence[Party], ports: Sequence[tuple[str, int]]
) -> Iterator[Flow]:
    namespaces = {policy["metadata"]["namespace"] for policy in policies}
    for source in parties:
        for target in parties:
            if source == target or not {source.namespace, target.namespace} & namespaces:
                continue
            for protocol, port in ports:
                leaves = _lets(policies, "Egress", source, target, (protocol, port))
                if leaves and _lets(policies, "Ingress", target, source, (protocol, port)):
                    yield Flow(source.name, target.name, port, protocol)


def _lets(policies: Sequence[Object], way: str, pod: Party, peer: Party, port: tuple[str, int]) -> bool:
    """Whether the policies of one end let it through; where none selects the pod, everything is."""
    chosen = [p for p in policies if way in p["spec"]["policyTypes"] and _selects(p, pod)]
    if not chosen:
        return True
    peers, rules = ("to", "egress") if way == "Egress" else ("from", "ingress")
    return any(
        _has_port(rule, port) and (peers not in rule or any(_is_peer(p, one, peer) for one in rule[peers]))
        for p in chosen
        for rule in p["spec"].get(rules, [])
    )


def _selects(policy: Object, pod: Party) -> bool:
    return policy["metadata"]["namespace"] == pod.namespace and _fits(
        policy["spec"]["podSelector"], pod.labels
    )


def _has_port(rule: Object, port: tuple[str, int]) -> bool:
    return "ports" not in rule or any(
        (one.get("protocol", "TCP"), one["port"]) == port for one in rule["ports"]
    )


def _is_peer(policy: Object, rule: Object, peer: Party) -> bool:
    if "ipBlock" in rule:
        # addresses of pods count too: a block that holds them lets them in
        address = ipaddress.ip_address(peer.address)
        excepted = rule["ipBlock"].get("except", [])
        return address in ipaddress.ip_network(rule["ipBlock"]["cidr"]) and not any(
            address in ipaddress.ip_network(one) for one in excepted
        )
    if not peer.namespace:
        return False
    place = rule.get("namespaceSelector")
    here = (
        peer.namespace == policy["metadata"]["namespace"]
        if place is None
        else _fits(place, {"kubernetes.io/metadata.name": peer.namespace})
    )
    return here and _fits(rule.get("podSelector", {}), peer.labels)


def _fits(selector: Object, labels: dict[str, str]) -> bool:
    for one in selector.get("matchExpressions", []):
        assert one["operator"] == "In", one  # the one that is in use
        if labels.get(one["key"]) not in one["values"]:
            return False
    wanted: dict[str, str] = selector.get("matchLabels", {})
    return wanted.items() <= labels.items()
