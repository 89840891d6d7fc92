"""SecretStore and ExternalSecret in k8s/base are what the manifest of secrets makes of itself."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from nba_mcp_synthesis.secrets.history import HISTORY_FILE
from nba_mcp_synthesis.secrets.kubernetes import manifests
from nba_mcp_synthesis.secrets.manifest import default_manifest
from nba_mcp_synthesis.secrets.names import naming

K8S = Path(__file__).resolve().parents[2] / "k8s" / "base"
MADE = manifests(default_manifest(), naming("nba-mcp-synthesis", "production"))


@pytest.mark.parametrize("name", sorted(MADE))
def test_the_committed_file_is_the_generated_one(name: str) -> None:
    """After a change of secrets.toml: python scripts/secret_manifests.py."""
    assert (K8S / name).read_text("utf-8") == MADE[name]


def test_every_secret_reaches_the_cluster_and_required_ones_have_to() -> None:
    """Each name is a key of the Kubernetes secret; a required one stops the copy where it lacks."""
    found: dict[str, Any] = yaml.safe_load(MADE["externalsecret.yaml"])
    specs = default_manifest().specs
    assert list(found["spec"]["target"]["template"]["data"]) == [*specs, HISTORY_FILE]
    assert found["spec"]["target"]["name"] == "nba-mcp-synthesis-secrets"
    required = [name for name, spec in specs.items() if "production" in spec.required]
    assert [one["secretKey"] for one in found["spec"]["data"]] == required
    assert {one["remoteRef"]["key"] for one in found["spec"]["data"]} == {"nba-mcp-synthesis/production"}
    store: dict[str, Any] = yaml.safe_load(MADE["secretstore.yaml"])
    assert found["spec"]["secretStoreRef"]["name"] == store["metadata"]["name"]
