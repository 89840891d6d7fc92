"""Rules, routes, dashboards and their pages: what is committed is what the data make, nothing is missing."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import typer
import typer.main
import yaml

from nba_mcp_synthesis.cli import app
from nba_mcp_synthesis.errors import UsageError
from nba_mcp_synthesis.operations.monitoring import alertmanager, rules, sources
from nba_mcp_synthesis.operations.monitoring.delivery import WANTED
from nba_mcp_synthesis.operations.monitoring.files import files
from nba_mcp_synthesis.server.overview import objectives
from nba_mcp_synthesis.settings import Settings, load_settings
from nba_mcp_synthesis.telemetry.metrics import Metrics

ROOT = Path(__file__).resolve().parents[2]
MADE = files(ROOT)
SOURCES = sources.load(ROOT / "monitoring")
ALERTS = [alert for group in rules.all_alerts(SOURCES).values() for alert in group]
NAMES = sorted({alert["alert"] for alert in ALERTS})
PAGES = ROOT / "docs/runbooks/alerts"
SAMPLES = ROOT / "tests/monitoring"
KUBECTL = {
    *("cordon", "delete", "describe", "drain", "edit", "exec", "get", "logs", "port-forward", "rollout"),
    *("scale", "set", "top", "apply", "create"),
}
WORDS = {
    *(
        "by",
        "on",
        "or",
        "and",
        "unless",
        "bool",
        "offset",
        "group_left",
        "group_right",
        "ignoring",
        "without",
    ),
    *("namespace", "pod", "container"),
}


@pytest.mark.parametrize("name", sorted(MADE))
def test_the_committed_file_is_the_one_that_the_data_make(name: str) -> None:
    """After a change of the data: make monitoring."""
    assert (ROOT / name).read_text("utf-8") == MADE[name]


@pytest.mark.requirement("MON-ALERTS")
@pytest.mark.parametrize("name", [*NAMES, alertmanager.TEST_ALERT])
def test_every_alert_has_a_page_for_who_is_on_call_for_the_first_time(name: str) -> None:
    """Meaning, impact, diagnosis, mitigation, in this order; it says the severities of the rule."""
    text = (PAGES / f"{name}.md").read_text("utf-8")
    assert text.startswith(f"# {name}\n")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["Meaning", "Impact", "Diagnosis", "Mitigation"]
    assert "```sh" in text
    assert f"[{name}]({name}.md)" in (PAGES / "README.md").read_text("utf-8")
    severities = {alert["severity"] for alert in ALERTS if alert["alert"] == name}
    if name not in ("NbaMcpWatchdog", alertmanager.TEST_ALERT):
        told = text.split("\n## ")[0]
        assert set(re.findall(r"P[1-4]", told)) - {"P1" for _ in "x" if "no P1" in told} == severities


def test_there_is_no_page_of_an_alert_that_does_not_exist() -> None:
    """Pages go with their alerts."""
    found = {page.stem for page in PAGES.glob("*.md")}
    assert found == {*NAMES, alertmanager.TEST_ALERT, "README"}


def commands() -> list[tuple[str, str]]:
    """Each command line of the pages, with its page."""
    found = []
    for page in sorted(PAGES.glob("*.md")):
        text = page.read_text("utf-8")
        blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
        lines = [line.strip() for block in blocks for line in block.splitlines()]
        lines += re.findall(r"`((?:nba-mcp|kubectl) [^`]+)`", text)
        found += [(page.stem, line) for line in lines if line]
    return found


@pytest.mark.parametrize(("page", "line"), commands())
def test_the_commands_of_the_pages_exist(page: str, line: str) -> None:
    """Ours with their options, those of kubectl with the namespace and names of the product."""
    if ours := re.search(r"(?:^|-- )nba-mcp (.*)", line):
        check_ours(ours[1])
    if line.startswith("kubectl "):
        assert line.split()[1] in KUBECTL
        for name in re.findall(r"(?:deployment|service|hpa|ingress|svc)[/ ]([a-z-]+)", line):
            assert name in {
                *("nba-mcp-synthesis", "nba-mcp-postgres", "nba-mcp-redis", "nba-mcp-synthesis-service"),
                *("nba-mcp-synthesis-hpa", "nba-mcp-synthesis-ingress"),
                *("monitoring-prometheus", "monitoring-alertmanager", "grafana"),
            }, page


def check_ours(told: str) -> None:
    """A command of ours, by its own parser."""
    words = re.split(r"\s+[|;&]", told)[0].split()
    found: Any = typer.main.get_command(app)
    while words and words[0] in getattr(found, "commands", {}):
        found = found.commands[words.pop(0)]
    assert not hasattr(found, "commands"), told
    known = {option for parameter in found.params for option in parameter.opts} | {"--help"}
    assert {word for word in words if word.startswith("--")} <= known, told


def test_the_status_page_has_the_objectives_that_alerts_have() -> None:
    """What people see and what pages them are measured alike."""
    shown = objectives()
    names = {
        "availability": "availability",
        "tool-latency": "calls",
        "answer-latency": "answers",
        "verified": "verified",
    }
    for slo in SOURCES.slos:
        if name := names.pop(slo["slo"], None):
            assert shown[name]["objective"] == slo["objective"], name
    assert names == {}
    (stale,) = (rule["expr"] for rule in SOURCES.recording if rule["record"] == "nba_mcp:data_stale:bool")
    assert stale.endswith(f"> bool {shown['freshness']['objective']}")


def test_every_setting_that_the_pages_name_exists() -> None:
    """A misspelt setting would refuse to start at three in the morning."""
    text = " ".join(page.read_text("utf-8") for page in PAGES.glob("*.md"))
    known = {f"NBA_MCP_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"NBA_MCP_[A-Z0-9_]+", text)) <= known


def metrics_of(expr: str) -> set[str]:
    """The names of the series that an expression reads."""
    bare = re.sub(r'"[^"]*"|\{[^}]*\}|\[[^\]]*\]|(?:by|on|without)\s*\([^)]*\)', " ", expr)
    return {name for name in re.findall(r"[a-zA-Z_:][\w:]*(?!\w*\s*\()", bare) if name not in WORDS}


def known_metrics() -> set[str]:
    """What the server gives, what the sample of a cluster has, and what the rules record."""
    found = {"ALERTS", "up"}
    for family in Metrics().registry.collect():
        endings = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}.get(family.type, ("",))
        found |= {family.name + ending for ending in endings}
    sample = yaml.safe_load((SAMPLES / "cluster_sample.yaml").read_text("utf-8"))
    found |= {series.split("{")[0] for part in sample.values() for series in part}
    return found | {
        rule["record"] for group in rules.groups(SOURCES) for rule in group["rules"] if "record" in rule
    }


def test_rules_and_panels_read_metrics_that_exist() -> None:
    """A misspelt metric is an alert that never fires."""
    read = {
        name
        for group in rules.groups(SOURCES)
        for rule in group["rules"]
        for name in metrics_of(rule["expr"])
    }
    for data in SOURCES.dashboards:
        for row in data["rows"]:
            read |= {
                name
                for panel in row["panels"]
                for expr in panel["lines"].values()
                for name in metrics_of(expr)
            }
    unknown = {name for name in read - known_metrics() if not re.fullmatch(r"\d.*|e\d*|d|h|m|s", name)}
    assert unknown == set()


@pytest.mark.requirement("INC-SEVERITY")
def test_every_alert_has_one_of_the_four_severities() -> None:
    """And a place to go for each of them."""
    severities = SOURCES.contacts["severities"]
    assert {alert["severity"] for alert in ALERTS} == set(severities) == set(WANTED)
    for name, said in severities.items():
        assert ("pages" in said) == ("pagerduty" in WANTED[name])


@pytest.mark.requirement("MON-ALERTS")
def test_the_five_alerts_of_the_documents_page() -> None:
    """With their thresholds and durations."""
    found = {alert["alert"]: alert for alert in ALERTS}
    expected = {
        "NbaMcpErrorRateHigh": ("> 0.05", "5m"),
        "NbaMcpPodMemoryHigh": ("> 0.9", "2m"),
        "NbaMcpSecretInvalid": ("== 0", "1m"),
        "NbaMcpDatabaseDown": ("== 0", "1m"),
        "NbaMcpServiceUnavailable": ("== 0", "1m"),
    }
    for name, (threshold, hold) in expected.items():
        assert threshold in found[name]["expr"]
        assert found[name]["for"] == hold
        assert "pagerduty" in WANTED[found[name]["severity"]]


@pytest.mark.requirement("ONC-ESCALATION")
def test_alerts_are_said_again_as_often_as_the_matrix_wants_an_answer() -> None:
    """15 minutes, an hour, four hours, a day."""
    routes = alertmanager.config(SOURCES)["route"]["routes"]
    times = {re.findall(r"P\d", route["matchers"][0])[0]: route["repeat_interval"] for route in routes[1:]}
    assert times == {"P1": "15m", "P2": "1h", "P3": "4h", "P4": "1d"}


def test_a_name_that_is_no_constant_is_refused() -> None:
    """A rule over a name that nothing fills would never fire."""
    with pytest.raises(UsageError, match=r"<<jib>> is no constant. There are app"):
        sources.filled({"expr": 'up{job="<<jib>>"}'}, {"app": "x"})


def test_faults_are_ours() -> None:
    """What callers do wrong, and what they use up, is no error of the service."""
    found = set(sources.faults().split("|"))
    assert {"warehouse_down", "overloaded", "internal_error", "worker_lost"} <= found
    assert not found & {
        "query_refused",
        "rate_limited",
        "wrong_arguments",
        "cancelled",
        "nba_mcp_error",
        "ok",
    }


def test_the_limit_of_cost_is_the_default_of_the_budget() -> None:
    """One is data and the other a setting: they must not drift apart."""
    alert = next(alert for alert in ALERTS if alert["alert"] == "NbaMcpCostBurn")
    assert alert["expr"].endswith(f"> {load_settings({}).budget_day_usd:g}")


def boards() -> dict[str, dict[str, Any]]:
    """The committed dashboards."""
    found = [json.loads(MADE[name]) for name in MADE if name.endswith(".json")]
    return {board["uid"]: board for board in found}


@pytest.mark.requirement("MON-DASHBOARDS")
def test_the_dashboards_have_the_uids_of_the_documents() -> None:
    """Their addresses are in the runbook."""
    assert set(boards()) == {"nba-mcp-dashboard", "secrets-health-dashboard", "kubernetes-cluster-monitoring"}


def test_panels_fill_the_grid_and_do_not_overlap() -> None:
    """And each is within the 24 columns of Grafana."""
    for board in boards().values():
        taken: set[tuple[int, int]] = set()
        for panel in board["panels"]:
            place = panel["gridPos"]
            columns = range(place["x"], place["x"] + place["w"])
            cells = {(x, y) for x in columns for y in range(place["y"], place["y"] + place["h"])}
            assert columns[-1] < 24
            assert not taken & cells, panel["title"]
            taken |= cells


def test_panels_link_to_runbooks_that_exist() -> None:
    """By the name of the alert that watches the same figure."""
    for data in SOURCES.dashboards:
        for panel in (panel for row in data["rows"] for panel in row["panels"]):
            assert panel.get("alert", NAMES[0]) in NAMES, panel["title"]


SHOWN = {
    "MON-APP": (
        "nba-mcp-dashboard",
        ["Request rate", "Request latency", "Error rate", "Active connections", "Secrets that are wrong"],
    ),
    "MON-INFRA": (
        "kubernetes-cluster-monitoring",
        ["CPU of the limit", "Memory of the limit", "Ready (1) or not (0)"],
    ),
    "MON-BUSINESS": (
        "nba-mcp-dashboard",
        [
            "API call success rate",
            "Data processing: rows loaded per hour",
            "Cost per answer",
            "Active users",
            "Calls per hour",
            "Volume of data: rows loaded so far",
            "Availability, 30 days",
            "Database connections",
            "S3 latency, p95",
        ],
    ),
}


@pytest.mark.requirement("MON-APP")
@pytest.mark.requirement("MON-INFRA")
@pytest.mark.requirement("MON-BUSINESS")
@pytest.mark.parametrize("demand", SHOWN)
def test_what_the_documents_want_to_see_has_a_panel(demand: str) -> None:
    """That it has data is shown on a real Prometheus."""
    uid, wanted = SHOWN[demand]
    assert set(wanted) <= {panel["title"] for panel in boards()[uid]["panels"]}


@pytest.mark.requirement("MON-STACK")
def test_everything_is_in_the_namespace_that_the_documents_use() -> None:
    """Under their names; the kustomization sets none, so that rules stay where they are."""
    objects = {name: yaml.safe_load(text) for name, text in MADE.items() if name.startswith("k8s/monitoring")}
    kustomization = objects.pop("k8s/monitoring/kustomization.yaml")
    assert "namespace" not in kustomization
    assert {f"k8s/monitoring/{name}" for name in kustomization["resources"]} == set(objects)
    del objects["k8s/monitoring/namespace.yaml"]
    assert {found["metadata"]["namespace"] for found in objects.values()} == {"monitoring"}
    for uid in boards():
        found = objects[f"k8s/monitoring/{uid}.yaml"]
        assert found["metadata"]["labels"]["grafana_dashboard"] == "1"
        assert json.loads(found["data"][f"{uid}.json"]) == boards()[uid]
    values = yaml.safe_load(MADE["monitoring/helm/kube-prometheus-stack.yaml"])
    assert values["grafana"]["fullnameOverride"] == "grafana"
    assert values["grafana"]["service"]["port"] == 80
    assert values["alertmanager"]["config"] == alertmanager.config(SOURCES)


def test_operators_may_open_the_way_to_alertmanager() -> None:
    """What the pages type with `-n monitoring` is allowed to the group that has the rights elsewhere."""
    elsewhere = yaml.safe_load((ROOT / "k8s/base/operator-rolebinding.yaml").read_text("utf-8"))
    binding = yaml.safe_load(MADE["k8s/monitoring/operator-rolebinding.yaml"])
    role = yaml.safe_load(MADE["k8s/monitoring/operator-role.yaml"])
    assert binding["subjects"] == elsewhere["subjects"]
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
    given = {(verb, what) for rule in role["rules"] for verb in rule["verbs"] for what in rule["resources"]}
    text = "".join(page.read_text("utf-8") for page in PAGES.parent.rglob("*.md"))
    typed = set(re.findall(r"kubectl (get \w+|port-forward) -n monitoring", text))
    assert typed == {"get pods", "get events", "port-forward"}
    assert {
        ("list", "pods"),
        ("list", "events"),
        ("get", "services"),
        ("create", "pods/portforward"),
    } <= given
    assert {what for verb, what in given if verb not in {"get", "list", "watch"}} == {"pods/portforward"}


def test_keys_are_read_from_files_and_stand_nowhere() -> None:
    """Each file is a key of the secret that the cluster brings, and a secret of the manifest."""
    text = MADE["monitoring/alertmanager/alertmanager.yml"]
    names = set(re.findall(rf"{alertmanager.SECRETS}/(\w+)", text))
    assert "hooks.slack.com" not in text
    assert not re.search(r"routing_key:|api_url:", text)
    external = yaml.safe_load(MADE["k8s/monitoring/externalsecret.yaml"])
    assert {one["secretKey"] for one in external["spec"]["data"]} == names
    manifest = (ROOT / "src/nba_mcp_synthesis/secrets/secrets.toml").read_text("utf-8")
    assert all(f"[{name}]" in manifest for name in names)
