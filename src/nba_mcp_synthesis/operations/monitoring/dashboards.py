"""Dashboards of Grafana: rows and panels as data become the JSON that Grafana keeps."""

from typing import Any

_SOURCE = {"type": "prometheus", "uid": "${datasource}"}
_WIDE = 24  # columns of Grafana's grid
_HEIGHTS = {"stat": 4, "timeseries": 8}
_VERSIONS = "count by (version, revision) (nba_mcp_build_info)"
# A pod of another version has come within the last two minutes; a secret has been replaced.
_ANNOTATIONS = (
    (
        "Deployments",
        "blue",
        f"{_VERSIONS} unless {_VERSIONS[:-1]} offset 2m)",
        "version,revision",
    ),
    (
        "Rotations",
        "purple",
        "changes(nba_mcp_secret_last_rotation_timestamp_seconds[2m]) > 0",
        "secret",
    ),
)


def dashboard(data: dict[str, Any], links: dict[str, str]) -> dict[str, Any]:
    """One dashboard; `links` are those of the contacts."""
    return {
        "uid": data["uid"],
        "title": data["title"],
        "description": data["about"],
        "tags": ["nba-mcp-synthesis"],
        "timezone": "browser",
        "schemaVersion": 39,
        "version": 1,
        "editable": False,
        "graphTooltip": 1,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [_datasource()]},
        "annotations": {"list": [_annotation(*one) for one in _ANNOTATIONS]},
        "links": [_others(), _link("Runbooks", links["runbooks"])],
        "panels": _panels(data["rows"], links["runbooks"]),
    }


def _panels(rows: list[dict[str, Any]], runbooks: str) -> list[dict[str, Any]]:
    """The panels of all rows, from left to right and downwards."""
    found: list[dict[str, Any]] = []
    top = 0
    for row in rows:
        place = {"x": 0, "y": top, "w": _WIDE, "h": 1}
        found.append(
            {"id": len(found) + 1, "type": "row", "title": row["title"], "gridPos": place, "panels": []}
        )
        top, left, line = top + 1, 0, 0  # of one line of panels the highest counts
        for data in row["panels"]:
            height = _HEIGHTS[data.get("kind", "timeseries")]
            if left + data["width"] > _WIDE:
                top, left, line = top + line, 0, 0
            line = max(line, height)
            place = {"x": left, "y": top, "w": data["width"], "h": height}
            found.append(_panel(len(found) + 1, data, place, runbooks))
            left += data["width"]
        top += line
    return found


def _panel(number: int, data: dict[str, Any], place: dict[str, int], runbooks: str) -> dict[str, Any]:
    kind = data.get("kind", "timeseries")
    alert = data.get("alert")
    return {
        "id": number,
        "type": kind,
        "title": data["title"],
        "description": data.get("about", ""),
        "datasource": _SOURCE,
        "gridPos": place,
        "links": [_link(f"Runbook: {alert}", f"{runbooks}/{alert}.md")] if alert else [],
        "fieldConfig": {"defaults": _defaults(data, kind), "overrides": []},
        "options": _options(kind),
        "targets": [
            {
                "refId": chr(ord("A") + index),
                "datasource": _SOURCE,
                "expr": expr,
                "legendFormat": legend,
                "instant": kind == "stat",
                "range": kind != "stat",
            }
            for index, (legend, expr) in enumerate(data["lines"].items())
        ],
    }


def _defaults(data: dict[str, Any], kind: str) -> dict[str, Any]:
    """Unit and colours: red from a limit upwards, or below a low."""
    steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
    if "limit" in data:
        steps.append({"color": "red", "value": data["limit"]})
    if "low" in data:
        steps = [{"color": "red", "value": None}, {"color": "green", "value": data["low"]}]
    bounded = len(steps) > 1
    custom = {"lineWidth": 1, "fillOpacity": 8, "showPoints": "never", "spanNulls": 120_000}
    style = {"thresholdsStyle": {"mode": "line" if bounded else "off"}}
    return {
        "unit": data["unit"],
        "color": {"mode": "thresholds" if kind == "stat" else "palette-classic"},
        "thresholds": {"mode": "absolute", "steps": steps},
        **({"custom": {**custom, **style}} if kind == "timeseries" else {}),
    }


def _options(kind: str) -> dict[str, Any]:
    if kind == "stat":
        calculation = {"calcs": ["lastNotNull"], "fields": "", "values": False}
        return {"colorMode": "background", "graphMode": "none", "reduceOptions": calculation}
    legend = {"displayMode": "list", "placement": "bottom", "showLegend": True}
    return {"legend": legend, "tooltip": {"mode": "multi", "sort": "desc"}}


def _datasource() -> dict[str, Any]:
    return {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus"}


def _annotation(name: str, color: str, expr: str, labels: str) -> dict[str, Any]:
    return {
        "name": name,
        "datasource": _SOURCE,
        "enable": True,
        "iconColor": color,
        "expr": expr,
        "step": "60s",
        "titleFormat": name,
        "tagKeys": labels,
    }


def _others() -> dict[str, Any]:
    """A menu of the other dashboards."""
    return {"title": "Dashboards", "type": "dashboards", "tags": ["nba-mcp-synthesis"], "asDropdown": True}


def _link(title: str, url: str) -> dict[str, Any]:
    return {"title": title, "type": "link", "url": url, "targetBlank": True}
