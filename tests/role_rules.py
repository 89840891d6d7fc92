"""What the rules of roles allow a group, as the API server reads them."""

from collections.abc import Sequence
from typing import Any

from rendered import Manifests

Rule = dict[str, Any]


def rules_of(manifests: Manifests, group: str) -> list[Rule]:
    """The rules of every role that is bound to a group."""
    roles = {one["metadata"]["name"]: one["rules"] for one in manifests.of_kind("Role")}
    return [
        rule
        for binding in manifests.of_kind("RoleBinding")
        if ("Group", group) in {(one["kind"], one["name"]) for one in binding["subjects"]}
        for rule in roles[binding["roleRef"]["name"]]
    ]


def allow(rules: Sequence[Rule], verb: str, group: str, resource: str, name: str = "") -> bool:
    """Whether one of them allows it; `resource` may be pods/log. A rule with names wants one of them."""
    return any(
        verb in rule["verbs"]
        and group in rule["apiGroups"]
        and resource in rule["resources"]
        and name in rule.get("resourceNames", [name])
        for rule in rules
    )
