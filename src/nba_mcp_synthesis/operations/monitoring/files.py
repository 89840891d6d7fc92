"""Every file that is made from `monitoring/`'s data: its path in the checkout, and its text."""

import json
from pathlib import Path
from typing import Any

import yaml

from nba_mcp_synthesis.operations.monitoring import alertmanager, objects
from nba_mcp_synthesis.operations.monitoring.dashboards import dashboard
from nba_mcp_synthesis.operations.monitoring.index import index
from nba_mcp_synthesis.operations.monitoring.rules import all_alerts, groups
from nba_mcp_synthesis.operations.monitoring.sources import Sources, load

_HEADER = "# Made from the data in monitoring/: make monitoring\n"


def files(root: Path) -> dict[str, str]:
    """The text of each file by its path below the checkout `root`."""
    sources = load(root / "monitoring")
    rules, config = groups(sources), alertmanager.config(sources)
    templates = (root / "monitoring/alertmanager/pages.tmpl").read_text("utf-8")
    alerts = [alert for group in all_alerts(sources).values() for alert in group]
    boards = [dashboard(data, sources.contacts["links"]) for data in sources.dashboards]
    return {
        "monitoring/prometheus/rules.yml": text({"groups": rules}),
        "monitoring/alertmanager/alertmanager.yml": text(config),
        "monitoring/helm/kube-prometheus-stack.yaml": text(objects.chart_values(config, templates)),
        **{f"monitoring/dashboards/{board['uid']}.json": _json(board) for board in boards},
        "docs/runbooks/alerts/README.md": index(alerts, sources.contacts),
        **_objects(rules, boards, sources),
    }


def _objects(rules: list[dict[str, Any]], boards: list[dict[str, Any]], sources: Sources) -> dict[str, str]:
    webhooks = [channel["webhook"] for channel in sources.contacts["channels"].values()]
    made = {
        "namespace": objects.namespace(),
        "prometheusrule": objects.prometheus_rule(rules),
        "operator-role": objects.operator_role(),
        "operator-rolebinding": objects.operator_binding(),
        "secretstore": objects.secret_store(),
        "externalsecret": objects.external_secret(sorted({"PAGERDUTY_ROUTING_KEY", *webhooks})),
        **{board["uid"]: objects.dashboard_map(board) for board in boards},
    }
    made["kustomization"] = objects.kustomization([f"{name}.yaml" for name in made])
    return {f"k8s/monitoring/{name}.yaml": text(found) for name, found in made.items()}


class _Dumper(yaml.SafeDumper):
    """Writes long texts as blocks and repeats what is repeated, instead of pointing at it."""

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


def _string(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _string)


def text(data: Any) -> str:
    """As YAML, in the order of the data."""
    return _HEADER + yaml.dump(data, Dumper=_Dumper, sort_keys=False, width=110, allow_unicode=True)


def _json(data: Any) -> str:
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"
