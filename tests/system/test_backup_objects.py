"""Objects of a cluster are saved, and apply again to an empty one; secrets only with the key."""

import base64
import json
import secrets
from pathlib import Path
from typing import Any

import pyrage
import pytest
import yaml

from backup_ground import Key, new_key
from nba_mcp_synthesis.connectors.kubectl import KubectlConnector
from nba_mcp_synthesis.errors import BackupDamaged, UsageError
from nba_mcp_synthesis.operations.backup import objects
from nba_mcp_synthesis.operations.backup.cleaning import cleaned
from nba_mcp_synthesis.operations.backup.store import open_store
from servers.cluster import NAMESPACE, Cluster, cluster
from servers.kubernetes import Kubectl
from test_cli import nba_mcp

pytestmark = pytest.mark.system
CANARY = f"canary-{secrets.token_hex(16)}"
OBJECTS = f"""
apiVersion: v1
kind: ConfigMap
metadata: {{name: settings, labels: {{app: nba-mcp-synthesis}}}}
data: {{NBA_MCP_CONTEXT: production}}
---
apiVersion: v1
kind: Secret
metadata: {{name: nba-mcp-synthesis-secrets}}
type: Opaque
stringData: {{RDS_PASSWORD: {CANARY}}}
---
apiVersion: v1
kind: Service
metadata: {{name: nba-mcp-synthesis-service}}
spec: {{selector: {{app: nba-mcp-synthesis}}, ports: [{{port: 80, targetPort: 8000, protocol: TCP}}]}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: nba-mcp-synthesis}}
spec:
  replicas: 2
  selector: {{matchLabels: {{app: nba-mcp-synthesis}}}}
  template:
    metadata: {{labels: {{app: nba-mcp-synthesis}}}}
    spec: {{containers: [{{name: server, image: "nba:1"}}]}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {{name: backup}}
spec:
  schedule: 0 2 * * *
  timeZone: America/New_York
  jobTemplate:
    spec: {{template: {{spec: {{restartPolicy: Never, containers: [{{name: backup, image: "nba:1"}}]}}}}}}
"""
WANTED = {"ConfigMap": 1, "Secret": 1, "Service": 1, "Deployment": 1, "CronJob": 1}


@pytest.fixture
def filled_cluster(kubernetes: Cluster, k: Kubectl) -> Cluster:
    """A cluster with objects, among them those that controllers made."""
    k("apply -f -", stdin=OBJECTS)
    k("rollout status deployment/nba-mcp-synthesis --timeout=30s")
    return kubernetes


def environment(tmp_path: Path, key: Key) -> dict[str, str]:
    """Settings of the commands."""
    return {
        "NBA_MCP_HOME": str(tmp_path / "home"),
        "NBA_MCP_BACKUP_URL": str(tmp_path / "store"),
        "NBA_MCP_BACKUP_RECIPIENTS": key.public,
        "NBA_MCP_BACKUP_IDENTITY": str(key.file),
        "NBA_MCP_KUBE_NAMESPACE": NAMESPACE,
    }


def wanted(found: list[Any]) -> dict[str, Any]:
    """Objects by kind and name, as somebody wanted them."""
    return {f"{one['kind']}/{one['metadata']['name']}": cleaned(one) for one in found}


@pytest.mark.requirement("BK-CONFIG")
@pytest.mark.requirement("BK-SECRETS")
def test_objects_apply_again_to_an_empty_cluster(
    filled_cluster: Cluster, k: Kubectl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was saved is dry-run, applied elsewhere, and there as it was; no disk has seen the secret."""
    key = new_key(tmp_path / "identity.txt")
    settings = environment(tmp_path, key)
    kinds = "configmaps,secrets,services,deployments,cronjobs"
    before = wanted(json.loads(k(f"get {kinds} -o json").stdout)["items"])
    done = nba_mcp(
        "ops", "backup", "objects", "save", "--folder", str(tmp_path / "backups"), "--json", **settings
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["kinds"] == WANTED
    for place in ("store", "backups", "home"):
        for path in (tmp_path / place).rglob("*"):
            if path.is_file():
                assert CANARY.encode() not in path.read_bytes()
                assert base64.b64encode(CANARY.encode()) not in path.read_bytes()
    (file,) = (tmp_path / "backups").glob("k8s-configuration-*.yaml")
    assert {one["kind"] for one in yaml.safe_load_all(file.read_text())} == WANTED.keys() - {"Secret"}
    with cluster(tmp_path / "empty") as empty:
        monkeypatch.setenv("KUBECONFIG", str(empty.kubeconfig))
        k(f"apply --dry-run=server -f {file}")
        dry = nba_mcp("ops", "backup", "objects", "apply", "--dry-run", "--json", **settings)
        assert dry.returncode == 0, dry.stderr
        assert len(json.loads(dry.stdout)["applied"]) == sum(WANTED.values())
        assert json.loads(k(f"get {kinds} -o json").stdout)["items"] == []
        assert nba_mcp("ops", "backup", "objects", "apply", **settings).returncode == 2
        applied = nba_mcp("ops", "backup", "objects", "apply", "--confirm", NAMESPACE, **settings)
        assert applied.returncode == 0, applied.stderr
        assert wanted(json.loads(k(f"get {kinds} -o json").stdout)["items"]) == before
    value = before["Secret/nba-mcp-synthesis-secrets"]["data"]["RDS_PASSWORD"]
    assert base64.b64decode(value).decode() == CANARY


def test_secrets_want_the_key_and_a_changed_file_applies_nothing(
    filled_cluster: Cluster, tmp_path: Path
) -> None:
    """Another key opens nothing; one changed byte is found before anything is applied."""
    key, store = new_key(tmp_path / "identity.txt"), open_store(str(tmp_path / "store"))
    door = KubectlConnector(NAMESPACE)
    saved = objects.save(door, store, (key.public,))
    calls = len(filled_cluster.world.calls)
    with pytest.raises(UsageError, match="was encrypted for others"):
        objects.apply(door, store, saved, new_key(tmp_path / "other.txt").file, dry_run=False)
    place = f"objects/{saved.id}/{objects.CONFIGURATION}"
    store.write(place, (store.read(place) or b"").replace(b"production", b"developmen"))
    with pytest.raises(BackupDamaged, match=r"its SHA-256 differs\. Nothing was applied"):
        objects.apply(door, store, saved, key.file, dry_run=False)
    assert [call for call in filled_cluster.world.calls[calls:] if call.verb in ("patch", "create")] == []
    identity = pyrage.x25519.Identity.from_str(key.file.read_text().splitlines()[-1])
    sealed = store.read(f"objects/{saved.id}/{objects.SECRETS}") or b""
    assert base64.b64encode(CANARY.encode()) in pyrage.decrypt(sealed, [identity])
