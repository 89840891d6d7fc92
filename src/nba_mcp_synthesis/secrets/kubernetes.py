"""SecretStore and ExternalSecret of the External Secrets Operator, made from the manifest of secrets.

The operator copies the AWS secret PROJECT/production into the Kubernetes secret that pods mount. A required
secret that lacks there stops the copy, which shows; an optional one becomes an empty file, which counts as
unset. Keys that the manifest does not know do not reach the cluster.

The dates of the values go along as a file of their own, as a volume's files all have that of its last change.
The jobs' copy has no such file: their login is another one.
"""

from typing import Any

import yaml

from nba_mcp_synthesis.secrets.history import HISTORY, HISTORY_FILE
from nba_mcp_synthesis.secrets.manifest import Manifest
from nba_mcp_synthesis.secrets.names import Naming

_API = "external-secrets.io/v1"
_HEADER = "# Made from src/nba_mcp_synthesis/secrets/secrets.toml: python scripts/secret_manifests.py\n"


def manifests(manifest: Manifest, naming: Naming, region: str = "us-east-1") -> dict[str, str]:
    """The text of each file, by its name in k8s/base."""
    return {
        "secretstore.yaml": _text(_store(naming, region)),
        "externalsecret.yaml": _text(_external_secret(manifest, naming)),
    }


def _text(resource: dict[str, Any]) -> str:
    return _HEADER + yaml.safe_dump(resource, sort_keys=False, width=110)


def _metadata(naming: Naming) -> dict[str, Any]:
    return {
        "name": f"{naming.project}-secrets",
        "namespace": naming.project,
        "labels": {"app": naming.project},
    }


def _store(naming: Naming, region: str) -> dict[str, Any]:
    account = {"name": naming.project}  # its annotation eks.amazonaws.com/role-arn gives the rights
    return {
        "apiVersion": _API,
        "kind": "SecretStore",
        "metadata": _metadata(naming),
        "spec": {
            "provider": {
                "aws": {
                    "service": "SecretsManager",
                    "region": region,
                    "auth": {"jwt": {"serviceAccountRef": account}},
                }
            }
        },
    }


def _external_secret(manifest: Manifest, naming: Naming) -> dict[str, Any]:
    required = [name for name, spec in manifest.specs.items() if naming.context in spec.required]
    keys = {**{name: name for name in manifest.specs}, HISTORY_FILE: HISTORY}
    values = {name: f'{{{{ index . "{key}" }}}}' for name, key in keys.items()}
    return {
        "apiVersion": _API,
        "kind": "ExternalSecret",
        "metadata": _metadata(naming),
        "spec": {
            "refreshInterval": "1m",
            "secretStoreRef": {"kind": "SecretStore", "name": f"{naming.project}-secrets"},
            "target": {
                "name": f"{naming.project}-secrets",
                "creationPolicy": "Owner",
                "template": {"engineVersion": "v2", "mergePolicy": "Replace", "data": values},
            },
            "dataFrom": [{"extract": {"key": naming.aws}}],
            "data": [
                {"secretKey": name, "remoteRef": {"key": naming.aws, "property": name}} for name in required
            ],
        },
    }
