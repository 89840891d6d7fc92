"""Rules, dashboards and routes as objects of the cluster, and values for the chart that reads them."""

import json
from typing import Any

NAMESPACE = "monitoring"
_LABELS = {"app": "nba-mcp-synthesis"}
PODS_SECRET = "alertmanager-nba-mcp"  # noqa: S105 - the name of a Kubernetes secret
_STORE = "alertmanager-nba-mcp"
_OPERATORS = "nba-mcp-synthesis-operators"  # the group that k8s/base binds to what runbooks do there


def namespace() -> dict[str, Any]:
    """The namespace."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}


def prometheus_rule(groups: list[dict[str, Any]]) -> dict[str, Any]:
    """All rules, for the Prometheus operator."""
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": _metadata("nba-mcp-synthesis"),
        "spec": {"groups": groups},
    }


def dashboard_map(dashboard: dict[str, Any]) -> dict[str, Any]:
    """A dashboard, in the form that the sidecar of Grafana looks for."""
    uid = dashboard["uid"]
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": _metadata(uid, {"grafana_dashboard": "1"}),
        "data": {f"{uid}.json": json.dumps(dashboard, separators=(",", ":"), ensure_ascii=False)},
    }


def secret_store(region: str = "us-east-1") -> dict[str, Any]:
    """Where the keys of Alertmanager come from."""
    account = {"name": "alertmanager"}
    auth = {"jwt": {"serviceAccountRef": account}}
    aws = {"service": "SecretsManager", "region": region, "auth": auth}
    return {
        "apiVersion": "external-secrets.io/v1",
        "kind": "SecretStore",
        "metadata": _metadata(_STORE),
        "spec": {"provider": {"aws": aws}},
    }


def external_secret(names: list[str]) -> dict[str, Any]:
    """The files that Alertmanager reads its keys from; all have to be there."""
    key = "nba-mcp-synthesis/production"
    return {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ExternalSecret",
        "metadata": _metadata(_STORE),
        "spec": {
            "refreshInterval": "1m",
            "secretStoreRef": {"kind": "SecretStore", "name": _STORE},
            "target": {"name": PODS_SECRET, "creationPolicy": "Owner"},
            "data": [{"secretKey": name, "remoteRef": {"key": key, "property": name}} for name in names],
        },
    }


def operator_role() -> dict[str, Any]:
    """What the runbooks do here: open the way to Alertmanager or Grafana, and look why one does not run."""
    core = {"apiGroups": [""]}
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": _metadata(_OPERATORS),
        "rules": [
            {
                **core,
                "resources": ["events", "pods", "pods/log", "services"],
                "verbs": ["get", "list", "watch"],
            },
            {**core, "resources": ["pods/portforward"], "verbs": ["create", "get"]},
        ],
    }


def operator_binding() -> dict[str, Any]:
    """Gives that to the group of operators."""
    rbac = "rbac.authorization.k8s.io"
    return {
        "apiVersion": f"{rbac}/v1",
        "kind": "RoleBinding",
        "metadata": _metadata(_OPERATORS),
        "roleRef": {"apiGroup": rbac, "kind": "Role", "name": _OPERATORS},
        "subjects": [{"apiGroup": rbac, "kind": "Group", "name": _OPERATORS}],
    }


def kustomization(files: list[str]) -> dict[str, Any]:
    """What `kubectl apply -k k8s/monitoring` applies; no overlay includes it, so none moves it elsewhere."""
    return {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": sorted(files),
    }


def chart_values(config: dict[str, Any], templates: str) -> dict[str, Any]:
    """Values of the chart kube-prometheus-stack, under the names that the documents use."""
    everywhere: dict[str, Any] = {}
    for kind in ("rule", "serviceMonitor", "podMonitor"):
        everywhere |= {
            f"{kind}SelectorNilUsesHelmValues": False,
            f"{kind}Selector": {},
            f"{kind}NamespaceSelector": {},
        }
    return {
        "fullnameOverride": "monitoring",
        "prometheus": {
            "prometheusSpec": {
                "replicas": 2,
                "retention": "35d",  # promises are about 30 days
                "enableFeatures": ["exemplar-storage"],
                **everywhere,
            }
        },
        "alertmanager": {
            "config": config,
            "templateFiles": {"nba-mcp.tmpl": templates},
            "serviceAccount": {"create": True, "name": "alertmanager"},
            "alertmanagerSpec": {"replicas": 2, "secrets": [PODS_SECRET]},
        },
        "grafana": {
            "fullnameOverride": "grafana",
            "service": {"type": "ClusterIP", "port": 80},
            "admin": {"existingSecret": "grafana-admin", "userKey": "user", "passwordKey": "password"},
            "sidecar": {
                "dashboards": {"enabled": True, "label": "grafana_dashboard", "labelValue": "1"},
                "datasources": {"enabled": True, "defaultDatasourceEnabled": True},
            },
        },
    }


def _metadata(name: str, labels: dict[str, str] | None = None) -> dict[str, Any]:
    return {"name": name, "namespace": NAMESPACE, "labels": {**_LABELS, **(labels or {})}}
