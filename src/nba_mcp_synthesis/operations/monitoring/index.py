"""The first page for who is on call: what to do at once, and all alerts with their severities."""

from typing import Any

_HEAD = """# Alerts

Made from the data in `monitoring/`: `make monitoring`. Each alert links to its page here.

1. Acknowledge the page in PagerDuty, so that nobody else is called.
2. P1: say in `{incidents}` that you look at it.
3. Open the alert's page: *Diagnosis*, then *Mitigation*. First make it work again, then find out why.
4. Not yours, or not mended in time: call the next one of the escalation path.

| severity | means | answer within | escalation | arrives by |
| --- | --- | --- | --- | --- |
"""
_PLACES = """
P2 rings from {start} to {end} on working days ({timezone}), and has low urgency at other times.
The commands want `kubectl` and `nba-mcp`; for those about alerts open the way to Alertmanager first:

```sh
kubectl port-forward -n monitoring svc/monitoring-alertmanager 9093:9093
```

Words in capitals, such as POD_NAME, are to be filled in. What people need not see for a time is silenced,
with a reason; the cause is still to be mended:

```sh
nba-mcp ops alerts list
nba-mcp ops alerts silence NbaMcpPodCpuHigh --for 2h --comment "load test until noon"
nba-mcp ops alerts test
```

| alert | severity | what |
| --- | --- | --- |
"""


def index(alerts: list[dict[str, Any]], contacts: dict[str, Any]) -> str:
    """The page, as Markdown."""
    channels = contacts["channels"]
    matrix = "".join(_severity(name, said, channels) for name, said in contacts["severities"].items())
    places = _PLACES.format(**contacts["hours"], timezone=contacts["timezone"])
    return _HEAD.format(incidents=channels["incidents"]["channel"]) + matrix + places + "".join(_rows(alerts))


def _severity(name: str, said: dict[str, Any], channels: dict[str, Any]) -> str:
    ways = ["PagerDuty"] if "pages" in said else []
    arrives = " and ".join([*ways, f"`{channels[said['channel']]['channel']}`"])
    path = " → ".join(who.replace("_", " ") for who in said["path"])
    return f"| {name} | {said['meaning']} | {said['answer']} | {path} | {arrives} |\n"


def _rows(alerts: list[dict[str, Any]]) -> list[str]:
    """A line for each name; those of promises have several severities."""
    found: dict[str, tuple[set[str], str]] = {}
    for alert in alerts:
        severities, _ = found.setdefault(alert["alert"], (set(), alert["summary"]))
        severities.add(alert["severity"])
    return [
        f"| [{name}]({name}.md) | {', '.join(sorted(severities))} | {_short(about)} |\n"
        for name, (severities, about) in sorted(found.items(), key=lambda one: (min(one[1][0]), one[0]))
    ] + ["| [NbaMcpTest](NbaMcpTest.md) | any | Sent by `nba-mcp ops alerts test` |\n"]


def _short(summary: str) -> str:
    """The pace of a burning budget is in each alert, not in the list."""
    return summary.partition(" burns ")[0] + " burns too fast" if " burns " in summary else summary
