"""The first page for who is on call: what to do at once, and all alerts with their severities."""

from typing import Any

_HEAD = """# Alerts

Made from the data in `monitoring/`: `make monitoring`. Each alert links to its page here.

1. Acknowledge the page in PagerDuty, so that nobody else is called.
2. P1: say in `{incidents}` that you look at it.
3. Open the alert's page: *Diagnosis*, then *Mitigation*. First make it work again, then find out why.
4. Not mended in time, or not sure: call the next one of the escalation path. Names and telephones are in
   `monitoring/contacts.toml`, below `[people.…]`. Waking somebody is never wrong in a P1.

It is over when Slack says *Over: …*. Do not mend on meanwhile: that may take two minutes for
NbaMcpDatabaseDown, five to ten for NbaMcpErrorRateHigh, twenty for NbaMcpCrashLoop.
`scripts/health_check_production.sh` says at once whether callers are served.

| severity | means | answer within | escalation | arrives by |
| --- | --- | --- | --- | --- |
"""
_PLACES = """
P2 rings from {start} to {end} on working days ({timezone}), and has low urgency at other times: it
waits for the primary, unless it turns into a P1. The commands want `kubectl` and `nba-mcp`, in a terminal
that was [set up](../README.md). For those about alerts open the way to Alertmanager first, in a terminal of
its own, and leave it open:

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
    path = " → ".join(_spoken(who) for who in said["path"])
    return f"| {name} | {said['meaning']} | {said['answer']} | {path} | {arrives} |\n"


def _spoken(who: str) -> str:
    """The first to be called is the primary by day and the secondary by night."""
    return "on call" if who == "primary" else who.replace("_", " ")


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
