"""The manifests of the External Secrets Operator against the schemas of its custom resources."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from node_clients import Node

pytestmark = pytest.mark.system
K8S = Path(__file__).resolve().parents[2] / "k8s"
# Validates each document by the class of its kind; what is wrong comes out as one line each.
CHECK = """
import { readFileSync } from "node:fs";
const documents = JSON.parse(readFileSync(0, "utf8"));
for (const one of documents) {
  const found = await import(`@kubernetes-models/external-secrets/${one.apiVersion}/${one.kind}`);
  try { new found[one.kind](one).validate(); console.log(`${one.kind} fits`); }
  catch (error) { console.log(`${one.kind}: ${error.message}`); }
}
"""


def checked(node: Node, *documents: dict[str, Any]) -> list[str]:
    """What the schemas say of each document."""
    done = node.run("--input-type=module", "-e", CHECK, stdin=json.dumps(documents))
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def resource(name: str) -> dict[str, Any]:
    """One of the committed manifests."""
    found: dict[str, Any] = yaml.safe_load((K8S / name).read_text("utf-8"))
    return found


@pytest.mark.requirement("SYS-SECRETS")
def test_the_manifests_fit_their_schemas(node: Node) -> None:
    """Version v1 of both kinds."""
    both = [resource("secretstore.yaml"), resource("externalsecret.yaml")]
    assert checked(node, *both) == ["SecretStore fits", "ExternalSecret fits"]


def test_the_schemas_find_what_is_wrong(node: Node) -> None:
    """Otherwise the test above would say nothing."""
    store = resource("secretstore.yaml")
    store["spec"]["provider"]["aws"]["service"] = "SecretManager"
    external = resource("externalsecret.yaml")
    del external["spec"]["data"][0]["remoteRef"]
    found = checked(node, store, external)
    assert not any("fits" in line for line in found)


def fields(value: Any) -> set[str]:
    """Every field name in a document; the keys of `data` maps are the author's own."""
    if isinstance(value, list):
        return {name for one in value for name in fields(one)}
    if not isinstance(value, dict):
        return set()
    inner = {n for k, v in value.items() if not (k == "data" and isinstance(v, dict)) for n in fields(v)}
    return inner | set(value)


@pytest.mark.parametrize("name", ["secretstore.yaml", "externalsecret.yaml"])
def test_no_field_is_misspelt(node: Node, name: str) -> None:
    """The schemas let unknown fields pass, so each name is looked up among the declared ones."""
    folder = node.folder / "node_modules/@kubernetes-models/external-secrets/external-secrets.io/v1"
    declared = "".join(path.read_text("utf-8") for path in folder.glob("*.d.ts"))
    unknown = {
        field for field in fields(resource(name)["spec"]) if not re.search(rf'"{field}"\??:', declared)
    }
    assert unknown == set()
