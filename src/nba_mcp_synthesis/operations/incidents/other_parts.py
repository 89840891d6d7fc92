"""What can be seen beside cluster and database: secrets, doors, alerts, figures, changes."""

import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.resources import files
from pathlib import Path

from nba_mcp_synthesis.connectors.alertmanager import AlertmanagerConnector
from nba_mcp_synthesis.connectors.outcome import Outcome
from nba_mcp_synthesis.connectors.prometheus import PrometheusConnector, Series
from nba_mcp_synthesis.deadlines import together, within
from nba_mcp_synthesis.doors import doors_of, probe
from nba_mcp_synthesis.errors import NbaMcpError
from nba_mcp_synthesis.operations.changes import deployments
from nba_mcp_synthesis.operations.incidents.collecting import Part, Partly
from nba_mcp_synthesis.operations.incidents.database_part import table
from nba_mcp_synthesis.operations.monitoring.silences import listed
from nba_mcp_synthesis.secrets.manager import UnifiedSecretsManager

_BEFORE, _STEP, _SECONDS = timedelta(hours=1), 60.0, 15.0


def secrets_part(manager: UnifiedSecretsManager) -> Part:
    """Names, ages and states; no value is in the report that this comes from."""
    return Part("ages of secrets", lambda: _secrets(manager))


def doors_part(manager: UnifiedSecretsManager) -> Part:
    """Whether what the secrets open answers: database, Redis, bucket, providers, Slack, PagerDuty."""
    return Part("health checks", lambda: _doors(probe(manager, doors_of(manager))))


def alerts_part(door: AlertmanagerConnector) -> Part:
    """The alerts that are on, silenced ones too."""
    return Part("alerts", lambda: _alerts(door))


def metrics_part(prometheus: PrometheusConnector, at: datetime) -> Part:
    """The figures of the hour before a moment; what Prometheus does not answer is said, the rest is there."""
    return Part("metrics of the last hour", lambda: _metrics(prometheus, at))


def changes_part(changelog: Path, at: datetime) -> Part:
    """What was deployed in the week before, by the changelog."""
    return Part("recent deployments", lambda: _changes(changelog, at))


def _secrets(manager: UnifiedSecretsManager) -> str:
    names = ("secret", "state", "required", "age (days)", "rotate (days)", "from", "version")
    rows = [
        [
            entry.name,
            entry.state,
            "yes" if entry.required else "",
            "" if entry.age_seconds is None else f"{entry.age_seconds / 86_400:.1f}",
            str(entry.rotate_days or ""),
            entry.level or "",
            entry.version or "",
        ]
        for entry in manager.report.entries
    ]
    return "\n".join([table(names, rows), *(f"{f.severity}: {f}" for f in manager.report.findings)])


def _doors(found: Sequence[Outcome]) -> str:
    rows = [
        [one.connector, "ok" if one.ok else str(one.reason), f"{one.seconds:.1f} s", one.message]
        for one in found
    ]
    return table(("door", "result", "took", "what it said"), rows)


def _alerts(door: AlertmanagerConnector) -> str:
    found = sorted(
        (listed(alert) for alert in door.alerts()), key=lambda one: (one["severity"] or "P9", one["since"])
    )
    names = ("severity", "alert", "state", "since", "about", "labels")
    return table(names, [[str(one[name]) for name in names] for one in found])


def _metrics(prometheus: PrometheusConnector, at: datetime) -> str:
    asked = tomllib.loads(files(__package__).joinpath("metrics.toml").read_text("utf-8"))["figures"]
    answers = together([partial(_figure, prometheus, one["expr"], at) for one in asked], at_once=len(asked))
    rows, faults = [], []
    for one, answer in zip(asked, answers, strict=True):
        if isinstance(answer, str):
            faults.append(f"{one['title']}: {answer}")
        elif not answer:
            rows.append([one["title"], "", "", "", "", "no figures"])
        else:
            rows += [[one["title"], *_summary(series), one["unit"] + _labels(series)] for series in answer]
    text = table(("figure", "first", "least", "most", "last", ""), rows)
    if faults:
        raise Partly(text, f"{len(faults)} of {len(asked)} figures are not there. {faults[0]}")
    return text


def _figure(prometheus: PrometheusConnector, expr: str, at: datetime) -> list[Series] | str:
    """The series, or why there are none: one that is slow keeps the others from nobody."""
    try:
        return within(_SECONDS, lambda: prometheus.query_range(expr, at - _BEFORE, at, _STEP))
    except TimeoutError:
        return f"Prometheus did not answer within {_SECONDS:g} s."
    except NbaMcpError as error:
        return error.message


def _summary(series: Series) -> list[str]:
    values = [value for _, value in series.values]
    return [f"{value:.4g}" for value in (values[0], min(values), max(values), values[-1])]


def _labels(series: Series) -> str:
    shown = {name: value for name, value in series.labels.items() if name != "__name__"}
    return f" {shown}" if shown else ""


def _changes(changelog: Path, at: datetime) -> str:
    found = deployments(changelog, at - timedelta(days=7), at)
    return (
        "\n".join(f"{one.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC: {one.text}" for one in found)
        or "None in a week."
    )
