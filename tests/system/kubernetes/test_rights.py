"""Who may do what: people by roles, planners by an admission policy, accounts by the stores of secrets."""

import pytest

from nba_mcp_synthesis.operations.deploy.prechecks import RIGHTS, SCALING
from rendered import APP, Manifests, Object
from role_rules import allow, rules_of

cel = pytest.importorskip("cel")
pytestmark = pytest.mark.system
PLANNERS = f"{APP}-planners"


@pytest.mark.parametrize("group", ["deployers", "operators"])
@pytest.mark.requirement("SEC-RBAC")
def test_who_deploys_or_goes_back_has_every_right_that_is_checked(manifests: Manifests, group: str) -> None:
    """Those that the pre-checks ask the API server for; viewers lack some, or this would say nothing."""
    found = {
        who: [
            str(right)
            for right in RIGHTS + SCALING
            if not allow(
                rules_of(manifests, f"{APP}-{who}"),
                right.verb,
                right.group,
                f"{right.resource}/{right.subresource}".rstrip("/"),
                right.name,
            )
        ]
        for who in (group, "viewers")
    }
    assert found[group] == []
    assert "patch deployments" in found["viewers"]


def judged(policy: Object, groups: list[str] | None, *, dry: bool | None) -> str:
    """What a policy says of a request, its expressions evaluated; None: the request lacks the field."""
    request = {"userInfo": {} if groups is None else {"groups": groups}}
    request |= {} if dry is None else {"dryRun": dry}  # type: ignore[dict-item]
    if not all(cel.evaluate(one["expression"], {"request": request}) for one in policy["matchConditions"]):
        return "not asked"
    held = [cel.evaluate(one["expression"], {"request": request}) for one in policy["validations"]]
    assert all(isinstance(one, bool) for one in held)
    return "allowed" if all(held) else "denied"


@pytest.mark.requirement("SEC-RBAC")
def test_planners_can_try_what_deployers_do_and_change_nothing(manifests: Manifests) -> None:
    """Their rights are the deployers'; the policy refuses what is no dry run, in the whole namespace."""
    assert rules_of(manifests, PLANNERS) == rules_of(manifests, f"{APP}-deployers")
    policy = manifests.one("ValidatingAdmissionPolicy", PLANNERS)["spec"]
    matched = policy["matchConstraints"]
    (rule,) = matched["resourceRules"]
    stars = {part: rule[part] for part in ("apiGroups", "apiVersions", "operations", "resources")}
    assert stars == {"apiGroups": ["*"], "apiVersions": ["*"], "operations": ["*"], "resources": ["*/*"]}
    assert matched["namespaceSelector"] == {"matchLabels": {"kubernetes.io/metadata.name": APP}}
    assert policy["failurePolicy"] == "Fail"
    assert judged(policy, [PLANNERS, f"{APP}-deployers"], dry=False) == "denied"
    assert judged(policy, [PLANNERS], dry=None) == "denied"
    assert judged(policy, [PLANNERS, "system:authenticated"], dry=True) == "allowed"
    for groups in ([f"{APP}-deployers"], [f"{PLANNERS}-of-others"], [], None):
        assert judged(policy, groups, dry=False) == "not asked", groups
    binding = manifests.one("ValidatingAdmissionPolicyBinding", PLANNERS)["spec"]
    assert binding == {"policyName": PLANNERS, "validationActions": ["Deny"]}


def keys(external: Object) -> set[str]:
    """The secrets in AWS that an ExternalSecret reads."""
    spec = external["spec"]
    found = {one["extract"]["key"] for one in spec.get("dataFrom", [])}
    return found | {one["remoteRef"]["key"] for one in spec.get("data", [])}


@pytest.mark.requirement("SYS-SECRETS")
def test_no_account_reads_more_secrets_than_it_needs(manifests: Manifests) -> None:
    """The server's neither the login that writes nor the key of the backups; that one is no pod's."""
    stores = {
        one["metadata"]["name"]: one["spec"]["provider"]["aws"]["auth"]["jwt"]["serviceAccountRef"]["name"]
        for one in manifests.of_kind("SecretStore")
    }
    read: dict[str, set[str]] = {}
    for one in manifests.of_kind("ExternalSecret"):
        assert one["spec"]["secretStoreRef"]["kind"] == "SecretStore"
        read.setdefault(stores[one["spec"]["secretStoreRef"]["name"]], set()).update(keys(one))
    if manifests.overlay == "development":
        assert read == {APP: {f"{APP}/development"}, f"{APP}-jobs": {f"{APP}/development"}}
    else:
        own = f"{APP}/production"
        key = {f"{APP}-backup-key": {f"{own}-backup-key"}}
        assert read == {APP: {own}, f"{APP}-jobs": {own, f"{own}-jobs"}, **key}
    accounts = {one["metadata"]["name"]: one["metadata"] for one in manifests.of_kind("ServiceAccount")}
    assert all("eks.amazonaws.com/role-arn" in accounts[name]["annotations"] for name in stores.values())
    runs_as = {name: pod["spec"]["serviceAccountName"] for name, pod in manifests.pods()}
    assert runs_as[APP] == APP
    assert f"{APP}-backup-key" not in runs_as.values()
