"""Alertmanager's configuration, from the escalation matrix of the contacts.

A P2 has two ways to PagerDuty, in hours and out of them. Both have the same matchers, hence the same group
key, hence the same deduplication key: a fault that lasts past the end of the hours stays one incident. The
ways overlap by `EDGE_MINUTES`, several group intervals: each end of an alert is told by a way that has told
its beginning.
"""

from typing import Any

from nba_mcp_synthesis.operations.monitoring.sources import Sources

SECRETS = "/etc/alertmanager/secrets/alertmanager-nba-mcp"
TEMPLATES = "/etc/alertmanager/config/*.tmpl"
EDGE_MINUTES = 5
_TIMES = ("active_time_intervals", "mute_time_intervals")
TEST_ALERT = "NbaMcpTest"  # sent by `nba-mcp ops alerts test`; takes the real way and rings nobody


def config(sources: Sources, secrets: str = SECRETS, templates: str = TEMPLATES) -> dict[str, Any]:
    """The whole configuration; values of secrets are in files below `secrets`."""
    hours = sources.hours
    return {
        "global": {"resolve_timeout": "5m"},
        "templates": [templates],
        "time_intervals": [
            hours.interval("in-hours"),
            hours.without_edges(EDGE_MINUTES).interval("well-in-hours"),
        ],
        "route": _route(sources),
        "inhibit_rules": _inhibitions(),
        "receivers": _receivers(sources, secrets),
    }


def _route(sources: Sources) -> dict[str, Any]:
    severities = sources.contacts["severities"]
    watchdog = {
        "receiver": "deadman",
        "matchers": ['alertname="NbaMcpWatchdog"'],
        "group_wait": "0s",
        "group_interval": "1m",
        "repeat_interval": "1m",
    }
    return {
        "receiver": "others",
        "group_by": ["alertname", "severity"],
        "group_wait": "10s",
        "group_interval": "5m",
        "repeat_interval": "12h",
        "routes": [watchdog, *(r for name, said in severities.items() for r in _routes(name, said))],
    }


def _routes(name: str, said: dict[str, Any]) -> list[dict[str, Any]]:
    """The routes of a severity: one, or three where the hour decides how loud it is."""
    common = {"matchers": [f'severity="{name}"'], "repeat_interval": said["answer"]}
    if "pages" not in said:
        return [_with_tests({"receiver": name, **common})]
    common["group_interval"] = "1m"
    if len(set(said["pages"])) == 1:
        return [_with_tests({"receiver": name, **common})]
    found = [
        {
            "receiver": f"{name}-in-hours",
            **common,
            "active_time_intervals": ["in-hours"],
            "continue": True,
        },
        {
            "receiver": f"{name}-off-hours",
            **common,
            # where both ways are open, the loud one comes first
            "group_wait": "45s",
            "mute_time_intervals": ["well-in-hours"],
            "continue": True,
        },
        {"receiver": name, **common},
    ]
    return [_with_tests(route) for route in found]


def _with_tests(route: dict[str, Any]) -> dict[str, Any]:
    """A route in which each test alert is a group of its own: in one group, a second test would wait long."""
    times = {name: route[name] for name in _TIMES if name in route}  # the one thing that is not inherited
    test = {
        "receiver": route["receiver"],
        "matchers": [f'alertname="{TEST_ALERT}"'],
        "group_by": ["alertname", "severity", "test"],
        "group_interval": "10s",
        **times,
    }
    return {**route, "routes": [test]}


def _inhibitions() -> list[dict[str, Any]]:
    """What is not said because something worse says it. Pages are not kept back: their end would be, too."""
    return [
        {
            "source_matchers": ['alertname=~"NbaMcpServiceUnavailable|NbaMcpDatabaseDown"'],
            "target_matchers": ['severity=~"P3|P4"', 'source="server"'],
        },
        {
            "source_matchers": ['severity=~"P1|P2"'],
            "target_matchers": ['severity=~"P3|P4"'],
            "equal": ["alertname"],
        },
        {
            "source_matchers": ['alertname="NbaMcpNodeNotReady"'],
            "target_matchers": ['alertname="NbaMcpPodNotReady"'],
        },
        {
            "source_matchers": ['alertname="NbaMcpSecretOld"'],
            "target_matchers": ['alertname="NbaMcpSecretRotationDue"'],
            "equal": ["secret"],
        },
        {
            "source_matchers": ['alertname="NbaMcpCertificateEnding"'],
            "target_matchers": ['alertname="NbaMcpCertificateExpiring"'],
            "equal": ["host"],
        },
    ]


def _receivers(sources: Sources, secrets: str) -> list[dict[str, Any]]:
    contacts = sources.contacts
    found = [
        {"name": "others", "slack_configs": [_slack(contacts, "alerts", secrets)]},
        {
            "name": "deadman",
            "webhook_configs": [{"url": contacts["links"]["deadman"], "send_resolved": False}],
        },
    ]
    for name, said in contacts["severities"].items():
        slack = {"slack_configs": [_slack(contacts, said["channel"], secrets)]}
        loud, quiet = said.get("pages", (None, None))
        if loud == quiet:
            pages = {"pagerduty_configs": [_pagerduty(loud, secrets)]} if loud else {}
            found.append({"name": name, **pages, **slack})
        else:
            found += [
                {"name": f"{name}-in-hours", "pagerduty_configs": [_pagerduty(loud, secrets)]},
                {"name": f"{name}-off-hours", "pagerduty_configs": [_pagerduty(quiet, secrets)]},
                {"name": name, **slack},
            ]
    return found


def _pagerduty(severity: str, secrets: str) -> dict[str, Any]:
    rings = f'{{{{ if eq .GroupLabels.alertname "{TEST_ALERT}" }}}}info{{{{ else }}}}{severity}{{{{ end }}}}'
    return {
        "routing_key_file": f"{secrets}/PAGERDUTY_ROUTING_KEY",
        "severity": rings,
        "description": '{{ template "nba_mcp.title" . }}',
        "class": "{{ .GroupLabels.alertname }}",
        "component": "nba-mcp-synthesis",
        "client": "NBA MCP Synthesis",
        "client_url": '{{ template "nba_mcp.dashboard" . }}',
        "links": [
            {"text": "Runbook", "href": '{{ template "nba_mcp.runbook" . }}'},
            {"text": "Dashboard", "href": '{{ template "nba_mcp.dashboard" . }}'},
        ],
        "details": {"firing": '{{ template "nba_mcp.text" . }}', "severity": "{{ .GroupLabels.severity }}"},
    }


def _slack(contacts: dict[str, Any], name: str, secrets: str) -> dict[str, Any]:
    channel = contacts["channels"][name]
    return {
        "api_url_file": f"{secrets}/{channel['webhook']}",
        "channel": channel["channel"],
        "send_resolved": True,
        "color": '{{ template "nba_mcp.color" . }}',
        "title": '{{ template "nba_mcp.title" . }}',
        "title_link": '{{ template "nba_mcp.runbook" . }}',
        "fallback": '{{ template "nba_mcp.title" . }}',
        "text": '{{ template "nba_mcp.text" . }}',
        "actions": [
            {"type": "button", "text": "Runbook", "url": '{{ template "nba_mcp.runbook" . }}'},
            {"type": "button", "text": "Dashboard", "url": '{{ template "nba_mcp.dashboard" . }}'},
        ],
    }
