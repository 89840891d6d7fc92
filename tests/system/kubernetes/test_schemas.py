"""The rendered manifests against the schemas of two Kubernetes versions, and of the custom resources."""

import copy
import json
import re
from typing import Any

import pytest

from node_clients import Node
from rendered import APP, Manifests, Object, rendered

kubernetes_validate = pytest.importorskip("kubernetes_validate")
pytestmark = pytest.mark.system
# The oldest that docs/kubernetes.md promises, and the newest that there are schemas of.
VERSIONS = ("1.34", "1.37")
CUSTOM = {"external-secrets.io": "external-secrets", "monitoring.coreos.com": "prometheus-operator"}
# Parts that other files declare, being Kubernetes' own: selectors of labels and of a key.
OF_KUBERNETES = {"key", "matchLabels"}
# Validates each document by the class of its kind; what is wrong comes out as one line each.
CHECK = """
import { readFileSync } from "node:fs";
for (const { one, library } of JSON.parse(readFileSync(0, "utf8"))) {
  const found = await import(`@kubernetes-models/${library}/${one.apiVersion}/${one.kind}`);
  try { new found[one.kind](one).validate(); console.log("fits"); }
  catch (error) { console.log(`${one.kind}: ${error.message}`); }
}
"""


def library(one: Object) -> str | None:
    """The npm package with the schema of a custom resource; None for Kubernetes' own."""
    return CUSTOM.get(one["apiVersion"].partition("/")[0])


def checked(node: Node, *objects: Object) -> list[str]:
    """What the schemas say of each custom resource."""
    asked = [{"one": one, "library": library(one)} for one in objects]
    done = node.run("--input-type=module", "-e", CHECK, stdin=json.dumps(asked))
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.requirement("SYS-EKS")
def test_every_object_fits_its_schema(manifests: Manifests, version: str) -> None:
    """Without a field that is not in it; a kind without a schema is an error."""
    own = [one for one in manifests.objects if library(one) is None]
    assert len(own) > 30
    for one in own:
        kubernetes_validate.validate(one, version, strict=True)


def test_a_misspelt_field_is_found(production: Manifests) -> None:
    """Otherwise the test above would say nothing."""
    spoilt = copy.deepcopy(production.one("Deployment"))
    spoilt["spec"]["template"]["spec"]["terminationGracePeriodSecond"] = 60
    with pytest.raises(kubernetes_validate.ValidationError, match="terminationGracePeriodSecond"):
        kubernetes_validate.validate(spoilt, VERSIONS[1], strict=True)


@pytest.mark.requirement("SYS-SECRETS")
@pytest.mark.requirement("MON-SERVICEMONITOR")
def test_every_custom_resource_fits_its_schema(node: Node, manifests: Manifests) -> None:
    """SecretStore, ExternalSecret and ServiceMonitor."""
    custom = [one for one in manifests.objects if library(one)]
    assert {one["kind"] for one in custom} == {"SecretStore", "ExternalSecret", "ServiceMonitor"}
    assert checked(node, *custom) == ["fits"] * len(custom)


@pytest.mark.requirement("MON-SERVICEMONITOR")
@pytest.mark.requirement("MON-STACK")
def test_what_is_applied_to_monitoring_fits_its_schema(node: Node) -> None:
    """Rules and dashboards, in the namespace of the stack whatever an overlay sets."""
    objects = rendered("../monitoring").objects
    custom = [one for one in objects if library(one)]
    assert {one["kind"] for one in custom} == {"SecretStore", "ExternalSecret", "PrometheusRule"}
    assert checked(node, *custom) == ["fits"] * len(custom)
    for one in objects:
        assert one["metadata"].get("namespace", one["metadata"]["name"]) == "monitoring"
        if one not in custom:
            kubernetes_validate.validate(one, VERSIONS[1], strict=True)


def test_the_custom_schemas_find_what_is_wrong(node: Node, production: Manifests) -> None:
    """Otherwise the test above would say nothing."""
    store, external, monitor = (
        copy.deepcopy(production.one(kind, name))
        for kind, name in (
            ("SecretStore", f"{APP}-secrets"),
            ("ExternalSecret", f"{APP}-secrets"),
            ("ServiceMonitor", APP),
        )
    )
    store["spec"]["provider"]["aws"]["service"] = "SecretManager"
    del external["spec"]["data"][0]["remoteRef"]
    monitor["spec"]["endpoints"][0]["interval"] = "often"
    assert not any("fits" in line for line in checked(node, store, external, monitor))


def fields(value: Any) -> set[str]:
    """Every field name in a document; the keys of `data` and `matchLabels` maps are the author's own."""
    if isinstance(value, list):
        return {name for one in value for name in fields(one)}
    if not isinstance(value, dict):
        return set()
    own = ("data", "matchLabels")
    inner = {n for k, v in value.items() if not (k in own and isinstance(v, dict)) for n in fields(v)}
    return inner | set(value)


def test_no_field_of_a_custom_resource_is_misspelt(node: Node, manifests: Manifests) -> None:
    """The schemas let unknown fields pass, so each name is looked up among the declared ones."""
    for one in manifests.objects:
        if name := library(one):
            folder = node.folder / "node_modules/@kubernetes-models" / name / one["apiVersion"]
            declared = "".join(path.read_text("utf-8") for path in folder.glob("*.d.ts"))
            names = fields(one["spec"]) - OF_KUBERNETES
            unknown = {f for f in names if not re.search(rf'"{f}"\??:', declared)}
            assert unknown == set(), one["metadata"]["name"]
